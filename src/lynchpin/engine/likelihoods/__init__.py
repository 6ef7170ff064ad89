"""Likelihoods of rows and counts, each a value (`likelihood.Likelihood`), and what finds their top.

A likelihood knows no case and no stream: `rows` lays out who is compared with whom; `ordinal`, `interval`, `counts` and
`multinomial` add up and make the values; `newton` finds the top, `profile` the interval of what is fitted value by
value; `effects`, `levels`, `pooled` and `laplace` add random effects.
"""
