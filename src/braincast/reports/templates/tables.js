// All that a page without maps needs: tables that can be sorted.

for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);
