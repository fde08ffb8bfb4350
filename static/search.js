// Shows results while the reader types into the search box; without this script the form does the same.
"use strict";
(() => {
  const form = document.querySelector("form.find");
  const box = form?.querySelector("input");
  if (!box || !window.fetch || !window.AbortController) return;

  const WAIT = 120; // milliseconds of silence after a key before the server is asked
  const SHOWN = 8;
  const list = document.createElement("ul");
  list.id = "found";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Results");
  const spoken = document.createElement("p");
  spoken.className = "hidden";
  spoken.setAttribute("aria-live", "polite");
  form.append(spoken);
  // Ctrl+K, on Apple's keyboards Cmd+K, leads here: a letter alone would be taken from those who speak to their computer.
  const apple = /Mac|iPhone|iPad/.test(navigator.platform);
  for (const [name, value] of [
    ["type", "text"], ["role", "combobox"], ["enterkeyhint", "search"], ["aria-expanded", "false"], ["aria-autocomplete", "list"],
    ["aria-keyshortcuts", apple ? "Meta+K" : "Control+K"],
  ])
    box.setAttribute(name, value);

  let timer, request, active = -1;

  const expectNothing = () => {
    clearTimeout(timer);
    request?.abort();
  };
  const close = () => {
    expectNothing(); // an answer on its way must not open the list again
    open(false);
  };
  // The list is in the page while it has something to choose from: an empty one would be an error to a screen reader.
  const open = (filled) => {
    if (filled) spoken.before(list);
    else list.remove();
    active = -1;
    box.setAttribute("aria-expanded", String(filled));
    if (filled) box.setAttribute("aria-controls", list.id);
    else box.removeAttribute("aria-controls");
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
        if (hit.kind === "count") option.dataset.published = hit.id;
        const title = document.createElement("strong");
        withMarks(title, hit.title_marked);
        const kind = Object.assign(document.createElement("small"), { textContent: ` ${hit.kind}` });
        option.append(title, kind);
        if (hit.excerpt) {
          const excerpt = document.createElement("span");
          if (hit.source) excerpt.append(`${hit.source}: `);
          const words = hit.source ? document.createElement("q") : excerpt;
          withMarks(words, hit.excerpt);
          if (hit.source) excerpt.append(words);
          option.append(excerpt);
        }
        if (hit.standing && (hit.source || hit.kind === "country" || hit.kind === "organisation")) {
          const standing = Object.assign(document.createElement("span"), { textContent: hit.standing });
          if (hit.members !== null) standing.dataset.organisation = hit.organisation;
          option.append(standing);
        }
        return option;
      }),
    );
    [list.dataset.rule, list.dataset.asOf] = [answer.rule, answer.as_of];
    open(list.children.length > 0);
    const instead = answer.instead === "corrected" ? `, for ${answer.did_you_mean}` : "";
    spoken.textContent = answer.total === 1 ? `1 result${instead}` : `${answer.truncated ? "at least " : ""}${answer.total} results${instead}`;
  };
  const ask = async () => {
    request?.abort();
    const q = box.value.trim();
    if (!q) return close();
    const asked = new URLSearchParams(new FormData(form)); // with the rule and the day that were chosen
    asked.set("q", q);
    request = new AbortController();
    try {
      const response = await fetch(`${form.action}.json?${asked}`, { signal: request.signal });
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
    if (event.isComposing || event.keyCode === 229) return; // an input method's keys; Safari says it by the code alone
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!list.isConnected) return;
      event.preventDefault();
      mark(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      location.href = list.children[active].dataset.url;
    } else if (event.key === "Escape") {
      if (!list.isConnected) box.value = ""; // the first one closes the list, the next empties the box
      event.preventDefault();
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
    const modified = apple ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
    if (event.key.toLowerCase() === "k" && modified && !typing && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });
})();
