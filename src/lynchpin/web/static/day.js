"use strict";
// Day or night as the reader chose it last, before anything is painted.
try {
  const chosen = localStorage.getItem("lynchpin-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch (error) { /* no storage: the system's own */ }
