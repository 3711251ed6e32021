"""Forecasts of strangers go to a board over HTTP, are scored there as here, and appear on its pages."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from command_line import with_home

TASK = "synthetic-linear"
EXAMPLES = Path(__file__).parent.parent.parent / "examples"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("strangers")


@pytest.fixture(scope="module")
def command(folder):
    return with_home(folder / "home")


@pytest.fixture(scope="module")
def address(command, folder):
    """A board that is served, with a worker; its token lies in a file."""
    board = folder / "board"
    command.document("board", "create", board)
    command.document("board", "add-task", board, TASK)
    token = command.document("board", "token", board, "create", "stranger")["token"]
    (folder / "token").write_text(token)
    process = command.start("serve", board, "--port", 0, "--workers", 1, "--json")
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.kill()
        process.communicate()


def until(condition, limit_s: float = 300):
    """What a condition gives once it gives anything."""
    end = time.monotonic() + limit_s
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.3)
    return found


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        ("persistence_numpy.py", []),
        pytest.param(
            "linear_torch.py",
            ["3"],
            marks=pytest.mark.skipif(
                importlib.util.find_spec("torch") is None, reason="PyTorch is not installed (the extra torch)"
            ),
        ),
    ],
)
def test_a_strangers_forecast_is_scored_to_the_same_bits_and_shown(command, folder, address, script, arguments):
    if not (folder / "question").exists():
        assert command("task", "files", TASK, "--out", folder / "question").returncode == 0
    mine = folder / Path(script).stem
    subprocess.run([sys.executable, EXAMPLES / script, folder / "question", mine, *arguments], check=True, timeout=300)
    archive = shutil.make_archive(str(mine), "zip", mine)
    sent = command.document("board", "submit", address, TASK, archive, "--token-file", folder / "token")
    api = f"{address}/api/v1"

    def scored():
        told = httpx.get(f"{api}/entries/{sent['entry']}").json()
        assert told["status"] in ("queued", "scoring", "scored"), told
        return told["status"] == "scored" and told

    entry = until(scored)
    here = command.document("score", TASK, archive)["models"][entry["model"]]
    document = httpx.get(f"{api}/board").json()
    [there] = [each for each in document["entries"] if each["id"] == sent["entry"]]
    for key in ("metrics", "groups", "replicates"):
        assert there["score"][key] == here[key]
    assert there["author"] == "stranger"
    # The page of the task has it as soon as the site is made again.
    page = f"{address}/tasks/{TASK}.html"
    until(lambda: entry["model"] in httpx.get(page).text)
