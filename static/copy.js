// A button copies each text that is there to be copied: code for a frame, the forms of a citation. Where map.js moves the map,
// code follows its day and rule, and a citation is asked for again when it is opened next.
"use strict";
(() => {
  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text.value ?? text.textContent);
      return "Copied";
    } catch {
      if (text.select) text.select(); // the browser does not allow it: the reader copies what is marked
      else getSelection().selectAllChildren(text);
      return "Marked: press Ctrl+C";
    }
  };
  const withButton = (text, what, put) => {
    const button = document.createElement("button");
    const say = (word) => {
      button.textContent = word;
      button.setAttribute("aria-label", `${word}: ${what}`);
    };
    button.type = "button";
    say("Copy");
    button.addEventListener("click", async () => {
      say(await copied(text));
      setTimeout(() => say("Copy"), 3000);
    });
    put(button);
  };

  const codes = [...document.querySelectorAll("textarea[readonly]")];
  for (const code of codes) {
    const label = code.closest("label");
    withButton(code, label.firstChild.textContent.trim(), (button) => label.after(button));
  }
  const cited = (form) => {
    const label = form.querySelector(".label");
    withButton(form.querySelector("pre"), label.textContent, (button) => label.append(" ", button));
  };
  document.querySelectorAll("div.cite .form").forEach(cited); // what needs not be opened

  const map = document.querySelector(".map");
  let moved;
  document.addEventListener("map:day", ({ detail: { data, day, query } }) => {
    moved = location.pathname + query;
    document.querySelectorAll("details.cite").forEach((cite) => (cite.open = false));
    for (const code of codes) {
      const { pinned, follows } = code.dataset;
      if (pinned === undefined && follows === undefined) continue;
      code.value = code.value.replace(/ src="([^"]*)"/, (_, address) => {
        const [path, asked = ""] = address.replaceAll("&amp;", "&").split("?");
        const chosen = new URLSearchParams(asked);
        if (pinned !== undefined) chosen.set("as_of", day);
        if (pinned !== undefined || data.rule !== map.dataset.defaultRule) chosen.set("rule", data.rule);
        else chosen.delete("rule");
        const said = String(chosen).replaceAll("&", "&amp;");
        return ` src="${path}${said && "?"}${said}"`;
      });
    }
  });
  const fetched = async (address) => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return [...page.querySelectorAll(".cite .form pre")].map((form) => form.textContent);
  };
  const opened = async (cite) => {
    const forms = [...cite.querySelectorAll(".form")];
    if (!cite.querySelector("button")) forms.forEach(cited);
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
  // The event does not bubble.
  document.addEventListener("toggle", ({ target }) => target.matches("details.cite[open]") && opened(target), true);
})();
