"""What a whole board tells of a hidden task: no order of cases, and no true value."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from made_boards import Clock
from made_submissions import as_zip, store_files, submission_files

from braincast.board.board import Board
from braincast.board.entries import receive
from braincast.board.export import public_document
from braincast.board.judging import check_truth
from braincast.board.settings import Settings
from braincast.board.tasks import Hidden, add_task
from braincast.board.worker import work
from braincast.files import canonical_json
from braincast.forecasts.expected import expected_of
from braincast.reports.site.build import build_site
from braincast.tasks.registry import load_task

TASK = "synthetic-linear"
# What no other number has, and what nobody could have measured where nothing was.
SENTINEL = 2.7354169


@cache
def made_truth() -> np.ndarray:
    """A truth that the public dataset does not have; in one place nothing was measured."""
    card = load_task(TASK).card
    shape = (len(card.cases), len(card.leads), len(card.neurons))
    truth = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    truth[3, 2, 1], truth[5, 0, 0] = SENTINEL, np.nan
    return truth


def hidden_board(folder: Path, order: np.ndarray) -> Board:
    """A board whose hidden cases, and all forecasts of them, are in this order; everything is scored."""
    task, truth = load_task(TASK), made_truth()
    board = Board.create(folder / "board", Settings(title="Ours"), clock=Clock())
    path = folder / "truth.npz"
    np.savez(path, activity=truth[order])
    add_task(board, task.card, {"name": "made"}, hidden=Hidden(path, check_truth(task.card, task, path)))
    rng = np.random.default_rng(2)
    # Mean and persistence, as the task calls its baselines, are given here so that their cases are in the same order.
    answers = {"mean": [np.zeros_like(truth)], "persistence": [0.3 * rng.standard_normal(truth.shape)]}
    noisy = [0.5 * np.nan_to_num(truth) + 0.5 * rng.standard_normal(truth.shape) for _ in range(3)]
    for model, values in {**answers, "noisy": noisy}.items():
        stores = {f"seed-{seed}.zarr": own[order].astype(np.float32) for seed, own in enumerate(values)}
        expected, seeds = expected_of(task.card), list(range(len(values)))
        inside = {name: store_files(value, expected) for name, value in stores.items()}
        archive = as_zip(submission_files(inside, expected, model=model, seeds=seeds), folder / f"{model}.zip")
        role = "baseline" if model in answers else "model"
        receive(board, TASK, archive, author="ada", role=role, model=model)
    assert work(board) == 3
    return board


@pytest.mark.slow
def test_a_board_tells_neither_the_order_of_hidden_cases_nor_any_true_value(tmp_path):
    """One condition of one recording: nothing but truth tells its cases apart, so they may come in any order."""
    told = []
    for name, order in (("a", np.arange(296)), ("b", np.random.default_rng(0).permutation(296))):
        board = hidden_board(tmp_path / name, order)
        document = public_document(board)
        assert [entry["status"] for entry in document["entries"]] == ["scored"] * 3
        build_site(document, tmp_path / name / "site")
        pages = {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name / "site").rglob("*.*")}
        told.append((canonical_json(document), pages))
    assert told[0] == told[1]
    text = told[0][0] + "".join(page.decode("utf-8", "replace") for page in told[0][1].values())
    for digits in (str(SENTINEL)[:6], np.float32(SENTINEL).tobytes().hex()):
        assert digits not in text
    [task] = json.loads(told[0][0])["tasks"]
    assert task["hidden"] and task["traces"] is None
    values = [
        metric["value"] for entry in json.loads(told[0][0])["entries"] for metric in entry["score"]["metrics"].values()
    ]
    assert len(values) > 6
    assert all(value == float(f"{value:.3g}") for value in values if value is not None)
