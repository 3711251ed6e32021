"""Damaged stores of forecasts are refused by name before a number is read; a failed write leaves the old one whole."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from synthetic import random_answer, small_task

from braincast import files
from braincast.errors import BraincastError
from braincast.files import write_manifest
from braincast.forecasts.store import load_forecast, save_forecast

CHUNK = "activity/c/1/0/0"


@pytest.fixture(scope="module")
def task():
    return small_task()


@pytest.fixture(scope="module")
def whole(task, tmp_path_factory) -> Path:
    """A finished store of several chunks."""
    path = tmp_path_factory.mktemp("whole") / "forecast.zarr"
    return save_forecast(random_answer(task, 1), path, chunks=(10, 1, 40))


@pytest.fixture
def stored(whole, tmp_path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(whole, tmp_path / "forecast.zarr"))


def refused(code: str, *words: str):
    def fits(error: BraincastError) -> bool:
        text = str(error)
        return error.code == code and "\n" not in text and all(word in text for word in words) and error.exit_code == 3

    return pytest.raises(BraincastError, check=fits)


def declared(stored: Path, **changes: object) -> None:
    """Change the array's metadata and sign it with a fresh manifest, as a forger would."""
    metadata = stored / "activity/zarr.json"
    metadata.write_text(json.dumps(json.loads(metadata.read_text()) | changes))
    write_manifest(stored)


def test_the_copy_is_whole_before_it_is_damaged(stored, task):
    assert load_forecast(stored, task.card).shape == task.cases().shape


def test_a_missing_chunk_is_refused_and_named(stored, task):
    (stored / CHUNK).unlink()
    with refused("E203", CHUNK, "missing"):
        load_forecast(stored, task.card)


@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_flipped_bit_is_refused_and_its_file_named(stored, task, place):
    content = bytearray((stored / CHUNK).read_bytes())
    content[place] ^= 1
    (stored / CHUNK).write_bytes(content)
    with refused("E210", CHUNK):
        load_forecast(stored, task.card)


@pytest.mark.parametrize("kept", [0, 10, -1])
def test_a_truncated_chunk_is_refused_and_named(stored, task, kept):
    content = (stored / CHUNK).read_bytes()
    (stored / CHUNK).write_bytes(content[:kept])
    with refused("E210", CHUNK):
        load_forecast(stored, task.card)


def test_a_changed_label_is_refused(stored, task):
    text = (stored / "zarr.json").read_text()
    (stored / "zarr.json").write_text(text.replace("BAAL", "BAAX"))
    with refused("E210", "zarr.json"):
        load_forecast(stored, task.card)


@pytest.mark.parametrize("name", ["notes.txt", "activity/c/9/0/0", ".hidden"])
def test_an_extra_file_is_refused_and_named(stored, task, name):
    (stored / name).parent.mkdir(parents=True, exist_ok=True)
    (stored / name).write_text("more")
    with refused("E203", name, "does not list"):
        load_forecast(stored, task.card)


def test_a_link_in_the_place_of_a_chunk_is_refused(stored, task, tmp_path):
    outside = tmp_path / "outside"
    (stored / CHUNK).rename(outside)
    (stored / CHUNK).symlink_to(outside)
    with refused("E213", CHUNK):
        load_forecast(stored, task.card)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_a_store_is_refused(stored, task):
    os.mkfifo(stored / "pipe")
    with refused("E213", "pipe"):
        load_forecast(stored, task.card)


def test_a_store_without_its_manifest_was_never_finished(stored, task):
    (stored / "manifest.json").unlink()
    with refused("E202", "manifest.json"):
        load_forecast(stored, task.card)


@pytest.mark.parametrize("text", ["[]", "{}", '{"files": {"zarr.json": 3}}'])
def test_a_manifest_without_a_list_of_files_is_refused(stored, task, text):
    (stored / "manifest.json").write_text(text)
    with refused("E202", "manifest.json"):
        load_forecast(stored, task.card)


def test_a_manifest_that_is_not_json_is_refused(stored, task):
    (stored / "manifest.json").write_bytes((stored / "manifest.json").read_bytes()[:50])
    with refused("E403", "manifest.json"):
        load_forecast(stored, task.card)


def test_a_chunk_that_is_missing_from_store_and_manifest_alike_is_refused(stored, task):
    (stored / CHUNK).unlink()
    write_manifest(stored)
    with refused("E203", "activity", "expected 4"):
        load_forecast(stored, task.card)


def test_half_precision_in_a_signed_store_is_refused(stored, task):
    declared(stored, data_type="complex64")
    with refused("E209", "complex64"):
        load_forecast(stored, task.card)


def test_text_in_a_signed_store_is_refused(stored, task):
    declared(stored, data_type="string")
    with refused("E209", "string"):
        load_forecast(stored, task.card)


def test_a_signed_shape_of_terabytes_is_refused_before_anything_is_allocated(stored, task):
    declared(stored, shape=[10**6, 10**3, 10**4])
    with refused("E212", "activity"):
        load_forecast(stored, task.card)


def test_a_signed_codec_without_checksum_is_refused(stored, task):
    declared(stored, codecs=[{"name": "bytes", "configuration": {"endian": "little"}}])
    with refused("E209", "codecs"):
        load_forecast(stored, task.card)


def test_a_signed_chunk_with_a_flipped_bit_is_refused(stored, task):
    content = bytearray((stored / CHUNK).read_bytes())
    content[-6] ^= 1  # inside the compressed data, before the frame's own checksum
    (stored / CHUNK).write_bytes(content)
    write_manifest(stored)
    with refused("E210", "activity", "cannot be decoded"):
        load_forecast(stored, task.card)


@pytest.fixture
def earlier(task, tmp_path):
    """A good forecast that must survive, and the bytes it consists of."""
    path = save_forecast(random_answer(task, 2), tmp_path / "f.zarr")
    yield path
    np.testing.assert_array_equal(load_forecast(path, task.card).values, random_answer(task, 2).values)


def test_a_full_disk_leaves_the_earlier_forecast_whole(task, earlier, monkeypatch):
    def full(path: Path, known: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_manifest", full)
    with refused("E505", "f.zarr", "No space left"):
        save_forecast(random_answer(task, 3), earlier, force=True)
    assert [p.name for p in earlier.parent.iterdir()] == ["f.zarr"]


def test_an_error_while_writing_leaves_the_earlier_forecast_whole(task, earlier):
    with pytest.raises(BraincastError):
        save_forecast(random_answer(task, 3).astype(np.complex64), earlier, force=True)
    assert [p.name for p in earlier.parent.iterdir()] == ["f.zarr"]


KILLED = """
import os, sys
import numpy as np
from synthetic import random_answer, small_task
from braincast import files
from braincast.forecasts.store import save_forecast
setattr(files, sys.argv[2], lambda *arguments: os._exit(9))
save_forecast(random_answer(small_task(), 3), sys.argv[1], force=True)
"""


@pytest.mark.parametrize("moment", ["write_manifest", "replace_folder"])
def test_a_kill_while_overwriting_leaves_the_earlier_forecast_whole(task, earlier, moment):
    paths = os.pathsep.join(entry for entry in sys.path if entry)
    command = [sys.executable, "-c", KILLED, str(earlier), moment]
    ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True)
    assert ended.returncode == 9, ended.stderr
    assert len(list(earlier.parent.iterdir())) == 2, "the half-written one lies beside it"
    save_forecast(random_answer(task, 2), earlier, force=True)
