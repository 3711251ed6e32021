"""Arrays on disk: nothing that a store declares is believed before it was checked."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

import numpy as np
import pytest
import zarr
from numcodecs.zstd import Zstd
from zarr.codecs import BytesCodec, Crc32cCodec

from braincast import files
from braincast.brain.arrays import create_array, create_group, default_chunks, read_arrays, values_of, write_arrays
from braincast.brain.declared import DTYPES
from braincast.brain.zstd_frames import frame_of, is_one_frame


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A finished store with one array of 5 × 7 in chunks of 2 × 3."""
    with files.new_folder(tmp_path / "store") as folder:
        values = np.arange(35, dtype=np.float32).reshape(5, 7)
        write_arrays(folder, {"x": (("time", "neuron"), values)}, {"unit": "dF/F"}, chunks={"x": (2, 3)})
    return tmp_path / "store"


def edit(store: Path, name: str, **changes) -> None:
    """Change metadata as an attacker would; the caller reads with check=False, as if the manifest had been redone."""
    path = store / name / "zarr.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def grid(*chunk: object) -> dict:
    return {"name": "regular", "configuration": {"chunk_shape": list(chunk)}}


def codecs(**zstd) -> list[dict]:
    little = {"name": "bytes", "configuration": {"endian": "little"}}
    return [little, {"name": "zstd", "configuration": {"level": 5, "checksum": True} | zstd}]


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_allowed_type_comes_back_equal_with_names_and_attributes(tmp_path, dtype):
    values = np.array([[0, 1, 1], [1, 0, 1]]).astype(dtype)
    with files.new_folder(tmp_path / "s") as folder:
        write_arrays(folder, {"v": (("a", "b"), values), "none": (("a",), values[0, :0])}, {"k": [1, None]})
    arrays, attributes = read_arrays(tmp_path / "s")
    np.testing.assert_array_equal(arrays["v"][...], values, strict=True)
    assert arrays["none"].shape == (0,) and arrays["v"].metadata.dimension_names == ("a", "b")
    assert attributes == {"k": [1, None]}


def test_scalars_and_big_endian_values_come_back_equal(tmp_path):
    with files.new_folder(tmp_path / "s") as folder:
        write_arrays(folder, {"s": ((), np.array(2.5)), "b": (("i",), np.arange(3, dtype=">i4"))}, {})
    arrays, _ = read_arrays(tmp_path / "s")
    assert arrays["s"][...] == 2.5 and arrays["b"][...].tolist() == [0, 1, 2]


def test_chunks_that_are_all_zero_are_written_too(tmp_path):
    with files.new_folder(tmp_path / "s") as folder:
        write_arrays(folder, {"z": (("i",), np.zeros(10))}, {}, chunks={"z": (2,)})
    assert len(list((tmp_path / "s" / "z" / "c").iterdir())) == 5
    assert read_arrays(tmp_path / "s")[0]["z"][...].sum() == 0


def test_an_array_can_be_written_tile_by_tile(tmp_path):
    with files.new_folder(tmp_path / "s") as folder:
        create_group(folder, {})
        tiles = create_array(folder, "x", ("time", "neuron"), (4, 6), np.float32, (2, 100))
        for start in (0, 2):
            tiles[start : start + 2] = start
    assert read_arrays(tmp_path / "s")[0]["x"].chunks == (2, 6)
    assert read_arrays(tmp_path / "s")[0]["x"][...].sum() == 2 * 12


def test_a_forgotten_tile_is_refused(tmp_path, refused):
    with files.new_folder(tmp_path / "s") as folder:
        create_group(folder, {})
        create_array(folder, "x", ("i",), (4,), "float64", (2,))[:2] = 1
    with refused("E203", "1 chunk files, expected 2"):
        read_arrays(tmp_path / "s")


@pytest.mark.parametrize("values", [np.array(["a"]), np.zeros(2, complex)])
def test_other_types_are_not_written(tmp_path, refused, values):
    with refused("E209", values.dtype.name), files.new_folder(tmp_path / "s") as folder:
        write_arrays(folder, {"x": (("i",), values)}, {})
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_is_checked_first(store, refused):
    (store / "x" / "c" / "0" / "0").unlink()
    with refused("E203", "x/c/0/0"):
        read_arrays(store)
    (store / "manifest.json").unlink()
    with refused("E202"):
        read_arrays(store)


