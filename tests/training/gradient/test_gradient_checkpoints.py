"""Checkpoints: two are kept, damaged or foreign ones are refused, a full disk costs nothing that was there."""

import errno
import json
import shutil
from pathlib import Path

import equinox as eqx
import numpy as np
import pytest
from made_lessons import assert_equal_bits, made_lesson, place_in, small_task
from refusals import refused

from braincast import files
from braincast.training.gradient import checkpoints
from braincast.training.gradient.checkpoints import last
from braincast.training.gradient.loop import train
from braincast.training.gradient.metrics import as_text, read_rows
from braincast.training.gradient.update import state_of
from braincast.training.place import Place


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The folder of a finished training."""
    folder = tmp_path_factory.mktemp("kept")
    train(made_lesson(), place_in(folder))
    return folder


@pytest.fixture
def folder(kept, tmp_path):
    """A copy of it that a test may spoil."""
    return shutil.copytree(kept, tmp_path / "training")


def outline_of(lesson):
    return eqx.filter_eval_shape(lambda key: state_of(lesson.begin(key=key), lesson.rules), lesson.key(0))


def test_the_last_two_checkpoints_are_kept_and_complete(folder):
    assert [path.name for path in sorted(folder.glob("step-*"))] == ["step-000000030", "step-000000040"]
    for path in folder.glob("step-*"):
        files.check_manifest(path)
    assert not list(folder.glob(".*"))


def test_a_checkpoint_has_what_the_training_had(folder):
    lesson = made_lesson()
    standing = train(lesson, Place())
    found = last(place_in(folder), outline_of(lesson))
    assert (found.step, found.best_step, found.best_error) == (40, standing.best_step, standing.best_error)
    assert_equal_bits(found.state, standing.state)
    assert_equal_bits(found.best, standing.best)


def test_where_nothing_was_kept_there_is_no_checkpoint(tmp_path):
    outline = outline_of(made_lesson())
    assert last(Place(), outline) is None and last(place_in(tmp_path / "none"), outline) is None


def test_a_flipped_byte_is_refused_and_the_checkpoint_before_it_can_be_used(folder):
    path = folder / "step-000000040"
    content = bytearray((path / "arrays.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (path / "arrays.npz").write_bytes(content)
    with refused("E210", "step-000000040", "the one before it"):
        train(made_lesson(), place_in(folder))
    shutil.rmtree(path)
    assert_equal_bits(train(made_lesson(), place_in(folder)).state, train(made_lesson(), Place()).state)


def test_another_number_of_neurons_is_refused(folder):
    lesson = made_lesson(task=small_task(np.random.default_rng(0).normal(size=(300, 5))), weights="own")
    with refused("E702", "step-000000040", "bias", "[5, 2]"):
        last(place_in(folder), outline_of(lesson))


def test_a_checkpoint_of_another_training_is_refused(folder):
    with refused("E502", "step-000000040", "seed", "None", "1", "--out"):
        last(place_in(folder, seed=1), outline_of(made_lesson()))


def test_a_checkpoint_of_another_version_is_refused(folder, monkeypatch):
    monkeypatch.setattr(checkpoints, "VERSION", "99.0")
    with refused("E703", "step-000000040", "99.0"):
        last(place_in(folder), outline_of(made_lesson()))


@pytest.mark.parametrize("what", ["checkpoint", "metrics"])
def test_a_full_disk_is_refused_and_the_last_good_checkpoint_stands(what, tmp_path, monkeypatch):
    place, whole = place_in(tmp_path), train(made_lesson(), Place())

    def is_full():
        return len(list(tmp_path.glob("step-*"))) == 2

    with monkeypatch.context() as patched:
        if what == "checkpoint":
            patched.setattr(np, "savez", _refusing(np.savez, is_full))
        else:
            patched.setattr(Path, "open", _refusing(Path.open, is_full, mode="ab"))
        with refused("E505", "No space left"):
            train(made_lesson(), place)
    assert [path.name for path in sorted(tmp_path.glob("step-*"))] == ["step-000000010", "step-000000020"]
    assert_equal_bits(train(made_lesson(), place).state, whole.state)


def _refusing(write, is_full, mode=None):
    """What writes, on a disk that is full at some time; only for files opened in `mode`, if one is named."""

    def written(first, *arguments, **options):
        if is_full() and (mode is None or mode in arguments):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(first, *arguments, **options)

    return written


def test_what_was_noted_before_the_first_checkpoint_was_complete_is_dropped(kept, tmp_path):
    whole = (kept / "metrics.jsonl").read_text()
    (tmp_path / "metrics.jsonl").write_text(whole.splitlines(keepends=True)[0])
    train(made_lesson(), place_in(tmp_path))
    assert (tmp_path / "metrics.jsonl").read_text() == whole


def test_a_part_of_a_line_and_lines_after_the_checkpoint_are_dropped(folder):
    rows = read_rows(folder / "metrics.jsonl")
    (folder / "metrics.jsonl").write_text(as_text([*rows, {**rows[-1], "step": 50}]) + '{"step": 6')
    assert [row["step"] for row in read_rows(folder / "metrics.jsonl")] == [10, 20, 30, 40, 50]
    found = last(place_in(folder), outline_of(made_lesson()))
    assert found.metrics == rows
    assert [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()] == list(rows)
