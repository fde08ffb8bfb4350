// Prints what is cited in each file, in BibTeX or RIS, as CSL-JSON: node citations.mjs FILE...
import { readFileSync } from "node:fs";
import { Cite } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import "@citation-js/plugin-ris";

const read = (file) => new Cite(readFileSync(file, "utf-8")).format("data", { format: "object" });
console.log(JSON.stringify(process.argv.slice(2).map(read)));
