"use strict";
// Sorts and filters tables in place. Headings are buttons, so mouse, Enter and Space all work.

function sortKey(row, column) {
  const cell = row.cells[column];
  if (cell.dataset.number === undefined) return cell.dataset.value ?? cell.textContent.trim();
  return cell.dataset.number === "" ? null : Number(cell.dataset.number);
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), document.documentElement.lang, { numeric: true });
}

function sort(heading) {
  const table = heading.closest("table");
  const column = heading.cellIndex;
  const up = heading.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", up ? "ascending" : "descending");
  const keyed = Array.from(table.tBodies[0].rows, (row) => [sortKey(row, column), row]);
  keyed.sort(([a], [b]) => {
    if (a === null || b === null) return (a === null) - (b === null); // no value: always last
    return up ? compare(a, b) : compare(b, a);
  });
  table.tBodies[0].append(...keyed.map(([, row]) => row));
}

// Hangul may come decomposed (macOS file names) or composed (keyboards): compare one form.
function plain(text) {
  return text.normalize("NFKC").toLowerCase();
}

function filter(input) {
  const rows = Array.from(document.getElementById(input.dataset.filters).tBodies[0].rows);
  const words = plain(input.value).split(/\s+/).filter(Boolean);
  for (const row of rows) {
    const text = plain(row.dataset.search);
    row.hidden = !words.every((word) => text.includes(word));
  }
  const shown = rows.filter((row) => !row.hidden).length;
  const output = document.querySelector(`output[for="${input.id}"]`);
  output.textContent = output.dataset.words.replace("{shown}", shown).replace("{all}", rows.length);
}

for (const button of document.querySelectorAll("table.sortable thead button")) {
  button.addEventListener("click", () => sort(button.closest("th")));
}
for (const input of document.querySelectorAll("input[data-filters]")) {
  input.addEventListener("input", () => filter(input));
  filter(input); // a reloaded page may keep what was typed
}
