"""The page of the forecast store: its example is what it shows, and a store made by it alone is read bit for bit."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import google_crc32c
import numpy as np
import pytest
from numcodecs.zstd import Zstd
from refusals import refused

from braincast.forecasts.effects import load_effects
from braincast.forecasts.store import load_forecast

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "forecast-store.md").read_text(encoding="utf-8")
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
CRC = {"name": "crc32c"}
ZSTD = {"name": "zstd", "configuration": {"level": 19, "checksum": True}}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The store that the page's program writes."""
    folder = tmp_path_factory.mktemp("page")
    program = blocks("python")[-1]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exec(program, {})
    return folder / "tiny.zarr"


def test_the_example_of_the_page_is_read_bit_for_bit(tiny):
    found = load_forecast(tiny)
    expected = np.array([[[0.25, -1.5, 3.0]], [[0, 0, 0]]], np.float32)
    np.testing.assert_array_equal(found.values, expected, strict=True)
    assert found.coords["neuron"].values.tolist() == ["AVAL", "AVAR", "RIML"]
    assert dict(found.attrs) == {"model": "tiny", "seed": 0}


def test_the_page_shows_the_files_of_its_example(tiny):
    group, manifest = map(json.loads, blocks("json"))
    assert group == json.loads((tiny / "zarr.json").read_text())
    assert manifest == json.loads((tiny / "manifest.json").read_text())
    chunks = blocks("text")[-1]
    for case, line in enumerate(chunks.splitlines()):
        assert bytes.fromhex(line) == (tiny / f"activity/c/{case}/0/0").read_bytes()


def test_the_crc_is_the_one_that_the_page_describes():
    assert google_crc32c.value(b"123456789") == 0xE3069283 and "0xE3069283" in PAGE


def by_hand(folder: Path, array: str, labels: dict[str, list[str]], values: np.ndarray, chunk: tuple, codec: dict):
    """A store as the page says, written without this package."""
    little = values.astype(values.dtype.newbyteorder("<"))
    files = {
        "zarr.json": {
            "zarr_format": 3,
            "node_type": "group",
            "attributes": {"axes": dict(reversed(labels.items())), "format": 1},
        },
        f"{array}/zarr.json": {
            "zarr_format": 3,
            "node_type": "array",
            "shape": list(values.shape),
            "dimension_names": list(labels),
            "data_type": values.dtype.name,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunk)}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "codecs": [LITTLE, codec],
            "fill_value": 0.0,
        },
    }
    content = {name: json.dumps(document).encode() for name, document in files.items()}
    counts = [-(-size // step) for size, step in zip(values.shape, chunk, strict=True)]
    for place in np.ndindex(*counts):
        whole = np.zeros(chunk, little.dtype)
        part = little[tuple(slice(i * c, (i + 1) * c) for i, c in zip(place, chunk, strict=True))]
        whole[tuple(slice(0, size) for size in part.shape)] = part
        raw = whole.tobytes()
        packed = raw + google_crc32c.value(raw).to_bytes(4, "little")
        name = "/".join([array, "c", *map(str, place)])
        content[name] = packed if codec is CRC else Zstd(level=19, checksum=True).encode(raw)
    listed = {n: {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()} for n, raw in content.items()}
    content["manifest.json"] = json.dumps({"format": 1, "files": listed}).encode()
    for name, raw in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)


def labels(**sizes: int) -> dict[str, list[str]]:
    return {axis: [f"{axis} {number}" for number in range(size)] for axis, size in sizes.items()}


@pytest.mark.parametrize("codec", [CRC, ZSTD], ids=["crc32c", "zstd"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_store_made_without_this_package_is_read_bit_for_bit(tmp_path, codec, dtype):
    values = np.random.default_rng(0).normal(size=(5, 3, 7, 4)).astype(dtype)
    by_hand(tmp_path / "s", "activity", labels(case=5, lead=3, neuron=7, member=4), values, (2, 3, 4, 4), codec)
    found = load_forecast(tmp_path / "s")
    np.testing.assert_array_equal(found.values, values, strict=True)
    assert found.dims == ("case", "lead", "neuron", "member")


@pytest.mark.parametrize("codec", [CRC, ZSTD], ids=["crc32c", "zstd"])
def test_effects_made_without_this_package_are_read_bit_for_bit(tmp_path, codec):
    values = np.random.default_rng(0).normal(size=(6, 6))
    by_hand(tmp_path / "s", "effect", labels(pre=6, post=6), values, (4, 6), codec)
    np.testing.assert_array_equal(load_effects(tmp_path / "s").values, values, strict=True)


def changed(store: Path, name: str, change) -> Path:
    """The store with one JSON file changed, and signed again."""
    document = json.loads((store / name).read_text())
    change(document)
    content = json.dumps(document).encode()
    (store / name).write_bytes(content)
    manifest = json.loads((store / "manifest.json").read_text())
    manifest["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (store / "manifest.json").write_text(json.dumps(manifest))
    return store


MISTAKES = {
    "another format": ("zarr.json", lambda d: d["attributes"].update(format=2), "E212", "format is 2"),
    "no format": ("zarr.json", lambda d: d["attributes"].pop("format"), "E212", "format is None"),
    "format true": ("zarr.json", lambda d: d["attributes"].update(format=True), "E212", "format is True"),
    "an unknown key": ("zarr.json", lambda d: d["attributes"].update(more=1), "E212", "'more'"),
    "a long writer": ("zarr.json", lambda d: d["attributes"].update(writer="x" * 101), "E212", "`writer`"),
    "a list among attributes": ("zarr.json", lambda d: d["attributes"].update(attributes={"a": []}), "E212", "'a'"),
    "no object of attributes": ("zarr.json", lambda d: d["attributes"].update(attributes=[]), "E212", "`attributes`"),
    "labels that are numbers": ("zarr.json", lambda d: d["attributes"]["axes"].update(lead=[1]), "E212", "label"),
    "an axis too many": ("zarr.json", lambda d: d["attributes"]["axes"].update(dose=["1"]), "E212", "label"),
    "a label too many": ("zarr.json", lambda d: d["attributes"]["axes"].update(lead=["1", "2"]), "E212", "labels say"),
    "no dimension names": ("activity/zarr.json", lambda d: d.pop("dimension_names"), "E212", "dimension names"),
    "turned dimension names": (
        "activity/zarr.json",
        lambda d: d["dimension_names"].reverse(),
        "E212",
        "dimension names",
    ),
    "whole numbers": (
        "activity/zarr.json",
        lambda d: d.update(data_type="int32", fill_value=0),
        "E209",
        "int32",
    ),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_in_a_signed_store_gives_the_error_that_the_page_names(tmp_path, what):
    name, change, code, word = MISTAKES[what]
    values = np.ones((2, 1, 3), np.float32)
    by_hand(tmp_path / "s", "activity", labels(case=2, lead=1, neuron=3), values, (2, 1, 3), CRC)
    with refused(code, word):
        load_forecast(changed(tmp_path / "s", name, change))


def test_a_listed_file_that_belongs_to_nothing_is_refused(tiny, tmp_path):
    store = shutil.copytree(tiny, tmp_path / "s")
    (store / "notes.json").write_text("{}")
    manifest = json.loads((store / "manifest.json").read_text())
    manifest["files"]["notes.json"] = {"bytes": 2, "sha256": hashlib.sha256(b"{}").hexdigest()}
    (store / "manifest.json").write_text(json.dumps(manifest))
    with refused("E203", "notes.json", "belongs to nothing"):
        load_forecast(store)
