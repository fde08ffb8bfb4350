// Moves the map, its legend and its table through time without loading pages; without it the form does the same.
"use strict";
(() => {
  const root = document.querySelector(".map");
  const world = root?.querySelector(".map-world");
  if (!world || !window.fetch) return;

  const SVG = "http://www.w3.org/2000/svg";
  const PACE = 500; // milliseconds that a day is shown while playing
  const REST = 700; // milliseconds after which a reader rests: Safari lets a page change its address 100 times in 30 seconds
  const NAMED = 4; // countries that are named when more of them change on one day
  const FINGER = 14; // pixels around a circle that are the circle to a finger, where no state is
  const SINCE = { recognises: "has recognised since", contested: "contested since", withdrew: "withdrew on" }; // as sentences.py
  const CHOICES = ["rule", "as_of", "organisation"];
  const $ = (selector, inside = document) => inside.querySelector(selector);
  const $$ = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const put = (selector, text) => $$(selector).forEach((element) => (element.textContent = text));
  const pathOf = (link) => link.getAttribute("href").split("?")[0];
  const keyOf = (link) => pathOf(link).split("/").pop();
  // A day for people: '3 May 1999'.
  const LONG = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const said = (day) => LONG.format(Date.parse(day));

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
    return { link, title, path: pathOf(link), country: keyOf(link), name: title.textContent.split(": ")[0] };
  });
  const names = new Map(states.map(({ country, name }) => [country, name]));
  const linkOf = (country) => links.find((link) => keyOf(link) === country);

  // A screen reader hears what came of it once the reader rests, not each thing on the way.
  const spoken = $(".map-spoken", root);
  let speaking;
  const say = (text) => {
    clearTimeout(speaking);
    speaking = setTimeout(() => (spoken.textContent = text), REST);
  };

  // What is pointed at is outlined above its neighbours and named below the map.
  const read = $(".map-read", root);
  const marks = [world, europe].map((svg) => {
    const mark = document.createElementNS(SVG, "g");
    mark.setAttribute("class", "map-mark");
    svg.append(mark);
    return mark;
  });
  const says = root.dataset.says ?? "status";
  const HINT = window.matchMedia("(hover: hover)").matches
    ? `Point at a state to read its ${says}; on the map, arrow keys move from state to state and Enter opens it.`
    : `Tap a state to read its ${says}; tap it again to open it.`;
  const told = document.createElement("span");
  const open = document.createElement("a");
  told.textContent = HINT;
  read.replaceChildren(told, " ");
  let named; // the state that a tap has named, which the next tap on it opens
  const point = (link) => {
    const country = link && keyOf(link);
    const pieces = country ? $$("path, circle", linkOf(country)) : [];
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
    told.textContent = link ? $("title", link).textContent : HINT;
    if (!country || country !== named) return open.remove();
    open.href = link.getAttribute("href");
    open.textContent = `Open ${names.get(country)}`;
    read.append(open);
  };
  const focused = () => links.find((link) => link === document.activeElement);
  const pointed = () => (named ? linkOf(named) : focused());
  for (const svg of [world, europe]) {
    svg.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "touch") point(event.target.closest("a") ?? pointed());
    });
    svg.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && point(pointed()));
  }
  world.addEventListener("focusin", (event) => point(event.target.closest("a")));
  world.addEventListener("focusout", () => point(named && linkOf(named)));

  // A finger cannot point without tapping: its first tap names a state, its second opens it.
  let touched = false;
  const under = ({ target, clientX, clientY, currentTarget }) => {
    const link = target.closest("a");
    if (link) return link;
    const circles = $$("a circle", currentTarget).map((circle) => {
      const { x, y, width, height } = circle.getBoundingClientRect();
      return { circle, away: Math.hypot(x + width / 2 - clientX, y + height / 2 - clientY) };
    });
    const near = circles.filter(({ away }) => away <= FINGER).sort((one, other) => one.away - other.away);
    return near[0]?.circle.closest("a");
  };
  for (const svg of [world, europe]) {
    svg.addEventListener("pointerdown", (event) => (touched = event.pointerType === "touch"));
    svg.addEventListener("click", (event) => {
      if (!touched) return;
      event.preventDefault();
      const link = under(event);
      if (link && keyOf(link) === named) return location.assign(link.getAttribute("href"));
      named = link && keyOf(link);
      point(link);
      if (link) say($("title", link).textContent);
    });
  }

  // One stop for the Tab key; arrow keys go to the nearest state in their direction.
  const centre = (link) => {
    const box = link.getBBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  world.addEventListener("keydown", (event) => {
    touched = false;
    named = undefined;
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

  // Time, which a map of one day does not have.
  const form = $("form", root);
  if (!form) return;
  const slider = $(".map-time input", root);
  const play = $(".map-play", root);
  const legend = $$(".map-legend [data-css]", root);
  const classes = legend.map((item) => item.dataset.css);
  let bodies, table; // the front page has its table later
  const findTable = () => {
    bodies = $$(".map-table tbody");
    table = $$(".map-table tbody tr").map((row) => ({ row, country: keyOf($("a", row)), cells: $$("td", row) }));
  };
  findTable();
  const { today, defaultRule, knownUntil } = root.dataset;
  const shown = { rule: root.dataset.rule, day: root.dataset.asOf };
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
  const known = (day) => (day > knownUntil ? `, as known on ${said(knownUntil)}` : "");

  // The steps of the slider: every day on which anything changes, and today.
  const dayOf = (data, step) => data.steps[step]?.[0] ?? today;
  const stepOf = (data, day) =>
    day >= today ? data.steps.length : data.steps.filter(([first]) => first <= day).length - 1;

  const changes = (data, day) => {
    const changed = Object.entries(data.countries).flatMap(([country, intervals]) => {
      const index = intervals.findIndex(([, since]) => since === day);
      return index > 0 ? [`${names.get(country)} ${data.statuses[intervals[index][0]]}`] : [];
    });
    if (changed.length <= NAMED) return changed.join(", ");
    return `${changed.slice(0, NAMED - 1).join(", ")} and ${changed.length - NAMED + 1} more change`;
  };

  // Where a reader goes next, the choices go along: those that differ from the defaults, as the server has them.
  const choices = (rule, day) => {
    const chosen = new URLSearchParams();
    if (rule !== defaultRule) chosen.set("rule", rule);
    if (day !== today) chosen.set("as_of", day);
    const { organisation } = form.elements;
    if (organisation) chosen.set("organisation", organisation.value);
    return chosen;
  };
  const queryOf = (chosen) => (String(chosen) ? `?${chosen}` : "");
  const carry = (chosen, rule) => {
    const query = queryOf(chosen);
    for (const { link, path } of states) link.setAttribute("href", path + query);
    for (const link of $$("a.onward")) {
      const address = new URL(link.href);
      CHOICES.forEach((name) => address.searchParams.delete(name));
      chosen.forEach((value, name) => address.searchParams.set(name, value));
      if (link.matches(".map-rule")) address.pathname = address.pathname.replace(/[^/]*$/, rule);
      link.href = address.pathname + address.search + address.hash;
    }
  };
  let resting;
  const keep = (query) => {
    clearTimeout(resting);
    if (new URL(form.action).pathname !== location.pathname) return;
    resting = setTimeout(() => {
      try {
        history.replaceState(null, "", (query || location.pathname) + location.hash);
      } catch {
        // the browser has had enough of changes: the address stays behind, the page does not
      }
    }, REST);
  };

  const drawTable = (data, day) => {
    if (!table.length) return;
    const rows = new Map(table.map((row) => [row.country, row]));
    const groups = bodies.map(() => []);
    for (const [country, intervals] of Object.entries(data.countries)) {
      const now = standing(intervals, day);
      if (!now) continue;
      const { row, cells } = rows.get(country);
      const [status, since] = now;
      const time = document.createElement("time");
      time.dateTime = since;
      time.textContent = said(since);
      cells[0].textContent = data.statuses[status];
      cells[1].replaceChildren(...(status < 3 ? [time] : []));
      groups[status].push(row);
    }
    bodies.forEach((body, index) => body.replaceChildren(...groups[index]));
  };
  const draw = (data, day) => {
    for (const { link, title, country, name } of states) {
      const now = standing(data.countries[country], day);
      if (!now) continue;
      const [status, since] = now;
      link.setAttribute("class", classes[status]);
      const word = data.statuses[status];
      title.textContent = `${name}: ${word in SINCE ? `${SINCE[word]} ${said(since)}` : word}`;
    }
    drawTable(data, day);
  };

  // The years below the slider, as far apart as their numbers are wide: each at the first step that is in it.
  const APART = 44; // pixels from the middle of a year to the middle of the next
  const years = $(".map-years", root);
  const drawYears = (firsts, steps) => {
    const apart = APART / years.clientWidth;
    let last = -apart;
    years.replaceChildren();
    for (const [year, step] of Object.entries(firsts)) {
      if (step / steps - last < apart) continue;
      last = step / steps;
      const label = document.createElement("span");
      label.textContent = year;
      label.style.left = `${100 * last}%`;
      years.append(label);
    }
  };
  const firstsOf = ({ steps }) => Object.fromEntries(steps.map(([day], step) => [day.slice(0, 4), step]).reverse());

  const show = (data, day) => {
    const step = stepOf(data, day);
    drawYears(firstsOf(data), data.steps.length);
    const [, un, , who] = data.steps[Math.min(step, data.steps.length - 1)];
    const members = un.reduce((sum, count) => sum + count);
    const changed = changes(data, day);
    draw(data, day);
    legend.forEach((item, index) => ($(".map-who", item).textContent = who[index] || "nobody"));
    put(".map-day", said(day));
    $$("time.map-day").forEach((time) => (time.dateTime = day));
    put(".map-known", known(day));
    put(".map-count", un[0]);
    put(".map-members", members);
    put(".map-title", data.title);
    put(".map-description", data.description);
    put(".map-change", changed ? `${said(day)}: ${changed}` : "");
    slider.max = data.steps.length;
    slider.value = step;
    const result = `${said(day)}: ${un[0]} of ${members} UN members recognise${changed ? `; ${changed}` : ""}`;
    slider.setAttribute("aria-valuetext", result);
    if (document.activeElement !== slider) say(result);
    form.elements.as_of.value = day;
    form.elements.rule.value = data.rule;
    Object.assign(shown, { rule: data.rule, day });
    for (const element of [root, $("main")]) Object.assign(element.dataset, { rule: data.rule, asOf: day });
    const chosen = choices(data.rule, day);
    const query = queryOf(chosen);
    carry(chosen, data.rule);
    document.title = document.title.replace(/\d{1,2} [A-Z][a-z]+ \d{4}/, said(day));
    keep(query);
    point(pointed());
    document.dispatchEvent(new CustomEvent("map:day", { detail: { data, day, un, members, query, said } }));
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
  const move = () => {
    const step = Number(slider.value);
    return go(form.elements.rule.value, (data) => dayOf(data, step));
  };

  // Whoever wants no motion gets the next change with each press.
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  let timer;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    play.textContent = still.matches ? "Next change" : "Play";
    if (still.matches) play.removeAttribute("aria-pressed");
    else play.setAttribute("aria-pressed", "false");
  };
  const next = () => {
    slider.value = Number(slider.value) + 1;
    return move();
  };
  play.addEventListener("click", () => {
    if (timer) return stop();
    const over = Number(slider.value) >= Number(slider.max);
    if (over) slider.value = 0;
    if (still.matches) return over ? move() : next();
    play.textContent = "Stop";
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(() => {
      next();
      if (Number(slider.value) >= Number(slider.max)) stop();
    }, PACE);
    return move();
  });
  still.addEventListener("change", stop);
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
  stop();
  $(".map-time", root).hidden = false;
  drawYears(JSON.parse(years.dataset.years), Number(slider.max));
  document.addEventListener("map:table", () => {
    findTable();
    go(shown.rule, () => shown.day);
  });
})();
