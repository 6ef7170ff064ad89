"use strict";
// What the page does beyond its links and forms, all of which work without it.
(function () {
  const one = function (what, within) { return (within || document).querySelector(what); };
  const all = function (what, within) {
    const found = Array.from((within || document).querySelectorAll(what));
    return within && within.matches && within.matches(what) ? [within].concat(found) : found;
  };

  // Day and night.
  const theme = one("#theme");
  function isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function name() { theme.textContent = isDark() ? "Day" : "Night"; }
  theme.hidden = false;
  name();
  theme.addEventListener("click", function () {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try { localStorage.setItem("lynchpin-theme", next); } catch (error) { /* for this page alone */ }
    name();
    document.dispatchEvent(new CustomEvent("lynchpin:theme"));
  });

  // What htmx brings is drawn, and made to work, as if it had been there.
  function ready(within) {
    slides(within);
    jobs(within);
    sliders(within);
    brushes(within);
    plays(within);
    theories(within);
  }
  document.body.addEventListener("htmx:load", function (event) {
    if (event.target === document.body) return;
    event.target.dispatchEvent(new CustomEvent("lynchpin:added", { bubbles: true }));
    ready(event.target);
  });
  document.body.addEventListener("htmx:afterSwap", function (event) { event.target.removeAttribute("aria-busy"); });
  document.body.addEventListener("htmx:responseError", function (event) {
    const place = event.detail.target;
    if (place) { place.removeAttribute("aria-busy"); place.textContent = "This part could not be fetched; load the page again."; }
  });

  // The time machine: a slider over days.
  function slides(within) {
    all("[data-slide]", within).forEach(function (form) {
      const range = one("[data-ordinal]", form), day = one("input[name=as_of]", form), said = one("output", form);
      form.hidden = false;
      range.addEventListener("input", function () {
        // ordinal 719163 is 1 January 1970
        const text = new Date((Number(range.value) - 719163) * 86400000).toISOString().slice(0, 10);
        said.textContent = text;
        day.value = text;
      });
      range.addEventListener("change", function () { form.requestSubmit(); });
    });
  }

  // What takes long tells how far it has come.
  function jobs(within) {
    all("[data-job]", within).forEach(function (place) {
      const bar = one("progress", place), said = one("[data-said]", place);
      const source = new EventSource("/jobs/" + place.dataset.job + "/events");
      source.onmessage = function (event) {
        const now = JSON.parse(event.data);
        if (now.of) { bar.max = now.of; bar.value = now.done; }
        said.textContent = now.state === "waiting" ? now.ahead + " before it" :
          (now.doing || "working") + (now.of ? ", " + now.done + " of " + now.of : "") + ", " + Math.round(now.seconds) + " s";
        if (["done", "failed", "cancelled"].indexOf(now.state) >= 0) {
          source.close();
          if (now.state === "cancelled") said.textContent = "called off";
          else if (place.dataset.then.split("#")[0] === location.pathname + location.search) location.reload();
          else location.replace(place.dataset.then);
        }
      };
      const stop = one("[data-stop]", place);
      if (stop) stop.addEventListener("click", function (event) {
        event.preventDefault();
        fetch("/jobs/" + place.dataset.job + "/cancel", { method: "POST", headers: { accept: "application/json" } });
      });
      addEventListener("pagehide", function () { source.close(); }, { once: true });
    });
  }

  // A slider says its value, and asks once it rests.
  function sliders(within) {
    all("input[type=range][data-says]", within).forEach(function (range) {
      const said = range.parentElement.querySelector("output");
      const tell = function () {
        const value = Number(range.value);
        said.textContent = value === 0 ? "off" : "×" + value;
      };
      range.addEventListener("input", tell);
      tell();
    });
  }

  // A brush over a picture becomes the days of a form.
  function brushes(within) {
    all("[data-brush]", within).forEach(function (form) {
      const listen = function (place) {
        if (!place.closest("[data-brushed]")) return;
        let waiting = 0;
        place.drawn.view.addSignalListener("brush", function (name, brushed) {
          clearTimeout(waiting);
          waiting = setTimeout(function () {
            const days = brushed && brushed.date;
            if (!days) return;
            const text = days.map(function (at) { return new Date(at).toISOString().slice(0, 10); }).sort();
            one("[name=since]", form).value = text[0];
            one("[name=until]", form).value = text[text.length - 1];
            if (window.htmx) window.htmx.trigger(form, "brushed");
          }, 250);
        });
      };
      document.addEventListener("lynchpin:drawn", function (event) { listen(event.target); });
      all("[data-brushed] [data-picture]").forEach(function (place) { if (place.drawn) listen(place); });
    });
  }

  // Years played one after the other.
  function plays(within) {
    all("[data-play]", within).forEach(function (button) {
      const range = document.getElementById(button.dataset.play);
      let timer = 0;
      button.hidden = false;
      button.addEventListener("click", function () {
        if (timer) { clearInterval(timer); timer = 0; button.textContent = "Play"; return; }
        button.textContent = "Stop";
        if (Number(range.value) >= Number(range.max)) range.value = range.min;
        timer = setInterval(function () {
          if (Number(range.value) >= Number(range.max)) { clearInterval(timer); timer = 0; button.textContent = "Play"; return; }
          range.value = Number(range.value) + Number(range.step || 1);
          range.dispatchEvent(new Event("input", { bubbles: true }));
          range.dispatchEvent(new Event("change", { bubbles: true }));
        }, 900);
      });
    });
    all("[data-frames]", within).forEach(function (range) {
      const frames = all("[data-frame]"), said = range.parentElement.querySelector("output");
      const turn = function () {
        frames.forEach(function (frame) { frame.hidden = frame.dataset.frame !== range.value; });
        if (said) said.textContent = (frames.find(function (frame) { return !frame.hidden; }) || { dataset: {} }).dataset.day || "";
      };
      range.addEventListener("input", turn);
      turn();
    });
  }

  // The place of an error is marked under the word, in the text that is being written.
  function theories(within) {
    all("[data-marks]", within).forEach(function (mark) {
      const area = document.getElementById(mark.dataset.marks);
      if (area) area.setAttribute("aria-invalid", mark.dataset.wrong || "false");
    });
  }

  ready(document);
})();
