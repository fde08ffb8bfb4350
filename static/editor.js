// Makes the field for SQL Datasette's editor, with names for screen readers; without it the field does the same.
"use strict";
{
  const field = document.querySelector("textarea[name=sql]");
  const format = document.querySelector("form.sql .format");
  if (field && window.CodeMirror) {
    const editor = CodeMirror.fromTextArea(field, { lineNumbers: true, lineWrapping: true, mode: "text/x-sql" });
    editor.getInputField().setAttribute("aria-label", "SQL");
    editor.setOption("extraKeys", { "Shift-Enter": () => field.form.requestSubmit(), Tab: false });
    format.hidden = false;
    format.addEventListener("click", () => editor.setValue(sqlFormatter.format(editor.getValue())));
  }
}
