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


@pytest.fixture
def visit(browser):
    """Opens a written report from disk; returns the page, what its console said, and what it asked for."""
    contexts = []

    def visitor(path, *, width=1400, scheme="light", **context):
        screen = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "offline": True}
        contexts.append(browser.new_context(**screen, **context))
        page, said, asked = contexts[-1].new_page(), [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page, said, asked

    yield visitor
    for context in contexts:
        context.close()


@pytest.fixture
def opened(visit, tmp_path):
    """Opens the report of a document about single responses."""
    from documents import small_dataset, small_exhibits, small_task

    from braincast.reports.html import write_report

    def opener(document, *, title="A tiny brain: who answers?", exhibits=None, **screen):
        path = tmp_path / "report.html"
        parts = document, small_task(title=title), small_dataset(), "braincast run tiny-perturbation"
        write_report(path, *parts, exhibits or small_exhibits())
        return visit(path, **screen)

    return opener


@pytest.fixture
def opened_forecast(visit, tmp_path):
    """Opens the report of a document about forecasts of a recording."""
    from forecast_documents import forecast_card, made_exhibits
    from made_recordings import made_dataset

    from braincast.reports.html import write_report

    def opener(document, *, title="A made-up brain, forecast", exhibits=None, **screen):
        path = tmp_path / "report.html"
        parts = document, forecast_card(title=title), made_dataset().card, "braincast run made"
        write_report(path, *parts, exhibits or made_exhibits())
        return visit(path, **screen)

    return opener
