// What every page does: tables that sort, rows that can be filtered, tables to choose among, a theme to choose.

for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);
for (const bar of document.querySelectorAll("[data-filters]")) makeFilters(bar);
for (const select of document.querySelectorAll("[data-switch]")) makeSwitch(select);
makeThemeButton(document.getElementById("theme"));

function makeThemeButton(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    button.setAttribute("aria-pressed", String(isDark()));
    document.dispatchEvent(new Event("themed"));
  };
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try { localStorage.setItem("braincast-theme", theme); } catch { /* A page opened from disk may not remember. */ }
    show();
  });
  system.addEventListener("change", show);
  show();
}
