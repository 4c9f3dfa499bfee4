/* Draws the diagrams of a page: loads the vendored mermaid only where there is one, in the colours of the palette. */
(function () {
  "use strict";
  const library = new URL("vendor/mermaid-11.17.1.min.js", document.currentScript.src).href;
  const sources = new Map();

  function dark() {
    return document.body.getAttribute("data-md-color-scheme") === "slate";
  }

  async function draw() {
    window.mermaid.initialize({
      startOnLoad: false,
      securityLevel: "strict",
      theme: dark() ? "dark" : "neutral",
      themeVariables: { edgeLabelBackground: dark() ? "#1e2129" : "#ffffff" },
      fontFamily: "inherit",
      flowchart: { useMaxWidth: true, htmlLabels: true },
    });
    let number = 0;
    for (const [element, source] of sources) {
      const drawn = await window.mermaid.render("diagram-" + number++, source);
      element.innerHTML = drawn.svg;
      element.setAttribute("data-drawn", dark() ? "dark" : "light");
    }
  }

  document.addEventListener("DOMContentLoaded", function () {
    for (const block of document.querySelectorAll("pre.diagram")) {
      const figure = document.createElement("div");
      figure.className = "diagram";
      sources.set(figure, block.textContent);
      block.replaceWith(figure);
    }
    if (sources.size === 0) return;
    const script = document.createElement("script");
    script.src = library;
    script.onload = function () {
      draw();
      new MutationObserver(draw).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    };
    document.head.append(script);
  });
})();
