"use strict";
// Draws the pictures of a brief, and finds words in its list of sources. Data come in columns (see packing.py); the
// words of an event stand once on the page, in the list of sources, and are joined to its dot here.
(function () {
  const config = JSON.parse(document.getElementById("config").textContent);
  const options = { actions: false, renderer: "svg", ast: true, config: config, tooltip: { theme: "custom" } };

  function rows(packed) {
    const names = Object.keys(packed.of);
    return Array.from({ length: packed.n }, function (_, at) {
      const row = {};
      for (const name of names) {
        const column = packed.of[name];
        row[name] = Array.isArray(column) ? column[at] : column.of[column.at[at]];
      }
      return row;
    });
  }

  function text(line, what) {
    const found = line.querySelector(what);
    return found ? found.textContent : "";
  }

  function join(row) {
    const line = document.getElementById(row.event);
    if (!line) return;
    row.when = text(line, "time");
    row.who = text(line, "b");
    row.summary = text(line, "q");
    row.act = text(line, ".act");
    row.status = text(line, ".status");
  }

  function draw(block) {
    const spec = JSON.parse(block.textContent);
    const place = document.querySelector('[data-picture="' + block.dataset.spec + '"]');
    for (const name of Object.keys(spec.datasets)) {
      const table = rows(spec.datasets[name]);
      table.forEach(function (row) { if ("event" in row) join(row); });
      spec.datasets[name] = table;
    }
    block.remove();
    return vegaEmbed(place, spec, options).catch(function (error) {
      place.textContent = "This picture could not be drawn.";
      console.error(error);
    });
  }

  function drawAll(within) {
    within.querySelectorAll("script[data-spec]").forEach(function (block) {
      const folded = block.closest("details:not([open])");
      if (folded && within !== folded) {
        folded.addEventListener("toggle", function () { drawAll(folded); }, { once: true });
      } else {
        draw(block);
      }
    });
  }
  drawAll(document);

  function finder() {
    const find = document.getElementById("find");
    if (!find) return; // a page without a list of sources
    const found = document.getElementById("found");
    const total = found.textContent;
    find.addEventListener("input", function () {
      const sought = find.value.trim().toLowerCase();
      let hits = 0;
      document.querySelectorAll("#listed details").forEach(function (year) {
        let here = 0;
        year.querySelectorAll("li").forEach(function (line) {
          const hit = !sought || line.textContent.toLowerCase().includes(sought);
          line.hidden = !hit;
          here += hit ? 1 : 0;
        });
        year.hidden = here === 0;
        year.open = sought !== "" && here > 0;
        hits += here;
      });
      found.textContent = sought ? hits + " found" : total;
    });
  }
  finder();

  const links = Array.from(document.querySelectorAll(".contents a"));
  const seen = new Map(links.map(function (link) { return [document.querySelector(link.hash), link]; }));
  const watcher = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      links.forEach(function (link) { link.removeAttribute("aria-current"); });
      seen.get(entry.target).setAttribute("aria-current", "true");
    });
  }, { rootMargin: "0px 0px -70% 0px" });
  seen.forEach(function (_, place) { if (place) watcher.observe(place); });
})();
