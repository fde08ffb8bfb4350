// A button below each text that is there to be copied; and where a map moves, the codes follow its day and rule.
"use strict";
(() => {
  const texts = [...document.querySelectorAll("textarea[readonly]")];
  if (navigator.clipboard) {
    for (const text of texts) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(text.value);
          button.textContent = "Copied";
        } catch {
          text.select(); // the browser does not allow it: the reader copies what is selected
        }
      });
      text.closest("label").after(button);
    }
  }
  const map = document.querySelector(".map");
  document.addEventListener("map:day", ({ detail: { data, day } }) => {
    for (const text of texts) {
      const { pinned, follows } = text.dataset;
      if (pinned === undefined && follows === undefined) continue;
      text.value = text.value.replace(/ src="([^"]*)"/, (_, address) => {
        const [path, query = ""] = address.replaceAll("&amp;", "&").split("?");
        const chosen = new URLSearchParams(query);
        if (pinned !== undefined) chosen.set("as_of", day);
        if (pinned !== undefined || data.rule !== map.dataset.defaultRule) chosen.set("rule", data.rule);
        else chosen.delete("rule");
        const said = String(chosen).replaceAll("&", "&amp;");
        return ` src="${path}${said && "?"}${said}"`;
      });
    }
  });
})();
