"""Styles and scripts of the site, each a file beside the pages, and the charting library out of its own wheel."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from braincast.errors import BraincastError
from braincast.reports.rendering import hashed, joined

_STYLES = ("report.css", "explore.css", "plots.css", "site/site.css")
_SCRIPTS = {
    "theme.js": ("site/theme.js",),
    "site.js": ("sorting.js", "site/filters.js", "site/switches.js", "site/start.js"),
    "charts.js": ("site/charts.js", "site/curves.js"),
    "compare.js": ("site/compare.js",),
    "brain.js": ("data.js", "palette.js", "site/camera.js", "site/cloud.js", "site/brain.js"),
    "guest.js": ("site/guest.js",),
}
PLOTLY = "plotly.min.js"
# Scripts, styles are files beside the page; the one exception is an empty style element, which plotly fills by CSSOM.
POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' {hashed('')}; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
_LIGHT = re.compile(r":root \{\n(.*?)\n\}", re.DOTALL)
_DARK = re.compile(r"@media screen and \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}\s*\}", re.DOTALL)


def assets() -> dict[str, str]:
    """Every style sheet and script by its file name."""
    scripts = {name: f'"use strict";(() => {{\n{joined(parts)}}})();\n' for name, parts in _SCRIPTS.items()}
    return {"site.css": turnable(joined(_STYLES)), **scripts}


def turnable(style: str) -> str:
    """The style sheet with its light and dark colours once more, for whom a button has asked for one of them."""
    light = " ".join(" ".join(block.split()) for block in _LIGHT.findall(style)).replace(
        "color-scheme: light dark;", ""
    )
    dark = " ".join(" ".join(block.split()) for block in _DARK.findall(style))
    asked = (("light", light), ("dark", dark))
    turned = "".join(f':root[data-theme="{theme}"] {{ color-scheme: {theme}; {own} }}\n' for theme, own in asked)
    return f"{style}@media screen {{\n{turned}}}\n"


def plotly_script() -> Path:
    """The minified charting library as the installed wheel brings it; E405 where it is not."""
    found = importlib.util.find_spec("plotly")
    path = None if found is None or found.origin is None else Path(found.origin).parent / "package_data" / PLOTLY
    if path is None or not path.is_file():
        raise BraincastError("E405", PLOTLY, "the charts of a site need it", "pip install plotly")
    return path
