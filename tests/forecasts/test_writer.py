"""Writing tile by tile: whatever stops it, what is done is kept, and the end is the same to the last byte."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused

from braincast import files
from braincast.forecasts import layout
from braincast.forecasts.store import load_forecast
from braincast.forecasts.writer import writing_answer

SHAPE, CHUNKS = (7, 2, 5), (2, 2, 3)
VALUES = np.random.default_rng(1).normal(size=SHAPE).astype(np.float32)


def labels(shape: tuple[int, ...], axes: tuple[str, ...] = ("case", "lead", "neuron", "member")) -> dict:
    return {axis: [f"{axis}{n}" for n in range(size)] for axis, size in zip(axes, shape, strict=False)}


DECLARED = {"labels": labels(SHAPE), "chunks": CHUNKS, "attributes": {"model": "mine"}}


def write(path: Path, n_tiles: int | None = None, values: np.ndarray = VALUES, **changes) -> int:
    """Write all that remains, or some tiles and then stop as by Ctrl-C; how many tiles remained at the beginning."""
    with writing_answer(path, **({"source": "a fit", **DECLARED} | changes)) as writer:
        remaining = writer.remaining()
        for tile in remaining[:n_tiles]:
            writer.write(tile, values[tile])
        if n_tiles is not None:
            raise KeyboardInterrupt
    return len(remaining)


def stopped(path: Path, n_tiles: int, **changes) -> None:
    with pytest.raises(KeyboardInterrupt):
        write(path, n_tiles, **changes)


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, bytes]:
    """Every file of the store, written in one go."""
    path = tmp_path_factory.mktemp("whole") / "f.zarr"
    assert write(path) == 8
    np.testing.assert_array_equal(load_forecast(path).values, VALUES)
    return content(path)


@st.composite
def written(draw):
    shape = tuple(draw(st.lists(st.integers(0, 6), min_size=3, max_size=4)))
    chunks = tuple(draw(st.integers(1, 7)) for _ in shape)
    dtype = draw(st.sampled_from(["<f4", ">f4", "<f8", ">f8"]))
    return shape, chunks, dtype, draw(st.randoms(use_true_random=False))


@settings(max_examples=25, deadline=None)
@given(written())
def test_any_shape_chunks_type_and_order_of_tiles_come_back_bit_for_bit(tmp_path_factory, case):
    shape, chunks, dtype, random = case
    values = np.random.default_rng(0).normal(size=shape).astype(dtype)
    path = tmp_path_factory.mktemp("any") / "f.zarr"
    with writing_answer(path, labels=labels(shape), chunks=chunks, dtype=np.dtype(dtype)) as writer:
        tiles = writer.remaining()
        random.shuffle(tiles)
        for tile in tiles:
            writer.write(tile, values[tile])
    found = load_forecast(path).values
    np.testing.assert_array_equal(found, values)
    assert found.dtype == values.dtype.newbyteorder("=")


@pytest.mark.parametrize("n_tiles", range(9))
def test_what_was_stopped_goes_on_to_the_same_bytes(tmp_path, whole, n_tiles):
    path = tmp_path / "f.zarr"
    stopped(path, n_tiles)
    assert not path.exists() and (tmp_path / ".f.zarr.part").is_dir()
    assert write(path) == 8 - n_tiles
    assert content(path) == whole and [p.name for p in tmp_path.iterdir()] == ["f.zarr"]


def test_rows_are_written_whole_or_in_any_part_of_whole_chunks(tmp_path, whole):
    with writing_answer(tmp_path / "f.zarr", **DECLARED, source="a fit") as writer:
        writer.write((slice(2, 4), slice(None), slice(3, 5)), VALUES[2:4, :, 3:])
        assert writer.remaining_rows() == [slice(0, 2), slice(2, 4), slice(4, 6), slice(6, 7)]
        writer.write(slice(2, 7), VALUES[2:])
        assert writer.remaining_rows() == [slice(0, 2)] and writer.chunks == CHUNKS
        writer.write(slice(0, 2), np.zeros((2, 2, 5), np.float32))
        writer.write(slice(0, 2), VALUES[:2])  # the later one counts
    assert content(tmp_path / "f.zarr") == whole


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "another fit"},
        {"attributes": {"model": "other"}},
        {"chunks": (1, 2, 5)},
        {"dtype": np.float64, "values": VALUES.astype(np.float64)},
        {"labels": labels(SHAPE, ("case", "lead", "neuron")) | {"lead": ["1", "2"]}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_another_declaration_begins_afresh(tmp_path, changes):
    stopped(tmp_path / "f.zarr", 5)
    n_tiles = 7 if "chunks" in changes else 8
    assert write(tmp_path / "f.zarr", **changes) == n_tiles
    np.testing.assert_array_equal(load_forecast(tmp_path / "f.zarr").values, VALUES)


def test_without_a_source_nothing_is_kept_and_nothing_gone_on_with(tmp_path):
    stopped(tmp_path / "f.zarr", 5, source=None)
    assert list(tmp_path.iterdir()) == []
    stopped(tmp_path / "f.zarr", 5)
    assert write(tmp_path / "f.zarr", source=None) == 8
    assert [p.name for p in tmp_path.iterdir()] == ["f.zarr"]


JOURNAL, CHUNK = ".f.zarr.part/journal.jsonl", ".f.zarr.part/f.zarr/activity/c/1/0/0"
DAMAGE = {
    "the journal's last line cut short": (JOURNAL, lambda raw: raw[:-20], 4),
    "only its line feed missing": (JOURNAL, lambda raw: raw[:-1], 4),
    "zeros behind the journal": (JOURNAL, lambda raw: raw + bytes(40) + b"\n", 3),
    "no journal": (JOURNAL, lambda raw: b"", 8),
    "a flipped bit": (CHUNK, lambda raw: bytes([raw[0] ^ 1]) + raw[1:], 4),
    "a chunk cut short": (CHUNK, lambda raw: raw[:-1], 4),
    "an empty chunk": (CHUNK, lambda raw: b"", 4),
    "changed metadata": (".f.zarr.part/f.zarr/zarr.json", lambda raw: b"{}", 3),
    "a file left half-written": (".f.zarr.part/f.zarr/activity/c/3/0/.1.abc.part", lambda raw: b"x", 3),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_only_chunks_that_match_the_journal_are_trusted(tmp_path, whole, what):
    name, damage, n_remaining = DAMAGE[what]
    stopped(tmp_path / "f.zarr", 5)
    damaged = tmp_path / name
    damaged.parent.mkdir(parents=True, exist_ok=True)
    damaged.write_bytes(damage(damaged.read_bytes() if damaged.exists() else b""))
    assert write(tmp_path / "f.zarr") == n_remaining
    assert content(tmp_path / "f.zarr") == whole


def test_an_existing_target_needs_force_and_stands_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "f.zarr"
    write(path)
    with refused("E501", "f.zarr"):
        write(path)
    stopped(path, 5, force=True, source="another fit")
    np.testing.assert_array_equal(load_forecast(path).values, VALUES)
    assert write(path, values=-VALUES, force=True, source="a third fit") == 8
    np.testing.assert_array_equal(load_forecast(path).values, -VALUES)
    assert [p.name for p in tmp_path.iterdir()] == ["f.zarr"]


def test_two_writers_at_once_are_refused(tmp_path, whole):
    path = tmp_path / "f.zarr"
    with writing_answer(path, **DECLARED, source="a fit") as writer:
        writer.write(slice(0, 4), VALUES[:4])
        for source in ("a fit", None):
            with refused("E504", "f.zarr"):
                write(path, source=source)
        writer.write(slice(4, 7), VALUES[4:])
    assert content(path) == whole


def test_a_full_disk_keeps_the_earlier_tiles(tmp_path, whole, monkeypatch):
    kept, room = files.add_file, iter(range(3))

    def filling(path: Path, raw: bytes) -> files.Entry:
        if next(room, None) is None:
            raise OSError(28, "No space left on device")
        return kept(path, raw)

    monkeypatch.setattr(files, "add_file", filling)
    with refused("E505", "f.zarr", "No space left"):
        write(tmp_path / "f.zarr")
    monkeypatch.undo()
    assert write(tmp_path / "f.zarr") == 5
    assert content(tmp_path / "f.zarr") == whole


def test_a_store_is_not_signed_while_anything_remains(tmp_path):
    with refused("E202", "6 of 8"), writing_answer(tmp_path / "f.zarr", **DECLARED, source="a fit") as writer:
        writer.write(slice(0, 2), VALUES[:2])
    assert not (tmp_path / "f.zarr").exists()
    assert write(tmp_path / "f.zarr") == 6


@pytest.mark.parametrize(
    ("code", "tile", "values"),
    [
        ("E106", slice(1, 3), VALUES[1:3]),
        ("E106", slice(0, 3), VALUES[0:3]),
        ("E106", slice(0, 7, 2), VALUES[::2]),
        ("E106", slice(8, 10), VALUES[:0]),
        ("E106", (slice(0, 2),) * 4, VALUES[:2]),
        ("E106", slice(0, 2), VALUES[:1]),
        ("E209", slice(0, 2), VALUES[:2].astype(np.float64)),
        ("E209", slice(0, 2), VALUES[:2].astype(np.int32)),
    ],
)
def test_a_tile_that_cuts_chunks_and_values_that_do_not_fit_are_refused(tmp_path, code, tile, values):
    with refused(code, "tile"), writing_answer(tmp_path / "f.zarr", **DECLARED) as writer:
        writer.write(tile, values)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("E106", {"chunks": (2, 2)}),
        ("E106", {"chunks": (2, 0, 3)}),
        ("E107", {"attributes": {"settings": [1, 2]}}),
        ("E107", {"attributes": {"loss": float("nan")}}),
        ("E107", {"attributes": {"note": "x" * 10_001}}),
        ("E209", {"dtype": np.complex64}),
        ("E209", {"dtype": np.int32}),
        ("E212", {"labels": labels((300, 300, 300)), "chunks": (300, 300, 300)}),
        ("E212", {"labels": labels((300, 300, 300)), "chunks": (1, 1, 300)}),
        ("E212", {"labels": labels((1, 1, 1, 257)), "chunks": None}),
    ],
)
def test_what_a_store_cannot_hold_is_refused_before_anything_is_written(tmp_path, code, changes):
    with refused(code, "f.zarr"), writing_answer(tmp_path / "f.zarr", **(DECLARED | changes)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_usual_chunks_hold_whole_cases_or_a_part_of_one_large_case():
    assert layout.usual_chunks(labels((100, 1, 300)), 4) == (100, 1, 300)
    assert layout.usual_chunks(labels((0, 1, 5)), 4) == (1, 1, 5)
    assert layout.usual_chunks({"pre": ["x"] * 3000, "post": ["x"] * 3000}, 8) == (349, 3000)
    cases, leads, neurons, members = layout.usual_chunks(labels((3, 32, 10_000, 10)), 4)
    assert (cases, leads, members) == (1, 32, 10) and 1280 * neurons <= 8 << 20 < 1280 * (neurons + 1)


@pytest.mark.parametrize("shape", [(1200, 32, 70_000, 20), (10**6, 64, 2000), (30_000, 1, 10**6)])
def test_usual_chunks_of_very_large_answers_stay_within_the_limits(shape):
    named = {axis: ["x"] * size for axis, size in zip(("case", "lead", "neuron", "member"), shape, strict=False)}
    chunks = layout.usual_chunks(named, 4)
    assert not list(layout.limit_problems(named, np.dtype("float32"), chunks, "f.zarr"))


KILLED = """
import sys, time
import numpy as np
from test_writer import labels
from braincast.forecasts.writer import writing_answer

