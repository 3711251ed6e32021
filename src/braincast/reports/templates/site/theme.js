// Before anything is drawn: whether scripts run, and which theme the reader asked for on an earlier page.

const root = document.documentElement;
root.dataset.scripts = "";

function remembered() {
  try { return localStorage.getItem("braincast-theme"); } catch { return null; }
}

const asked = remembered();
if (asked === "light" || asked === "dark") root.dataset.theme = asked;
