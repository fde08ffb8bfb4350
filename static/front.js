// Moves what is around the map of the front page with its slider and rule: number and chart at once; what the server has to
// be asked for (others' numbers, organisations, the last changes) when the slider rests.
"use strict";
// The links to map, chart and table become tabs: one of the three is shown, and the arrow keys move between them.
(() => {
  const figures = document.querySelector(".figures");
  if (!figures) return;
  const list = figures.querySelector(".tabs");
  const tabs = [...list.querySelectorAll("a")];
  const panels = tabs.map((tab) => figures.querySelector(tab.hash));
  // The table is that of the map's own page, which has been asked for when it is first shown; its link stays if it cannot be had.
  const fill = async (panel) => {
    const link = panel.querySelector("p a");
    if (!link || panel.dataset.asked) return;
    panel.dataset.asked = "yes";
    const response = await fetch(link.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    panel.append(page.querySelector(".map-table").closest(".scroll"));
    document.dispatchEvent(new CustomEvent("map:table"));
  };
  const choose = (chosen) => {
    tabs.forEach((tab, index) => {
      const here = tab === chosen;
      tab.setAttribute("aria-selected", here);
      tab.setAttribute("tabindex", here ? "0" : "-1");
      panels[index].hidden = !here;
      if (here && panels[index].id === "table") fill(panels[index]).catch(() => delete panels[index].dataset.asked);
    });
  };
  list.setAttribute("role", "tablist");
  tabs.forEach((tab, index) => {
    tab.setAttribute("role", "tab");
    tab.id = `tab-${index}`;
    tab.setAttribute("aria-controls", panels[index].id);
    panels[index].setAttribute("role", "tabpanel");
    panels[index].setAttribute("aria-labelledby", tab.id);
    panels[index].removeAttribute("aria-label");
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      choose(tab);
    });
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
    choose(next);
    next.focus();
  });
  figures.classList.add("tabbed");
  choose(tabs.find((tab) => tab.hash === location.hash) ?? tabs[0]);
})();

(() => {
  const chart = document.querySelector("svg.chart");
  if (!chart) return;

  const REST = 400; // milliseconds that the slider rests before the server is asked
  const $ = (selector, inside = document) => inside.querySelector(selector);
  const { first, last, width, height, top } = chart.dataset;
  const tenth = (number) => Math.round(number * 10) / 10;
  const x = (day) => tenth((width * (Date.parse(day) - Date.parse(first))) / Math.max(Date.parse(last) - Date.parse(first), 1));
  const y = (count) => tenth(height - (height * count) / top);
  const set = (selector, attributes) => {
    for (const [name, value] of Object.entries(attributes)) $(selector, chart).setAttribute(name, value);
  };

  // The corners of a step line, by the arithmetic of recognition/site/charts.py: both give the same points. `un` holds the
  // counts of recognises, contested, withdrew, does not recognise.
  const line = (steps, status) => {
    let level = steps[0][1][status];
    const corners = [[x(first), y(level)]];
    for (const [day, un] of steps) {
      if (un[status] === level) continue;
      corners.push([x(day), y(level)], [x(day), y(un[status])]);
      level = un[status];
    }
    return [...corners, [x(last), y(level)]].join(" ");
  };
  const drawLines = ({ steps }, said) => {
    const recognising = line(steps, 0);
    set(".area", { points: `0,${height} ${recognising} ${width},${height}` });
    set("polyline.recognising", { points: recognising });
    set("polyline.withdrawn", { points: line(steps, 2) });
    const [day, [most]] = steps.reduce((best, step) => (step[1][0] > best[1][0] ? step : best));
    $(".chart-most").textContent = `${most}, first on ${said(day)}`;
    $(".chart-most").dataset.asOf = day;
  };
  const drawDay = ({ data: { title }, day, un: [recognise, contested, withdrew], members, said }) => {
    const now = x(day);
    set(".now", { x1: now, x2: now });
    set(".dot", { cx: now, cy: y(recognise) });
    set(".dot.withdrawn", { cx: now, cy: y(withdrew) });
    set(".said", { x: now, "text-anchor": now > width / 2 ? "end" : "start" });
    $(".said", chart).textContent = `${said(day)}: ${recognise} recognise, ${withdrew} withdrew`;
    $(".chart-withdrew").textContent = withdrew;
    $(".chart-contested").textContent = contested ? `; ${contested} are contested` : "";
    const most = $(".chart-most").textContent;
    const until = `from ${said(first)} to ${said(last)}, under ‘${title}’: at most ${most}`;
    const then = `${recognise} of ${members} on ${said(day)}, when ${withdrew} had withdrawn.`;
    chart.setAttribute("aria-label", `UN members that recognise ${chart.dataset.subject}, ${until}; ${then}`);
  };
  const drawBar = (bar, { recognising, contested, withdrawn, members }) => {
    bar.setAttribute("viewBox", `0 0 ${members} 1`);
    const parts = { none: [0, members], recognises: [0, recognising], contested: [recognising, contested] };
    parts.withdrew = [recognising + contested, withdrawn];
    for (const [name, [start, length]] of Object.entries(parts)) {
      $(`.${name}`, bar).setAttribute("x", start);
      $(`.${name}`, bar).setAttribute("width", length);
    }
  };

  // The rest comes from the page that the server makes of the same choices; what comes too late is not shown.
  let asked;
  const follow = async (query) => {
    const response = await fetch($(".map form").action + query);
    if (!response.ok || asked !== query) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (asked !== query) return;
    const fresh = page.querySelectorAll(".follows");
    document.querySelectorAll(".follows").forEach((part, index) => part.replaceWith(fresh[index]));
  };

  let drawn, timer;
  document.addEventListener("map:day", ({ detail }) => {
    const { data, day, un, members, query, said } = detail;
    if (drawn !== data.rule) drawLines(data, said);
    drawn = data.rule;
    drawDay(detail);
    const [recognising, contested, withdrawn] = un;
    drawBar($(".headline .bar"), { recognising, contested, withdrawn, members });
    const under = data.rule === $(".map").dataset.defaultRule ? "" : `, under the rule ‘${data.title}’`;
    document.title = `Who recognises ${chart.dataset.subject}? ${recognising} of ${members} UN members on ${said(day)}${under}`;
    asked = query;
    clearTimeout(timer);
    timer = setTimeout(() => follow(query).catch(() => {}), REST); // without an answer the old parts still name their day
  });
})();
