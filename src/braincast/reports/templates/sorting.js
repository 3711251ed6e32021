// Tables whose headings sort them: a heading with data-sort becomes a button.

function makeSortable(table) {
  for (const heading of table.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sortBy(table, heading));
  }
}

function sortBy(table, heading) {
  const falls = heading.getAttribute("aria-sort") === "descending";
  const direction = heading.hasAttribute("aria-sort") ? (falls ? "ascending" : "descending") : heading.dataset.sort;
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", direction);
  const place = [...heading.parentNode.children].indexOf(heading);
  const sign = direction === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  body.append(...[...body.rows].sort((a, b) => sign * compared(a.cells[place], b.cells[place])));
}

function forgetSorting(table) {
  for (const heading of table.querySelectorAll("th[aria-sort]")) heading.removeAttribute("aria-sort");
}

function compared(a, b) {
  if ("value" in a.dataset && "value" in b.dataset) return Number(a.dataset.value) - Number(b.dataset.value);
  return a.textContent.localeCompare(b.textContent, "en", { numeric: true });
}
