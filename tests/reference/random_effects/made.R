# R 4.2.2, lme4 1.1-31, survival 3.5-3, as Debian 12 packages r-cran-lme4 and r-cran-survival. GPL: run, not shipped.
suppressMessages({library(lme4); library(survival)})
options(digits = 10)
from <- commandArgs(TRUE)[1]
tight <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-12, optCtrl = list(rhoend = 1e-9, maxfun = 20000))
show <- function(m) { print(summary(m)$coefficients[, 1]); print(VarCorr(m), digits = 9); print(logLik(m), digits = 12) }
poisson_table <- read.csv(file.path(from, "poisson.csv"))
show(glmer(y ~ x + (1 | d), data = poisson_table, family = poisson, control = tight))
show(glmer(y ~ x + (1 | i) + (1 | j), data = poisson_table, family = poisson, control = tight))
nb <- glmer.nb(y ~ x + (1 | d), data = read.csv(file.path(from, "nb2.csv")), control = tight)
show(nb); print(log(getME(nb, "glmer.nb.theta")))
pairs <- read.csv(file.path(from, "pairs.csv"))
for (ties in c("breslow", "efron")) {
  m <- coxph(Surv(rep(1, nrow(pairs)), y) ~ x + frailty.gaussian(d, theta = 0.64, sparse = FALSE) + strata(t),
             pairs, ties = ties, control = coxph.control(eps = 1e-12, iter.max = 50, outer.max = 50))
  print(m$coefficients[1:4]); print(sqrt(m$var[1, 1])); print(range(m$coefficients[-1])); print(m$loglik)
}
