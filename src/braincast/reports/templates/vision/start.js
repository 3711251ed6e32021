// Sorting of tables, and the player where there is something to play.

for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);
const screen = readScreen();
if (screen !== null && screen.models.length > 0) play(screen);
