"""What is public over HTTP: results without formulas, the document with its tag, pages with strict headers."""

from __future__ import annotations

import csv
import io
import time

import httpx
import pytest
from made_boards import made_board
from served_boards import TASK, code_of, serving

from braincast.board.service.limits import ServiceLimits
from braincast.board.service.publication import Published
from braincast.board.service.results import COLUMNS, as_csv, results
from braincast.files import write_text

PAGE = """<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; script-src 'sha256-a='">
<title>Ours</title>"""


def write_pages(document, folder):
    write_text(folder / "index.html", PAGE)
    write_text(folder / "plain.html", "<title>plain</title>")
    write_text(folder / "board.json", "{}")


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    return made_board(tmp_path_factory.mktemp("pages") / "board", title="Ours")


@pytest.fixture(scope="module")
def client(board):
    with serving(board, ServiceLimits(publish_s=0.05), write_pages) as client:
        yield client


@pytest.fixture(scope="module")
def site(client, board):
    while not (board.root / "site" / "board.json").exists():
        time.sleep(0.02)
    with httpx.Client(base_url=f"http://{client.base_url.host}:{client.base_url.port}") as site:
        yield site


def published(*models: str) -> Published:
    """A document with a scored entry for each name of a model."""
    metric = {"value": -0.25, "ci": [-0.5, 0.0], "n": 10, "skill": None, "ceiling_share": None, "by_lead": None}
    entries = [
        {
            "id": number,
            "task": TASK,
            "model": model,
            "author": "@ada",
            "role": "model",
            "track": "open",
            "seeds": [0, 1],
        }
        | {"status": "scored", "visibility": "shown", "score": {"metrics": {"r2": metric}}}
        for number, model in enumerate(models, 1)
    ]
    standing = [{"entry": number, "rank": [1, 2], "why": None} for number in range(len(models), 0, -1)]
    task = {"name": TASK, "hash": "ab", "primary": "r2", "standing": standing, "comparisons": []}
    return Published("1", {"tasks": [task], "entries": entries})


def test_results_are_best_first():
    assert [row["entry"] for row in results(published("a", "b", "c"), TASK)["entries"]] == [3, 2, 1]


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://a")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "|cmd", "%0A"]
)
def test_no_cell_of_the_table_is_a_formula_and_numbers_stay_numbers(name):
    (row,) = csv.DictReader(io.StringIO(as_csv(results(published(name), TASK)), newline=""))
    assert row["model"] == f"'{name}" and row["author"] == "'@ada"
    assert (float(row["value"]), float(row["ci_low"]), row["skill"]) == (-0.25, -0.5, "")


def test_results_are_a_table_where_a_table_is_asked_for(client):
    for answer in (
        client.get(f"/tasks/{TASK}/results", params={"format": "csv"}),
        client.get(f"/tasks/{TASK}/results", headers={"Accept": "text/csv"}),
    ):
        assert answer.headers["Content-Type"].startswith("text/csv")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{TASK}.csv"'
        assert answer.text == ",".join(COLUMNS) + "\r\n"
    assert client.get(f"/tasks/{TASK}/results").json()["entries"] == []


def test_the_document_is_sent_again_only_when_it_has_changed(client):
    first = client.get("/board")
    assert first.json()["board"]["title"] == "Ours"
    tag = first.headers["ETag"]
    same = client.get("/board", headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    assert client.get("/board", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_task_tells_how_much_a_submission_may_have(client):
    (short,) = client.get("/tasks").json()["tasks"]
    assert short["name"] == TASK and short["entries"] == 0
    assert client.get(f"/tasks/{TASK}").json()["largest_bytes"] > 0
    assert code_of(client.get("/tasks/unknown")) == "E804"


def test_every_answer_has_strict_headers(client, site):
    for answer in (client.get("/version"), client.get("/nowhere"), site.get("/"), site.get("/none"), site.post("/")):
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Server" not in headers


def test_a_page_comes_with_its_own_policy(site):
    assert "script-src 'sha256-a='" in site.get("/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in site.get("/plain.html").headers["Content-Security-Policy"]
    again = site.get("/", headers={"If-None-Match": site.get("/").headers["ETag"]})
    assert again.status_code == 304 and "Content-Security-Policy" not in again.headers


@pytest.mark.parametrize("path", ["/../board.toml", "/%2e%2e/board.db", "/..%2fboard.db", "//etc/passwd", "/%00"])
def test_pages_are_all_that_is_served_of_the_board(site, path):
    assert site.get(path).status_code == 404
