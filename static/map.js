// Moves the map, its legend and its table through time without loading pages; without it the form does the same.
"use strict";
(() => {
  const root = document.querySelector(".map");
  const world = root?.querySelector(".map-world");
  if (!world || !window.fetch) return;

  const SVG = "http://www.w3.org/2000/svg";
  const PACE = 500; // milliseconds that a day is shown while playing
  const NAMED = 4; // countries that are named when more of them change on one day
  const $ = (selector, inside = document) => inside.querySelector(selector);
  const $$ = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const put = (selector, text) => $$(selector).forEach((element) => (element.textContent = text));
  const keyOf = (link) => link.getAttribute("href").split("/").pop();

  // The enlarged part becomes states of its own, so that each can be pointed at.
  const europe = $(".map-europe", root);
  const copy = $("#map-states", world).cloneNode(true);
  copy.removeAttribute("id");
  europe.replaceChildren(copy);
  const frame = europe.viewBox.baseVal;
  for (const link of $$("a", copy)) {
    const box = link.getBBox();
    const across = box.x < frame.x + frame.width && box.x + box.width > frame.x;
    const down = box.y < frame.y + frame.height && box.y + box.height > frame.y;
    if (!across || !down) link.remove();
    else link.setAttribute("tabindex", "-1");
  }
  const links = $$("a", world);
  const states = [...links, ...$$("a", copy)].map((link) => {
    const title = $("title", link);
    return { link, title, country: keyOf(link), name: title.textContent.split(": ")[0] };
  });
  const names = new Map(states.map(({ country, name }) => [country, name]));

  // What is pointed at is outlined above its neighbours and named below the map.
  const read = $(".map-read", root);
  const marks = [world, europe].map((svg) => {
    const mark = document.createElementNS(SVG, "g");
    mark.setAttribute("class", "map-mark");
    svg.append(mark);
    return mark;
  });
  const HINT = window.matchMedia("(hover: hover)").matches
    ? "Point at a state to read its status; on the map, arrow keys move from state to state and Enter opens it."
    : "Tap a state to read about it.";
  read.textContent = HINT;
  const point = (link) => {
    const country = link && keyOf(link);
    const pieces = country ? $$("path, circle", links.find((other) => keyOf(other) === country)) : [];
    for (const mark of marks) {
      mark.replaceChildren(
        ...pieces.map((piece) => {
          const outline = document.createElementNS(SVG, "path");
          const [x, y, r] = ["cx", "cy", "r"].map((name) => Number(piece.getAttribute(name)));
          const circle = `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
          outline.setAttribute("d", piece.getAttribute("d") ?? circle);
          return outline;
        }),
      );
    }
    read.textContent = link ? $("title", link).textContent : HINT;
  };
  const focused = () => links.find((link) => link === document.activeElement);
  for (const svg of [world, europe]) {
    svg.addEventListener("pointerover", (event) => point(event.target.closest("a") ?? focused()));
    svg.addEventListener("pointerleave", () => point(focused()));
  }
  world.addEventListener("focusin", (event) => point(event.target.closest("a")));
  world.addEventListener("focusout", () => point());

  // One stop for the Tab key; arrow keys go to the nearest state in their direction.
  const centre = (link) => {
    const box = link.getBBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  world.addEventListener("keydown", (event) => {
    const direction = DIRECTIONS[event.key];
    const from = focused();
    if (!direction || !from || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const [x, y] = centre(from);
    let best, least = Infinity;
    for (const link of links) {
      const [u, v] = centre(link);
      const along = (u - x) * direction[0] + (v - y) * direction[1];
      const aside = Math.abs((u - x) * direction[1]) + Math.abs((v - y) * direction[0]);
      if (link !== from && along > aside / 2 && along + 2 * aside < least) [best, least] = [link, along + 2 * aside];
    }
    if (!best) return;
    from.setAttribute("tabindex", "-1");
    best.setAttribute("tabindex", "0");
    best.focus();
  });

  // Time.
  const form = $("form", root);
  const slider = $(".map-time input", root);
  const play = $(".map-play", root);
  const legend = $$(".map-legend [data-css]", root);
  const classes = legend.map((item) => item.dataset.css);
  const bodies = $$(".map-table tbody");
  const table = $$(".map-table tbody tr")
    .map((row) => ({ row, country: keyOf($("a", row)), cells: $$("td", row) }))
    .sort((one, other) => names.get(one.country).localeCompare(names.get(other.country), "en"));
  const shown = { rule: root.dataset.rule, day: root.dataset.day };
  const answers = new Map();
  const load = (rule) => {
    if (!answers.has(rule)) {
      const answer = fetch(`${root.dataset.json}?rule=${encodeURIComponent(rule)}`).then((response) => {
        if (!response.ok) throw new Error(response.statusText);
        return response.json();
      });
      answers.set(rule, answer);
      answer.catch(() => answers.delete(rule));
    }
    return answers.get(rule);
  };
  const standing = (intervals, day) =>
    intervals.find(([, since, until]) => since <= day && (until === null || day < until));
  const said = (data, [status, since]) => `${data.statuses[status]}${status < 3 ? ` since ${since}` : ""}`;

  // The steps of the slider: every day on which anything changes, and today.
  const dayOf = (data, step) => data.steps[step]?.[0] ?? root.dataset.today;
  const stepOf = (data, day) =>
    day >= root.dataset.today ? data.steps.length : data.steps.filter(([first]) => first <= day).length - 1;

  const changes = (data, day) => {
    const changed = Object.entries(data.countries).flatMap(([country, intervals]) => {
      const index = intervals.findIndex(([, since]) => since === day);
      return index > 0 ? [`${names.get(country)} ${data.statuses[intervals[index][0]]}`] : [];
    });
    if (changed.length <= NAMED) return changed.join(", ");
    return `${changed.slice(0, NAMED - 1).join(", ")} and ${changed.length - NAMED + 1} more change`;
  };

  const draw = (data, day) => {
    for (const { link, title, country, name } of states) {
      const now = standing(data.countries[country], day);
      if (!now) continue;
      link.setAttribute("class", classes[now[0]]);
      title.textContent = `${name}: ${said(data, now)}`;
    }
    const groups = bodies.map(() => []);
    for (const { row, country, cells } of table) {
      const now = standing(data.countries[country], day);
      cells[0].textContent = data.statuses[now[0]];
      cells[1].textContent = now[0] < 3 ? now[1] : "";
      groups[now[0]].push(row);
    }
    bodies.forEach((body, index) => body.replaceChildren(...groups[index]));
  };

  const show = (data, day) => {
    const step = stepOf(data, day);
    const [, un, others] = data.steps[Math.min(step, data.steps.length - 1)];
    const members = un.reduce((sum, count) => sum + count);
    const changed = changes(data, day);
    draw(data, day);
    legend.forEach((item, index) => {
      $("strong", item).textContent = un[index];
      $("small", item).textContent = others[index] ? `+ ${others[index]} not UN members` : "";
    });
    put(".map-day", day);
    put(".map-count", un[0]);
    put(".map-members", members);
    put(".map-title", data.title);
    put(".map-description", data.description);
    put(".map-change", changed ? `${day}: ${changed}` : "");
    slider.max = data.steps.length;
    slider.value = step;
    const spoken = `${day}: ${un[0]} of ${members} members of the United Nations recognise`;
    slider.setAttribute("aria-valuetext", changed ? `${spoken}; ${changed}` : spoken);
    form.elements.as_of.value = day;
    form.elements.rule.value = data.rule;
    Object.assign(shown, { rule: data.rule, day });
    const query = `?${new URLSearchParams({ rule: data.rule, as_of: day })}`;
    $$("a.map-link").forEach((link) => (link.search = query));
    document.title = document.title.replace(/\d{4}-\d{2}-\d{2}/, day);
    if (new URL(form.action).pathname === location.pathname) history.replaceState(null, "", query + location.hash);
    point(focused());
    document.dispatchEvent(new CustomEvent("map:day", { detail: { data, day, un, members } }));
  };

  // Where the data cannot be had, the form still answers.
  const go = (rule, dayIn) =>
    load(rule).then(
      (data) => {
        if (rule === form.elements.rule.value) show(data, dayIn(data));
        return data;
      },
      () => {
        stop();
        put(".map-change", "The data could not be fetched. The button ‘Show’ reloads the page.");
      },
    );
  const move = () => go(form.elements.rule.value, (data) => dayOf(data, Number(slider.value)));

  let timer;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  };
  play.addEventListener("click", async () => {
    if (timer) return stop();
    if (Number(slider.value) >= Number(slider.max)) slider.value = 0;
    play.textContent = "Stop";
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      move();
      if (Number(slider.value) >= Number(slider.max)) stop();
    }, PACE);
    return move();
  });
  slider.addEventListener("input", () => {
    if (timer) stop();
    move();
  });
  for (const event of ["pointerdown", "focus"]) slider.addEventListener(event, () => load(shown.rule).catch(() => {}));
  form.elements.rule.addEventListener("change", () => go(form.elements.rule.value, () => shown.day));
  form.elements.as_of.addEventListener("change", () => {
    const { value, min, max, validity } = form.elements.as_of;
    if (value && validity.valid && value >= min && value <= max) go(form.elements.rule.value, () => value);
  });
  slider.value = slider.defaultValue;
  $(".map-time", root).hidden = false;
})();
