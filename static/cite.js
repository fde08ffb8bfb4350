// A button beside each form of a citation copies it. Where map.js has moved what a page shows, its citation is asked for again
// when it is opened next.
"use strict";
(() => {
  const fetched = async (address) => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return [...page.querySelectorAll(".cite .form pre")].map((form) => form.textContent);
  };
  const withButton = (form) => {
    const button = document.createElement("button");
    const [label, text] = [form.querySelector(".label"), form.querySelector("pre")];
    const what = label.textContent;
    const say = (word) => {
      button.textContent = word;
      button.setAttribute("aria-label", `${word}: ${what}`);
    };
    button.type = "button";
    say("Copy");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        say("Copied");
      } catch {
        getSelection().selectAllChildren(text);
        say("Marked: press Ctrl+C");
      }
      setTimeout(() => say("Copy"), 3000);
    });
    label.append(" ", button);
  };

  let moved;
  document.addEventListener("map:day", ({ detail }) => {
    moved = location.pathname + detail.query;
    document.querySelectorAll("details.cite").forEach((cite) => (cite.open = false));
  });
  const opened = async (cite) => {
    const forms = [...cite.querySelectorAll(".form")];
    if (!cite.querySelector("button")) forms.forEach(withButton);
    if (!moved) return;
    const asked = moved;
    cite.setAttribute("aria-busy", "true");
    try {
      const texts = await fetched(asked);
      if (asked === moved) forms.forEach((form, index) => (form.querySelector("pre").textContent = texts[index]));
      if (asked === moved) moved = undefined;
    } catch {
      location.assign(`${asked}#cite`); // the page of that day has its own
    }
    cite.removeAttribute("aria-busy");
  };
  document.querySelectorAll("div.cite .form").forEach(withButton); // what needs not be opened
  // The event does not bubble.
  document.addEventListener("toggle", ({ target }) => target.matches("details.cite[open]") && opened(target), true);
})();
