"""The report's own script: draws the charts stored in the page, and redraws a panel when another one is chosen."""

from __future__ import annotations

JS = """
(function () {
  "use strict";
  var store = JSON.parse(document.getElementById("drawings").textContent);
  var config = {displaylogo: false, showSendToCloud: false, plotlyServerURL: "", responsive: true,
                modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "toggleSpikelines"]};
  function draw(place, key) {
    var drawing = store[key];
    place.hidden = !drawing;
    if (!drawing) { return; }
    Plotly.react(place, drawing.data, drawing.layout, config);
  }
  document.querySelectorAll("[data-drawing]").forEach(function (place) { draw(place, place.dataset.drawing); });
  document.querySelectorAll("[data-viewer]").forEach(function (viewer) {
    var item = viewer.querySelector("select.item");
    function show(panel) {
      var key = [viewer.dataset.viewer, item ? item.value : 0, panel.querySelector("select.strategy").value].join("-");
      var place = panel.querySelector(".chart"), words = (store[key] || {}).words || ["", ""];
      draw(place, key);
      panel.querySelector(".missing").hidden = Boolean(store[key]);
      panel.querySelector(".said").textContent = words[0];
      panel.querySelector(".said-fr").textContent = words[1];
    }
    var panels = Array.prototype.slice.call(viewer.querySelectorAll(".panel"));
    panels.forEach(function (panel) {
      panel.querySelector("select.strategy").addEventListener("change", function () { show(panel); });
      show(panel);
    });
    if (item) { item.addEventListener("change", function () { panels.forEach(show); }); }
  });
  document.querySelectorAll("details.explain").forEach(function (part) {
    var kind = part.querySelector("select.explain-kind"), text = part.querySelector("input.explain-text");
    var rows = part.querySelectorAll("tr[data-kind]");
    function sift() {
      var wanted = text.value.toLowerCase();
      rows.forEach(function (row) {
        row.hidden = Boolean((kind.value && row.dataset.kind !== kind.value) ||
                             (wanted && row.textContent.toLowerCase().indexOf(wanted) < 0));
      });
    }
    kind.addEventListener("change", sift);
    text.addEventListener("input", sift);
  });
  function fit() {
    document.querySelectorAll(".js-plotly-plot").forEach(function (place) { Plotly.Plots.resize(place); });
  }
  window.addEventListener("beforeprint", fit);
  window.addEventListener("afterprint", fit);
  document.documentElement.dataset.ready = "yes";
})();
"""
