"use strict";
// Sorts and filters the tables of a page. Everything can be read without it.

function value(cell, table) {
  if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
  const text = cell.textContent.trim();
  if (table.classList.contains("matrix") && cell.tagName === "TD") return text.split("✓").length - 1;
  const number = Number.parseFloat(text);
  return Number.isNaN(number) ? text.toLowerCase() : number;
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== typeof b) return typeof a === "number" ? 1 : -1;
  return a < b ? -1 : Number(a > b);
}

function sort(table, column, head) {
  const descending = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const rows = Array.from(table.tBodies[0].rows, (row) => ({ row, key: value(row.cells[column], table) }));
  rows.sort((a, b) => (descending ? compare(b.key, a.key) : compare(a.key, b.key)));
  table.tBodies[0].append(...rows.map((entry) => entry.row));
}

for (const table of document.querySelectorAll("table.sortable")) {
  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.title = "Sort by this column";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(table, column, head));
  });
}

const tools = document.querySelector(".tools");
if (tools) {
  tools.hidden = false;
  const name = tools.querySelector("input");
  const kind = tools.querySelector("select");
  const shown = tools.querySelector("output");
  const rows = Array.from(document.querySelectorAll("#students tbody tr"));
  const everywhere = document.querySelectorAll("tr[data-s]");
  const filter = () => {
    const wanted = name.value.trim().toLowerCase();
    const kept = new Set();
    for (const row of rows) {
      const named = row.cells[0].textContent.toLowerCase().includes(wanted);
      const fits = !kind.value || row.dataset.k.split(" ").includes(kind.value);
      if (named && fits) kept.add(row.dataset.s);
    }
    for (const row of everywhere) row.hidden = !kept.has(row.dataset.s);
    shown.textContent = `${kept.size} of ${rows.length} students`;
  };
  name.addEventListener("input", filter);
  kind.addEventListener("change", filter);
  filter();
}

addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
});
