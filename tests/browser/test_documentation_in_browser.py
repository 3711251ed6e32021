"""The site of the documents: whole in itself, asks nothing of any other host, for eyes, keys and small screens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

import braincast
from braincast.errors import CODES

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
LOOKS = [
    ("index.html", 1400, "light"),
    ("index.html", 400, "dark"),
    ("concepts/graph-networks.html", 400, "light"),
    ("reference/python.html", 1400, "dark"),
    ("findings/wiring.html", 400, "dark"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site without the outputs of tutorials, which a test of their own executes."""
    pytest.importorskip("mkdocs", reason="mkdocs is not installed (pip install -e '.[docs]')")
    folder = tmp_path_factory.mktemp("documents") / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "BRAINCAST_DOCS_EXECUTE": "false", "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def pages(site):
    """The text of every page, by its place."""
    return {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}


def test_every_link_leads_to_a_page_and_a_place_on_it(site, pages):
    anchors = {path: set(map(unescape, re.findall(r'\bid="?([^"\s>]+)', text))) for path, text in pages.items()}
    lost = []
    for path, text in pages.items():
        for link in set(re.findall(r'(?:href|src)="?([^"\s>]*)', text)):
            target, _, anchor = unquote(unescape(link)).partition("#")
            if re.match(r"[a-z]+:", target) or path.name == "404.html":
                continue
            place = (path.parent / target).resolve() if target else path
            if not place.exists() or (
                anchor and place in anchors and not anchor.startswith("__") and anchor not in anchors[place]
            ):
                lost.append((str(path.relative_to(site)), link))
    assert len(pages) > 100
    assert lost == []


def test_nothing_is_loaded_from_another_host(site, pages):
    loads = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)=\"?(https?:)?//", re.IGNORECASE)
    assert [str(path.relative_to(site)) for path, text in pages.items() if loads.search(text)] == []
    sheets = list(site.rglob("*.css"))
    assert [
        sheet.name for sheet in sheets if re.search(r"url\(['\"]?(https?:)?//|@import", sheet.read_text("utf-8"))
    ] == []
    assert sheets


def test_the_reference_has_every_public_name_command_and_code(site, pages):
    of_python, of_commands = pages[site / "reference/python.html"], pages[site / "reference/commands.html"]
    assert [name for name in braincast.__all__ if f'id="braincast.{name}"' not in of_python] == []
    assert {"braincast run", "braincast data add", "braincast board token BOARD create"} <= set(
        re.findall(r"<h2[^>]*><code>([^<]*)</code>", of_commands)
    )
    assert [code for code in CODES if f">{code}<" not in pages[site / "reference/errors.html"]] == []


def test_formulas_are_drawn_by_the_browser_alone(site, pages):
    assert pages[site / "concepts/graph-networks.html"].count("<math") > 20
    prose = {path: re.sub(r"<code.*?</code>", "", text, flags=re.DOTALL) for path, text in pages.items()}
    assert [str(path) for path, text in prose.items() if re.search(r'"arithmatex"|\\\[|\$\$', text)] == []


@pytest.mark.parametrize(("place", "width", "scheme"), LOOKS)
def test_a_page_says_nothing_asks_nothing_and_does_not_overflow(visit, axe, site, place, width, scheme):
    page, said, asked = visit(site / place, width=width, scheme=scheme)
    page.wait_for_load_state("networkidle")
    assert said == []
    assert [url for url in asked if not url.startswith(site.as_uri())] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(f["id"], f["nodes"][0]["html"][:150]) for f in found if f["impact"] in ("serious", "critical")] == []


def test_the_search_finds_words_from_disk(visit, site):
    page, said, asked = visit(site / "index.html")
    page.locator("input[name=query]").fill("bootstrap")
    page.locator(".md-search-result__link").first.wait_for()
    assert "concepts/method.html" in " ".join(
        link.get_attribute("href") for link in page.locator(".md-search-result__link").all()
    )
    assert said == []
    assert [url for url in asked if not url.startswith(site.as_uri())] == []


@pytest.fixture
def axe():
    """axe-core, which looks for what shuts people out."""
    module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing")
    return module.Axe()
