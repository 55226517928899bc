"use strict";
(() => {
  // A link to a row, or a search, must find what is folded away.
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  if (location.hash) unfold();

  // On paper everything is open.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of folded) details.open = false; });

  // One part by itself on paper: whatever stands beside it, and beside what holds it, is left out.
  for (const button of document.querySelectorAll("button.print")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      document.body.classList.add("one-part");
      for (let at = document.getElementById(button.dataset.part); at && at !== document.documentElement; at = at.parentElement) at.classList.add("printed");
      print();
    });
  }
  addEventListener("afterprint", () => {
    document.body.classList.remove("one-part");
    for (const part of document.querySelectorAll(".printed")) part.classList.remove("printed");
  });

  // Filters: a row stays where it answers all that is asked. Rows may stand for several checks, told by place.
  for (const form of document.querySelectorAll("form.filters")) {
    const rows = [...document.getElementById(form.dataset.table).tBodies].flatMap((body) => [...body.rows]).map((row) => ({
      row, asked: row.dataset, number: row.querySelector(".n"), all: Number(row.dataset.count || 1),
      places: row.dataset.places === undefined ? null : new Map(row.dataset.places.split(" ").map((pair) => pair.split(":"))),
    }));
    const boxes = [...form.querySelectorAll("input[type=checkbox]")];
    const choices = [...form.querySelectorAll("select")];
    const whole = rows.reduce((sum, { all }) => sum + all, 0);
    const apply = () => {
      const open = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
      const narrowed = choices.filter((choice) => choice.value);
      const counts = new Map(boxes.map((box) => [box.value, 0]));
      for (const { row, asked, number, all, places } of rows) {
        let count = all;
        for (const { name, value } of narrowed) {
          if (name === "unit" && places) count = Math.min(count, Number(places.get(value) || 0));
          else if (asked[name] !== value) count = 0;
        }
        counts.set(asked.outcome, counts.get(asked.outcome) + count);
        row.hidden = !count || !open.has(asked.outcome);
        if (number) number.textContent = count.toLocaleString("en");
      }
      let shown = 0;
      for (const box of boxes) {
        box.parentElement.querySelector(".count").textContent = counts.get(box.value).toLocaleString("en");
        if (box.checked) shown += counts.get(box.value);
      }
      const named = narrowed.map((choice) => choice.selectedOptions[0].text);
      document.getElementById(form.dataset.status).textContent =
        `Shown: ${shown.toLocaleString("en")} of ${whole.toLocaleString("en")} checks (${[[...open].join(", ") || "no outcome chosen", ...named].join("; ")}).`;
    };
    form.hidden = false;
    form.addEventListener("change", apply);
    form.addEventListener("reset", () => setTimeout(apply));
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  const held = document.getElementById("charts");
  if (!held || !window.vegaEmbed || !window.DecompressionStream) return; // the stills stay
  // Charts are packed: unpacked, their rows would make up a third of the page.
  const unpacked = (async () => {
    const bytes = Uint8Array.from(atob(held.textContent), (sign) => sign.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  })();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Map();

  // `ast`: expressions are interpreted, never compiled, so that the page's policy need not allow it.
  const draw = async (figure) => {
    const { charts, themes } = await unpacked;
    const before = drawn.get(figure);
    const signals = before ? before.view.getState().signals : {};
    if (before) before.finalize();
    figure.classList.add("drawn");
    const canvas = figure.querySelector(".canvas > div"); // its holder tells in words what it shows
    const controls = figure.querySelector(".controls");
    controls.replaceChildren();
    const spec = { ...charts[figure.dataset.chart], config: themes[dark.matches ? "dark" : "light"] };
    try {
      const made = await vegaEmbed(canvas, spec, {
        mode: "vega-lite", ast: true, renderer: "svg", actions: false, defaultStyle: false, logLevel: 1,
        bind: controls, tooltip: { disableDefaultStyle: true, sanitize: (text) => escaped(String(text)) },
      });
      for (const param of spec.params || []) if (param.name in signals) made.view.signal(param.name, signals[param.name]);
      await made.view.runAsync();
      drawn.set(figure, made);
      figure.dataset.ready = "yes";
    } catch (error) {
      figure.classList.remove("drawn");
      console.error(`figure ${figure.dataset.chart}:`, error);
    }
  };
  const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

  // Figures are drawn when they come near the screen, which is also when their width is known.
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) { near.unobserve(target); draw(target); }
  }, { rootMargin: "600px" });
  for (const figure of document.querySelectorAll("figure[data-chart]")) near.observe(figure);
  dark.addEventListener("change", () => { for (const figure of drawn.keys()) draw(figure); });
})();
