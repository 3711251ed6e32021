"""A real browser that may not reach the network."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

# The made-up runs lie beside the tests that do not need a browser.
sys.path.insert(0, str(Path(__file__).parents[1] / "reports"))

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; skips when it or playwright is not installed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield launched
        launched.close()
