import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from made_board_document import board_document
from parsed_pages import Page

from braincast.errors import BraincastError
from braincast.reports.site.build import build_site


def pages_of(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


@pytest.fixture(scope="module")
def pages(site):
    return {path.relative_to(site).as_posix(): Page(path.read_text(encoding="utf-8")) for path in pages_of(site)}


def words_of(site: Path, name: str) -> str:
    return Page((site / name).read_text(encoding="utf-8")).words


def test_the_same_document_gives_the_same_bytes(site, tmp_path):
    build_site(json.loads(json.dumps(board_document())), tmp_path / "again")
    files = sorted(path.relative_to(site) for path in site.rglob("*") if path.is_file())
    assert files == sorted(p.relative_to(tmp_path / "again") for p in (tmp_path / "again").rglob("*") if p.is_file())
    assert [f for f in files if (site / f).read_bytes() != (tmp_path / "again" / f).read_bytes()] == []


def test_every_task_and_every_model_has_its_page(pages):
    assert {"index.html", "about.html", "models/index.html"} <= pages.keys()
    assert {f"tasks/{name}.html" for name in ("zebrafish-regions", "worm-forecast", "human-forecast")} <= pages.keys()
    assert sum(name.startswith("models/") for name in pages) == 1 + 8
    assert [name for name in pages if name.startswith("brains/")] == ["brains/zebrafish-regions.html"]


def test_every_link_leads_somewhere(site, pages):
    for name, page in pages.items():
        for tag, attributes in page.elements:
            target = attributes.get("href") or attributes.get("src")
            if tag not in ("a", "link", "script") or target is None or target.startswith(("https://", "data:")):
                continue
            parts = urlsplit(target)
            path = (site / name).parent / unquote(parts.path) if parts.path else site / name
            assert path.is_file(), f"{name}: {target}"
            if parts.fragment and path.suffix == ".html":
                there = Page(path.read_text(encoding="utf-8"))
                assert parts.fragment in {a.get("id") for _, a in there.elements}, f"{name}: {target}"


def test_every_page_allows_its_own_files_and_nothing_else(pages):
    for page in pages.values():
        policy = next(a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
        assert policy.startswith("default-src 'none'; script-src 'self'; ") and "unsafe" not in policy
        for tag, attributes in page.elements:
            assert tag not in {"img", "iframe", "object", "embed", "form", "base", "style", "use"}
            assert "style" not in attributes and not any(name.startswith("on") for name in attributes)
            if tag == "script":
                assert not urlsplit(attributes["src"]).scheme


def test_pages_read_as_documents(pages):
    for name, page in pages.items():
        assert page.open == [], name
        assert page.headings.count(1) == 1, name
        assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False)), name
        tags = [tag for tag, _ in page.elements]
        assert tags.count("table") == tags.count("caption"), name


def test_ties_are_shown_as_ties(site):
    assert "spectral-mixer (ada) and graph-ode (cajal-lab) cannot be told apart at the top." in words_of(
        site, "index.html"
    )
    ranking = words_of(site, "tasks/zebrafish-regions.html")
    gain = "against persistence that is −0.1710 (−0.1910 to −0.1510), 28 % less."
    assert f"0.4290 (95 % interval 0.4090 to 0.4490); {gain}" in ranking
    assert "nlinear is surely behind: the difference is −0.0610 to −0.0410 (95 %)." in ranking


def test_who_is_not_ranked_is_told_why(site):
    ranking = words_of(site, "tasks/zebrafish-regions.html")
    assert "tiny-transformernot ranked: fewer than 3 seeds" in ranking
    assert "persistencenot ranked: a baseline" in ranking


def test_a_hidden_task_shows_its_tries_and_nothing_by_neuron(site):
    words = words_of(site, "tasks/worm-forecast.html")
    assert "Each author has 10 tries; used so far: ada 2, cajal-lab 2." in words
    assert "What neurons did" not in words and "braincast score" not in words
    assert not (site / "brains" / "worm-forecast.html").exists()


def test_both_kinds_of_readers_are_told_what_is_asked(site):
    words = words_of(site, "tasks/zebrafish-regions.html")
    assert "16 frames × 40 neurons in, 8 × 40 out, one each 0.60 s; 200 test cases." in words
    assert "0 is as good as the baseline persistence, 1 would be perfect" in words


def test_what_was_withdrawn_is_named_and_no_more(tmp_path):
    document = board_document()
    gone = document["entries"][4]
    brief = {key: gone[key] for key in ("id", "task", "model", "role", "submitted_at", "status")}
    document["entries"][4] = brief | {"visibility": "withdrawn"}
    task = document["tasks"][0]
    task["standing"] = [place for place in task["standing"] if place["entry"] != gone["id"]]
    build_site(document, tmp_path / "site")
    assert f"Withdrawn by their authors: nlinear (#{gone['id']})." in words_of(
        tmp_path / "site", "tasks/zebrafish-regions.html"
    )


def test_an_empty_board_has_a_site(tmp_path):
    document = board_document()
    build_site({**document, "tasks": [], "entries": []}, tmp_path / "site")
    assert "This board has no task yet." in words_of(tmp_path / "site", "index.html")


def test_a_task_without_entries_has_a_page(tmp_path):
    document = board_document(n_tasks=1)
    document["entries"] = []
    document["tasks"][0] |= {"standing": [], "comparisons": [], "history": []}
    build_site(document, tmp_path / "site")
    assert "Nothing is scored yet." in words_of(tmp_path / "site", "tasks/zebrafish-regions.html")


@pytest.mark.parametrize("document", [[], {}, {"format": 2, "board": {}, "tasks": [], "entries": []}])
def test_what_is_no_export_document_is_refused(document, tmp_path):
    with pytest.raises(BraincastError, match="E403"):
        build_site(document, tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_site_is_kept_unless_forced(tmp_path):
    (tmp_path / "site").mkdir()
    with pytest.raises(BraincastError, match="E501"):
        build_site(board_document(n_tasks=1), tmp_path / "site")
    build_site(board_document(n_tasks=1), tmp_path / "site", force=True)
    assert (tmp_path / "site" / "index.html").is_file()


def test_scripts_make_no_markup_and_fetch_nothing(site):
    for path in (site / "assets").glob("*.js"):
        if path.name != "plotly.min.js":
            script = path.read_text(encoding="utf-8")
            for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function(", "fetch("):
                assert word not in script, path.name
            assert not re.search(r"https?://", script), path.name
