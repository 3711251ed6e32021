"""What the system refuses, and what lies about: closed or full streams, impossible names, programs in the folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import with_home

from braincast.datasets import transfer

LONG = "x" * 300  # more letters than a file system takes


@pytest.fixture
def braincast(tmp_path):
    return with_home(tmp_path / "home")


def begun(braincast, *words, **streams):
    """The command with streams of the test's choice."""
    return subprocess.run(
        [sys.executable, "-m", "braincast", *words],
        env=braincast.environment,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        **streams,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_what_cannot_be_printed_is_one_coded_line(braincast):
    with Path("/dev/full").open("w") as full:
        done = begun(braincast, "list", "metrics", "--json", stdout=full)
    assert done.returncode == 3
    assert done.stderr.startswith("E506 ") and done.stderr.count("\n") == 1, done.stderr


@pytest.mark.skipif(os.name != "posix", reason="streams are numbers there")
def test_a_process_without_streams_ends_well(braincast):
    done = begun(braincast, "list", "metrics", "--json", preexec_fn=lambda: [os.close(number) for number in (0, 1)])
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interruption_while_the_commands_are_loaded_is_answered(braincast, tmp_path):
    (tmp_path / "typer.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)\n")
    path = os.pathsep.join([str(tmp_path), braincast.environment["PYTHONPATH"]])
    done = braincast.anew("list", "metrics", PYTHONPATH=path)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("Interrupted.") and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (("board", "create", f"{LONG}/{LONG}"), 3),
        (("data", "add", "~nobody-is-called-so/a.npz"), 3),
        (("task", "windows", "worm-forecast", "--out", "/proc/none"), 3),
        (("run", "worm-perturbation", "--models", "constant", "--out", "/"), 3),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_a_path_that_cannot_be_is_one_coded_line(braincast, tmp_path, monkeypatch, words, exit_code):
    monkeypatch.chdir(tmp_path)
    done = braincast(*words)
    assert (done.returncode, done.stdout) == (exit_code, ""), done.stderr
    assert done.stderr.splitlines()[-1][:1] == "E" and "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == []


@pytest.mark.parametrize("place", [LONG, "~nobody-is-called-so/cache", "/proc/none"])
def test_a_cache_that_cannot_be_is_one_coded_line(braincast, place):
    done = braincast("data", "get", "worm-atlas", "--offline", "--quiet", BRAINCAST_HOME=place)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("E4") or done.stderr.startswith("E506"), done.stderr


def test_links_in_the_place_of_an_output_stay(braincast, tmp_path):
    for name, target in {"nowhere": "none", "itself": "itself"}.items():
        (tmp_path / name).symlink_to(target)
        braincast.refusal("E501", 2, "task", "windows", "worm-forecast", "--out", tmp_path / name)
        assert (tmp_path / name).is_symlink()
    braincast.refusal("E505", 3, "run", "--models", "constant", "--out", tmp_path / "itself", "--offline")
    assert (tmp_path / "itself").is_symlink()


def test_a_name_that_is_too_long_for_a_file_is_refused(braincast, tmp_path):
    (tmp_path / "a.npz").write_bytes(b"")
    braincast.refusal("E305", 2, "data", "add", tmp_path / "a.npz", "--name", "a" * 101)
    braincast.refusal("E305", 2, "task", "new", "a" * 101, "--dataset", "worm-atlas")


@pytest.mark.parametrize("name", ["pip", "json"])
def test_a_download_runs_no_program_that_lies_in_the_folder(tmp_path, monkeypatch, name):
    (tmp_path / f"{name}.py").write_text("import os; os.mkdir('ran'); raise SystemExit")
    monkeypatch.chdir(tmp_path)
    assert transfer._patience()
    assert not (tmp_path / "ran").exists()


def test_workers_of_a_board_run_no_program_that_lies_in_the_folder(braincast, tmp_path, monkeypatch):
    from braincast.board.board import Board
    from braincast.board.crew import start_worker
    from braincast.board.settings import Settings

    board = Board.create(tmp_path / "board", Settings())
    (tmp_path / "json.py").write_text("import os; os.mkdir('ran'); raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", braincast.environment)
    assert start_worker(board, stay=False).wait(60) == 0
    assert not (tmp_path / "ran").exists()
