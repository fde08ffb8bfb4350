// Marks on the chart the day that the slider of the map stands on.
"use strict";
document.addEventListener("map:day", (event) => {
  const line = document.querySelector("svg.chart .now");
  if (!line) return;
  const [first, last, day] = [line.dataset.first, line.dataset.last, event.detail.day].map((text) => Date.parse(text));
  const width = Number(line.closest("svg").dataset.width);
  const x = Math.min(Math.max((width * (day - first)) / Math.max(last - first, 1), 0), width);
  line.setAttribute("x1", x);
  line.setAttribute("x2", x);
});