@pytest.mark.parametrize(
    ("code", "word", "changes"),
    [
        ("E209", "complex64", {"data_type": "complex64"}),
        ("E209", "r16", {"data_type": "r16"}),
        ("E209", "data type", {"data_type": {"name": "numpy.datetime64"}}),
        ("E209", "zstd with a checksum", {"codecs": codecs(checksum=False)}),
        ("E209", "codecs", {"codecs": codecs()[:1]}),
        ("E209", "codecs", {"codecs": "zstd"}),
        ("E209", "codecs", {"codecs": [{"name": "bytes", "configuration": {"endian": "big"}}, codecs()[1]]}),
        ("E212", "the limit is", {"shape": [10**7, 10**7], "chunk_grid": grid(1, 1)}),
        ("E212", "a chunk of", {"chunk_grid": grid(10**5, 10**4)}),
        ("E212", "in chunks of", {"chunk_grid": grid(0, 3)}),
        ("E212", "in chunks of", {"chunk_grid": grid(2)}),
        ("E212", "in chunks of", {"chunk_grid": grid(2.5, 3)}),
        ("E212", "in chunks of", {"chunk_grid": {"name": "rectilinear"}}),
        ("E212", "in chunks of", {"chunk_grid": None}),
        ("E212", "in chunks of", {"shape": [-5, 7]}),
        ("E212", "in chunks of", {"shape": [True, 7]}),
        ("E212", "unknown way", {"chunk_key_encoding": {"name": "v2"}}),
        ("E212", "unknown way", {"storage_transformers": [{"name": "x"}]}),
        ("E212", "not a zarr v3 array", {"node_type": "group"}),
        ("E212", "not a zarr v3 array", {"zarr_format": 2}),
        ("E203", "chunk files", {"shape": [50, 7]}),
        ("E212", "fill value", {"fill_value": "nonsense"}),
        ("E212", "fill value", {"fill_value": 300, "data_type": "int8"}),
        ("E212", "fill value", {"fill_value": 10**400}),
        ("E212", "fill value", {"fill_value": 0.5, "data_type": "bool"}),
        ("E212", "in chunks of", {"shape": [1 << 62] * 10_000, "chunk_grid": grid(*[1] * 10_000)}),
        ("E212", "dimension names", {"dimension_names": ["one"]}),
        ("E212", "dimension names", {"dimension_names": [1, 2]}),
        ("E212", "unknown key", {"more": {"must_understand": False}}),
        ("E212", "attributes of its own", {"attributes": {"scale_factor": 2}}),
        ("E209", "codecs", {"codecs": codecs(dictionary=1)}),
        ("E209", "codecs", {"codecs": [{"name": "bytes"}, codecs()[1]]}),
    ],
)
def test_metadata_that_lies_is_refused_before_anything_is_allocated(store, refused, code, word, changes):
    edit(store, "x", **changes)
    with refused(code, word):
        read_arrays(store, check=False)


def test_the_size_limit_can_be_lowered(store, refused):
    with refused("E212", "140 bytes, the limit is 100"):
        read_arrays(store, largest_bytes=100)


@pytest.mark.parametrize(
    ("code", "word", "changes"),
    [
        ("E212", "not a zarr v3 group", {"node_type": "array"}),
        ("E212", "consolidated", {"consolidated_metadata": {"kind": "inline", "metadata": {"y": {}}}}),
    ],
)
def test_a_group_that_lies_is_refused(store, refused, code, word, changes):
    edit(store, ".", **changes)
    with refused(code, word):
        read_arrays(store, check=False)


def test_a_folder_without_a_group_is_refused(tmp_path, refused):
    with files.new_folder(tmp_path / "s"):
        pass
    with refused("E203", "zarr.json"):
        read_arrays(tmp_path / "s")


def test_a_chunk_under_a_wrong_name_is_refused(store, refused):
    (store / "x" / "c" / "0" / "0").rename(store / "x" / "c" / "0" / "9")
    with refused("E203", "x/c/0/0"):
        read_arrays(store, check=False)


def test_a_chunk_that_would_inflate_is_refused_unread(store, refused):
    bomb = Zstd(level=5, checksum=True).encode(np.zeros(50_000_000, np.uint8))
    (store / "x" / "c" / "0" / "0").write_bytes(bomb)
    with refused("E212", "announces 50000000 bytes, expected 24"):
        read_arrays(store, check=False)


@pytest.mark.parametrize("content", [b"", b"short", b"not a zstd frame at all"])
def test_a_chunk_of_another_form_is_refused(store, refused, content):
    (store / "x" / "c" / "1" / "0").write_bytes(content)
    with refused("E212", "x/c/1/0"):
        read_arrays(store, check=False)