values = np.random.default_rng(5).normal(size=(200, 2, 4)).astype(np.float32)
declared = {"labels": labels(values.shape), "chunks": (1, 2, 4), "source": "a fit"}
with writing_answer(sys.argv[1], **declared) as writer:
    print("ready", flush=True)
    for tile in writer.remaining():
        writer.write(tile, values[tile])
        time.sleep(float(sys.argv[2]))
"""


def child(path: Path, pause_s: float) -> subprocess.Popen:
    paths = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    command = [sys.executable, "-c", KILLED, str(path), str(pause_s)]
    environment = {**os.environ, "PYTHONPATH": paths}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


@pytest.mark.slow
def test_twenty_kills_at_random_moments_leave_no_store_and_then_the_same_bytes(tmp_path):
    path, rng = tmp_path / "f.zarr", np.random.default_rng(3)
    for _ in range(20):
        process = child(path, 0.002)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0.001, 0.04))
        process.kill()
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        with refused("E201", "f.zarr"):
            load_forecast(path)
    lines = (tmp_path / JOURNAL).read_text().splitlines()
    assert 1 < len(lines) <= 200 and all(json.loads(line) for line in lines[:-1])
    for name in ("f.zarr", "unkilled.zarr"):
        process = child(tmp_path / name, 0)
        assert process.wait() == 0
        process.stdout.close()
    assert content(path) == content(tmp_path / "unkilled.zarr")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.zarr", "unkilled.zarr"]
