"""Names that occur twice, metadata that make no sense, tables that would explode: refused, never guessed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zarr
from made_sessions import smooth
from refusals import refused

from braincast.datasets.readers.reading import read
from braincast.errors import BraincastError
from braincast.forecasts.submissions.pack import read_about
from braincast.tasks.registry import task_card

N = 60
ACTIVITY = smooth(N, 3).astype(np.float64)


def npz(path, **arrays):
    np.savez(path / "a.npz", activity=ACTIVITY, **arrays)
    return path / "a.npz"


def test_names_that_occur_twice_are_refused_and_not_replaced_by_numbers(tmp_path):
    with refused("E101", "'a' occurs twice"):
        read(npz(tmp_path, neuron=["a", "a", "b"]))
    with refused("E101", "'1' occurs twice"):
        read(npz(tmp_path, neuron=[1, 1, 2]))
    rows = "".join(",".join(f"{value:.4f}" for value in row) + "\n" for row in ACTIVITY)
    (tmp_path / "a.csv").write_text("x,x,y\n" + rows)
    with refused("E101", "two columns are named 'x'"):
        read(tmp_path / "a.csv")


def test_half_a_letter_in_a_name_is_shown_as_such(tmp_path):
    (recording,) = read(npz(tmp_path, neuron=["\ud800", "b", "c"])).recordings.values()
    assert recording.neurons == ("?", "b", "c")


def test_signs_in_words_are_refused_and_not_taken_for_unknown(tmp_path):
    (tmp_path / "a.csv").write_text("pre,post,weight,sign\na,b,1,\nb,a,2,inhibitory\n")
    with refused("E107", "column 'sign', row 2", "'inhibitory'"):
        read(tmp_path / "a.csv")


def test_a_header_that_is_no_syntax_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", ACTIVITY)
    content = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(content.replace(b"'descr': '<f8'", b"'descr': [(((("))
    with refused("E117"):
        read(tmp_path / "a.npy")


def test_a_table_that_would_explode_is_refused_unread(tmp_path):
    # One group of rows, written as often as it takes: a file of kilobytes that declares gigabytes.
    group = pa.table({"a": np.zeros(1_000_000), "b": np.zeros(1_000_000)})
    with pq.ParquetWriter(tmp_path / "a.parquet", group.schema, compression="zstd") as writer:
        for _ in range(6):
            writer.write_table(group)
    with refused("E115", "6,000,000 rows of 2 columns"):
        read(tmp_path / "a.parquet")


def test_metadata_of_pandas_that_make_no_sense_are_refused(tmp_path):
    table = pa.table({"a": ACTIVITY[:, 0]}).replace_schema_metadata({"pandas": '{"columns": [{}]}'})
    pq.write_table(table, tmp_path / "a.parquet")
    with refused("E117"):
        read(tmp_path / "a.parquet")


@pytest.mark.parametrize("damage", ["chunks of nothing", "too deep", "a list"])
def test_metadata_of_zarr_that_make_no_sense_are_refused(tmp_path, damage):
    zarr.create_array(tmp_path / "a.zarr", data=ACTIVITY, chunks=(25, 3))
    place = tmp_path / "a.zarr" / "zarr.json"
    told = json.loads(place.read_text())
    told["chunk_grid"]["configuration"]["chunk_shape"] = [0, 3]
    place.write_text({"chunks of nothing": json.dumps(told), "too deep": "[" * 100_000, "a list": "[]"}[damage])
    with refused("E117"):
        read(tmp_path / "a.zarr")


@pytest.mark.parametrize(
    ("text", "word"), [("a = " + "[" * 5_000, "not TOML"), ("rate_hz = true", "rate_hz"), ('rate_hz = "5"', "rate_hz")]
)
def test_a_sidecar_that_is_too_deep_or_of_another_type_is_refused(tmp_path, text, word):
    path = npz(tmp_path)
    (tmp_path / "a.toml").write_text(text)
    with refused("E123", word):
        read(path)


@pytest.mark.parametrize(
    "text", ["[]", "[" * 100_000, '{"kind": []}', '{"kind": "forecast"}'], ids=["list", "deep", "kind", "empty"]
)
def test_a_declaration_that_is_none_is_refused(fresh_home, text):
    place = fresh_home / "tasks" / "mine.json"
    place.parent.mkdir(parents=True)
    place.write_text(text)
    with refused("E403", "mine.json"):
        task_card("mine")


def test_a_declaration_under_another_name_is_refused(fresh_home):
    place = fresh_home / "tasks" / "mine.json"
    place.parent.mkdir(parents=True)
    place.write_text(task_card("synthetic-linear").model_dump_json())
    with refused("E403", "it is called 'synthetic-linear'"):
        task_card("mine")


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5_000], ids=["deep", "long"])
def test_a_setting_that_python_cannot_read_is_refused(text):
    from braincast.cli.options import parsed_settings
    from braincast.models.registry import load_model
    from braincast.training.fit import candidates_of

    model = load_model("connectome-regression")
    with pytest.raises(BraincastError, check=lambda error: error.code == "E305"):
        candidates_of(model, parsed_settings([f"penalty={text}"]))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no device without an end")
def test_a_text_without_an_end_is_not_read():
    with refused("E405", "/dev/zero"):
        read_about(Path("/dev/zero"))


def test_a_rate_whose_step_is_infinite_is_refused(tmp_path):
    with refused("E116", "impossible"):
        read(npz(tmp_path), rate_hz=1e-320)
