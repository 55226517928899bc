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

  const held = document.getElementById("charts");
  if (!held || !window.vegaEmbed) return;
  const { charts, themes } = JSON.parse(held.textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Map();

  // `ast`: expressions are interpreted, never compiled, so that the page's policy need not allow it.
  const draw = async (figure) => {
    const before = drawn.get(figure);
    const signals = before ? before.view.getState().signals : {};
    if (before) before.finalize();
    figure.classList.add("drawn");
    const canvas = figure.querySelector(".canvas");
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
