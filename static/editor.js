// Names Datasette's SQL editor, which puts an unnamed field in place of the named one, for screen readers.
"use strict";
window.addEventListener("load", () => {
  document.querySelector(".CodeMirror textarea")?.setAttribute("aria-label", "SQL");
});