@pytest.mark.parametrize("n_bytes", [0, 1, 255, 256, 300, 65_791, 65_792, 1 << 20])
def test_the_announced_size_is_what_the_zstd_library_wrote(n_bytes):
    written = Zstd(level=5, checksum=True).encode(bytes(n_bytes))
    frame = frame_of(written[:18])
    assert frame is not None and frame.content_bytes == n_bytes and frame.checksum
    assert is_one_frame(written)
    assert not is_one_frame(written + written) and not is_one_frame(written + b"x") and not is_one_frame(written[:-1])


@pytest.mark.parametrize("seed", range(3))
def test_a_frame_of_many_blocks_ends_where_the_library_ended_it(seed):
    noise = np.random.default_rng(seed).integers(0, 1 + 254 * (seed > 0), 400_000, dtype=np.uint8)
    assert is_one_frame(Zstd(level=1, checksum=True).encode(noise))
    assert not is_one_frame(Zstd(level=1, checksum=False).encode(noise))


def test_a_frame_that_announces_no_size_or_needs_a_dictionary_is_not_trusted():
    magic = b"\x28\xb5\x2f\xfd"
    assert frame_of(magic + b"\x00" + bytes(13)) is None
    assert frame_of(magic + b"\xc1\x00" + bytes(13)) is None
    assert frame_of(magic + b"\xc0\x00" + bytes(3)) is None  # cut off within the size
    found = frame_of(magic + b"\xc0\x00" + struct.pack("<Q", 1 << 40))
    assert found is not None and found.content_bytes == 1 << 40


def raw_with_crc(store: Path) -> None:
    """Write the array again as raw values behind a CRC-32C, as the other codec chain has it."""
    values = np.asarray(zarr.open_group(store, mode="r")["x"][...])
    group = zarr.open_group(store, mode="a")
    settings = {"chunks": (2, 3), "filters": (), "serializer": BytesCodec(), "compressors": Crc32cCodec()}
    group.create_array("x", data=values, overwrite=True, config={"write_empty_chunks": True}, **settings)


def test_raw_values_behind_a_crc_are_read_and_a_flipped_bit_in_them_is_refused(store, refused):
    raw_with_crc(store)
    np.testing.assert_array_equal(values_of(read_arrays(store, check=False)[0]["x"]), np.arange(35.0).reshape(5, 7))
    chunk = store / "x" / "c" / "1" / "1"
    content = chunk.read_bytes()
    chunk.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    with refused("E210", "cannot be decoded"):
        values_of(read_arrays(store, check=False)[0]["x"])
    chunk.write_bytes(content[:-1])
    with refused("E212", "27 bytes, expected 28"):
        read_arrays(store, check=False)


@pytest.mark.parametrize(
    ("word", "content"),
    [
        ("occurs twice", b'{"node_type": "array", "node_type": "group", "zarr_format": 3}'),
        ("no number", b'{"node_type": "group", "zarr_format": 3, "attributes": {"a": NaN}}'),
        ("too large", b'{"node_type": "group", "zarr_format": 3, "attributes": {"a": 1e999}}'),
        ("too deep", b"[" * 200_000),
        ("BOM", b'\xef\xbb\xbf{"node_type": "group", "zarr_format": 3}'),
        ("decode", b'{"node_type": "group", "zarr_format": 3, "attributes": {"a": "\xff"}}'),
        ("digit", b'{"node_type": "group", "zarr_format": 3, "attributes": {"a": ' + b"9" * 5000 + b"}}"),
    ],
)
def test_metadata_that_readers_would_understand_differently_is_refused(store, refused, word, content):
    (store / "zarr.json").write_bytes(content)
    with refused("E611", "zarr.json", word):
        read_arrays(store, check=False)


def test_other_zarr_readers_can_open_the_store(store):
    np.testing.assert_array_equal(zarr.open_group(store, mode="r")["x"][...], np.arange(35.0).reshape(5, 7))


@pytest.mark.parametrize("shape", [(), (0,), (7,), (8000, 71721), (3, 0, 5), (100, 32, 5000)])
def test_default_chunks_fit_the_shape_and_four_mebibytes(shape):
    chunks = default_chunks(shape, 4)
    assert len(chunks) == len(shape) and all(chunk >= 1 for chunk in chunks)
    assert math.prod(chunks) * 4 <= 1 << 22
