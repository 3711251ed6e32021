// What the theme leaves out for keys and screen readers: a name for its search, and a way to scroll what is too wide.

function reach() {
  document.querySelector("[data-md-component=search]")?.setAttribute("aria-label", "Search");
  for (const [selector, name] of [[".md-typeset__scrollwrap", "table"], [".formula", "formula"], [".output", "output"]]) {
    for (const wide of document.querySelectorAll(selector)) {
      if (wide.scrollWidth <= wide.clientWidth) { wide.removeAttribute("tabindex"); continue; }
      wide.tabIndex = 0;
      wide.setAttribute("role", "group");
      wide.setAttribute("aria-label", `${name}, wider than the page`);
    }
  }
}

addEventListener("load", reach);
addEventListener("resize", reach);
