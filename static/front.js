// Moves what is around the map of the front page with its slider and rule: number, others' numbers, chart, organisations.
"use strict";
(() => {
  const chart = document.querySelector("svg.chart");
  const table = document.querySelector("table.tallies");
  if (!chart || !table) return;

  const REST = 250; // milliseconds that the slider rests before organisations are asked for
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
  const drawLines = ({ steps }) => {
    const recognising = line(steps, 0);
    set(".area", { points: `0,${height} ${recognising} ${width},${height}` });
    set("polyline.recognising", { points: recognising });
    set("polyline.withdrawn", { points: line(steps, 2) });
    const [day, [most]] = steps.reduce((best, step) => (step[1][0] > best[1][0] ? step : best));
    $(".chart-most").textContent = `${most} from ${day} on`;
  };
  const drawDay = (title, day, [recognise, contested, withdrew], members) => {
    const now = x(day);
    set(".now", { x1: now, x2: now });
    set(".dot", { cx: now, cy: y(recognise) });
    set(".dot.withdrawn", { cx: now, cy: y(withdrew) });
    set(".said", { x: now, "text-anchor": now > width / 2 ? "end" : "start" });
    $(".said", chart).textContent = `${day}: ${recognise} recognise, ${withdrew} withdrew`;
    $(".chart-withdrew").textContent = withdrew;
    $(".chart-contested").textContent = contested ? `; ${contested} are contested` : "";
    const most = $(".chart-most").textContent;
    const until = `from ${first} to ${last}, under ‘${title}’: at most ${most}`;
    const then = `${recognise} of ${members} on ${day}, when ${withdrew} had withdrawn.`;
    chart.setAttribute("aria-label", `UN members that recognise Kosovo, ${until}; ${then}`);
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

  const fetched = new Map();
  const ask = (address) => {
    if (!fetched.has(address)) {
      const answer = fetch(address).then((response) => (response.ok ? response.json() : Promise.reject(response)));
      fetched.set(address, answer);
      answer.catch(() => fetched.delete(address));
    }
    return fetched.get(address);
  };
  let shown = ""; // rule and day that the slider is on; an answer for another one comes too late
  const others = (rule, day) => {
    for (const item of document.querySelectorAll(".others [data-rule]")) {
      const other = item.dataset.rule;
      item.hidden = other === rule;
      $("a", item).search = `?${new URLSearchParams({ a: other, b: rule, organisation: "un", as_of: day })}`;
      if (item.hidden) continue;
      const say = (count) => shown === rule + day && ($("strong", item).textContent = count);
      ask(`${$(".map").dataset.json}?rule=${other}`).then(
        ({ steps }) => say(steps.filter(([since]) => since <= day).at(-1)[1][0]),
        () => say("–"),
      );
    }
  };
  const organisations = (rule, day) =>
    ask(`${table.dataset.json}?${new URLSearchParams({ rule, as_of: day })}`).then(({ tallies }) => {
      if (shown !== rule + day) return;
      $(".organisations-day").textContent = day;
      [...table.tBodies[0].rows].forEach((row, index) => {
        const tally = tallies[index];
        $(".number strong", row).textContent = tally.recognising;
        $(".number span", row).textContent = tally.members;
        drawBar($(".bar", row), tally);
      });
    }, () => {});

  let drawn, timer;
  document.addEventListener("map:day", ({ detail: { data, day, un, members } }) => {
    shown = data.rule + day;
    if (drawn !== data.rule) drawLines(data);
    drawn = data.rule;
    drawDay(data.title, day, un, members);
    const [recognising, contested, withdrawn] = un;
    drawBar($(".headline .bar"), { recognising, contested, withdrawn, members });
    const rule = $(".headline .map-title");
    rule.href = rule.dataset.rules + data.rule;
    document.title = `Who recognises Kosovo? ${recognising} of ${members} UN members`;
    clearTimeout(timer);
    timer = setTimeout(() => [others, organisations].forEach((move) => move(data.rule, day)), REST);
  });
})();
