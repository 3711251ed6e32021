"""Pictures of a board's site for the documents: `python benchmarks/site_pictures.py`.

They show a made-up board, so that no score in them is a real model's. Needs the packages of the `test` extra and
Chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
sys.path.insert(0, str(ROOT / "tests"))

from made_board_document import board_document  # noqa: E402

from braincast.reports.site import build_site  # noqa: E402

TASK = "zebrafish-regions"
N_NEURONS = 6000
# What is shown, its page, the width in pixels, the colour scheme, what comes first in the window, the height in pixels.
SHOTS = (
    ("front", "index.html", 1400, "light", "body", 1250),
    ("front", "index.html", 400, "dark", "body", 1250),
    ("ranking", f"tasks/{TASK}.html", 1400, "dark", "#ranking", 900),
    ("scorecard", f"tasks/{TASK}.html", 1400, "light", "#scorecard", 1150),
    ("scorecard", f"tasks/{TASK}.html", 400, "light", "#scorecard", 1100),
    ("compare", f"compare/{TASK}.html", 1400, "light", "body", 1300),
    ("brain", f"brains/{TASK}.html", 1400, "dark", "#brain", 860),
    ("brain", f"brains/{TASK}.html", 400, "light", "body", 1250),
)
WEBGL = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def main() -> None:
    """Build the site of a made-up board and photograph it."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        site = Path(folder) / "site"
        build_site(made_board(), site)
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = started.chromium.launch(executable_path=chromium, args=WEBGL)
        for name, page, width, scheme, first, height in SHOTS:
            picture = PICTURES / f"site-{name}-{width}-{scheme}.png"
            photograph(browser, site / page, width, scheme, first, height, picture)
            print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1000:.0f} kB")
        browser.close()


def made_board() -> dict[str, Any]:
    """A board whose first task has a brain of two halves, forecast best where it is most active."""
    document = board_document(n_neurons=N_NEURONS)
    rng = np.random.default_rng(4)
    along = rng.beta(2, 1.6, N_NEURONS)
    side = np.where(rng.random(N_NEURONS) < 0.5, -1, 1)
    width = 30 + 150 * np.sin(np.pi * along) ** 0.7
    angle, radius = rng.uniform(0, np.pi, N_NEURONS), np.sqrt(rng.uniform(0.25, 1, N_NEURONS))
    places = (900 * along, side * (12 + width * radius * np.sin(angle)), 0.7 * width * radius * np.cos(angle))
    task = document["tasks"][0]
    task["positions_um"] = np.stack(places, axis=1).round(1).tolist()
    for entry in document["entries"]:
        neurons = entry["score"]["neurons"]
        if entry["task"] == task["name"] and neurons is not None:
            wave = 0.35 * np.sin(5 * along) - 0.25 * (radius - 0.6)
            neurons["skill"] = np.clip(known(neurons["skill"]) + wave, -1, 1).round(4).tolist()
    return document


def known(skill: list[float | None]) -> np.ndarray:
    """Skills with 0 where none is known."""
    return np.array([0.0 if value is None else value for value in skill])


def photograph(browser: Browser, path: Path, width: int, scheme: str, first: str, height: int, picture: Path) -> None:
    """What is in the window from one element on, once charts and points are drawn."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(path.as_uri())
    for figure in page.locator("figure.chart:visible").all():
        figure.scroll_into_view_if_needed()
        figure.locator(".canvas[data-drawn]").wait_for()
    if page.locator("#brain").count():
        page.locator("#brain[data-drawn]").wait_for()
    page.evaluate("first => scrollTo(0, Math.max(0, document.querySelector(first).offsetTop - 24))", first)
    page.wait_for_timeout(300)
    page.screenshot(path=picture)
    page.close()


if __name__ == "__main__":
    main()
