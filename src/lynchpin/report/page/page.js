"use strict";
// Draws the pictures of a brief, and finds words in its list of sources. Data come in columns (see packing.py); the
// words of an event stand once on the page, in the list of sources, and are joined to its dot here.
(function () {
  const plain = document.getElementById("config").textContent;
  const night = matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Map(); // place -> its specification, to be drawn anew when day turns into night

  function isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : night.matches;
  }

  // A colour on a dark page: the same hue, its lightness turned over (as theme.dark does).
  function shade(colour) {
    const rgb = [1, 3, 5].map(function (at) { return parseInt(colour.slice(at, at + 2), 16) / 255; });
    const most = Math.max.apply(null, rgb), least = Math.min.apply(null, rgb), apart = most - least;
    const light = (most + least) / 2;
    let hue = 0;
    if (apart) {
      const at = rgb.indexOf(most);
      hue = ((rgb[(at + 1) % 3] - rgb[(at + 2) % 3]) / apart + 2 * at + 6) % 6;
    }
    const full = apart ? Math.min(apart / (1 - Math.abs(2 * light - 1)), 0.75) : 0;
    const turned = 0.95 - 0.86 * light, reach = full * Math.min(turned, 1 - turned);
    return "#" + [0, 8, 4].map(function (k) {
      const step = (k + hue * 2) % 12;
      const part = turned - reach * Math.max(-1, Math.min(step - 3, 9 - step, 1));
      return Math.round(255 * part).toString(16).padStart(2, "0");
    }).join("");
  }

  function toned(text) {
    return isDark() ? text.replace(/#[0-9a-f]{6}\b/gi, shade) : text;
  }

  function colourKeys(within) {
    within.querySelectorAll("[data-colour]").forEach(function (key) {
      key.style.setProperty("--c", toned(key.dataset.colour));
    });
  }

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

  function embed(place, spec) {
    const bare = JSON.parse(toned(JSON.stringify(Object.assign({}, spec, { datasets: {} }))));
    const config = Object.assign(JSON.parse(toned(plain)), { aria: false }); // the picture is one thing, said in words
    const options = {
      actions: false, renderer: "svg", ast: true, config: config, defaultStyle: false, logLevel: 1,
      tooltip: { theme: "custom", disableDefaultStyle: true },
    };
    return vegaEmbed(place, Object.assign(bare, { datasets: spec.datasets }), options).then(function (made) {
      drawn.set(place, { spec: spec, made: made });
      place.drawn = made;
      const picture = place.querySelector("svg");
      picture.querySelectorAll("[role]").forEach(function (part) { part.removeAttribute("role"); });
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", spec.description || "picture");
      place.dispatchEvent(new CustomEvent("lynchpin:drawn", { bubbles: true, detail: made }));
    }).catch(function (error) {
      place.textContent = "This picture could not be drawn.";
      console.error(error);
    });
  }

  function draw(block) {
    const spec = JSON.parse(block.textContent);
    const place = block.parentElement.querySelector("[data-picture]");
    place.style.minHeight = place.dataset.height + "px";
    if (place.dataset.width) place.style.minWidth = place.dataset.width + "px";
    for (const name of Object.keys(spec.datasets)) {
      const table = rows(spec.datasets[name]);
      table.forEach(function (row) { if ("event" in row && !("summary" in row)) join(row); });
      spec.datasets[name] = table;
    }
    block.remove();
    return embed(place, spec);
  }

  function turn() {
    colourKeys(document);
    drawn.forEach(function (one, place) {
      one.made.finalize();
      drawn.delete(place);
      if (place.isConnected) embed(place, one.spec);
    });
  }
  night.addEventListener("change", turn);
  document.addEventListener("lynchpin:theme", turn);
  document.addEventListener("lynchpin:added", function (event) {
    drawn.forEach(function (one, place) {
      if (!place.isConnected) { one.made.finalize(); drawn.delete(place); }
    });
    drawAll(event.target);
  });

  function drawAll(within) {
    colourKeys(within);
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
