// What scrolls can be reached by keyboard: long lines of code, wide tables, which the theme wraps once it has loaded.
function reach() {
  for (const part of document.querySelectorAll("pre > code, .md-typeset__table, .md-typeset__scrollwrap")) {
    if (part.tabIndex < 0) part.tabIndex = 0;
  }
}
reach();
new MutationObserver(reach).observe(document.body, { childList: true, subtree: true });
