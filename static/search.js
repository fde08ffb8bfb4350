// Shows results while the reader types into the search box; without this script the form does the same.
"use strict";
(() => {
  const form = document.querySelector("form.find");
  const box = form?.querySelector("input[type=search]");
  if (!box || !window.fetch || !window.AbortController) return;

  const WAIT = 120; // milliseconds of silence after a key before the server is asked
  const SHOWN = 8;
  const list = document.createElement("ul");
  list.id = "found";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Results");
  list.hidden = true;
  const spoken = document.createElement("p");
  spoken.className = "hidden";
  spoken.setAttribute("aria-live", "polite");
  form.append(list, spoken);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"]])
    box.setAttribute(name, value);

  let timer, request, active = -1;

  const expectNothing = () => {
    clearTimeout(timer);
    request?.abort();
  };
  const close = () => {
    expectNothing(); // an answer on its way must not open the list again
    list.hidden = true;
    active = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const options = [...list.children];
    if (!options.length) return;
    expectNothing(); // nor change the list that the reader chooses from
    active = (index + options.length) % options.length;
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === active)));
    box.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  };
  // The server escapes everything but <mark>; here only text and <mark> elements are made of it.
  const withMarks = (target, markup) => {
    const parsed = new DOMParser().parseFromString(markup, "text/html").body;
    for (const node of parsed.childNodes) {
      if (node.nodeName === "MARK") target.append(Object.assign(document.createElement("mark"), { textContent: node.textContent }));
      else target.append(node.textContent);
    }
  };
  const show = (q, answer) => {
    list.setAttribute("aria-label", `Results for ‘${q}’`);
    list.replaceChildren(
      ...answer.results.slice(0, SHOWN).map((hit, number) => {
        const option = document.createElement("li");
        option.id = `found-${number}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = hit.url;
        const title = document.createElement("strong");
        withMarks(title, hit.title_marked);
        const kind = Object.assign(document.createElement("small"), { textContent: ` ${hit.kind}` });
        const excerpt = document.createElement("span");
        withMarks(excerpt, hit.excerpt);
        option.append(title, kind, excerpt);
        return option;
      }),
    );
    active = -1;
    list.hidden = !list.children.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    const instead = answer.instead === "corrected" ? `, for ${answer.did_you_mean}` : "";
    spoken.textContent = answer.total === 1 ? `1 result${instead}` : `${answer.more ? "more than " : ""}${answer.total} results${instead}`;
  };
  const ask = async () => {
    request?.abort();
    const q = box.value.trim();
    if (!q) return close();
    request = new AbortController();
    try {
      const response = await fetch(`${form.action}.json?${new URLSearchParams({ q })}`, { signal: request.signal });
      if (response.ok) show(q, await response.json());
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      mark(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      location.href = list.children[active].dataset.url;
    } else if (event.key === "Escape") {
      if (!list.hidden) event.preventDefault(); // the first one closes the list, the next empties the box
      close();
    }
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // keeps the box in focus
    expectNothing();
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.href = option.dataset.url;
  });
  box.addEventListener("blur", close);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable=true], .cm-editor");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });
})();
