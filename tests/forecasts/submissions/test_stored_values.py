"""Manifest, chunks and values of a store inside a submission: what is wrong with them is told by name and place."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from made_submissions import (
    EXPECTED,
    as_json,
    edited,
    encoded,
    made_values,
    store_files,
    submission_files,
)
from numcodecs.zstd import Zstd
from told_problems import ARRAY, CHUNK, GROUP, MANIFEST, STORE, only, problems, with_store


def test_a_store_without_its_manifest_was_never_finished(tmp_path):
    files = with_store(store_files())
    del files[f"{STORE}/{MANIFEST}"]
    only(files, tmp_path, "E202", f"{STORE}/{MANIFEST}", "never finished")


@pytest.mark.parametrize(
    "content",
    [
        {"format": 2, "files": {}},
        {"format": True, "files": {}},
        {"files": {}},
        {"format": 1, "files": {}, "more": 1},
        {"format": 1, "files": []},
        {"format": 1, "files": {"zarr.json": {"bytes": -1, "sha256": ""}}},
        {"format": 1, "files": {"zarr.json": {"bytes": 1.0, "sha256": ""}}},
        {"format": 1, "files": {"zarr.json": {"bytes": 1, "sha256": 3}}},
        {"format": 1, "files": {"zarr.json": {"bytes": 1, "sha256": "", "path": "/etc/passwd"}}},
        [],
    ],
)
def test_a_manifest_of_another_form_is_refused(tmp_path, content):
    files = with_store(store_files()) | {f"{STORE}/{MANIFEST}": as_json(content)}
    only(files, tmp_path, "E202", f"{STORE}/{MANIFEST}")


def test_files_that_the_manifest_does_not_list_or_that_are_missing_are_named(tmp_path):
    files = with_store(store_files())
    listed = json.loads(files[f"{STORE}/{MANIFEST}"])
    listed["files"]["/etc/passwd"] = listed["files"].pop(CHUNK)
    files[f"{STORE}/{MANIFEST}"] = as_json(listed)
    found = problems(files, tmp_path)
    assert [(p.code, p.where) for p in found] == [("E203", f"{STORE}//etc/passwd"), ("E203", f"{STORE}/{CHUNK}")]


@pytest.mark.parametrize("name", [GROUP, ARRAY, CHUNK])
def test_bytes_that_differ_from_the_manifest_are_named(tmp_path, name):
    files = with_store(store_files())
    content = files[f"{STORE}/{name}"]
    if name == CHUNK:
        files[f"{STORE}/{name}"] = bytes([content[0] ^ 1]) + content[1:]
    else:
        files[f"{STORE}/{name}"] = content + b"\n"
    only(files, tmp_path, "E210", f"{STORE}/{name}", "manifest")


def test_a_missing_chunk_that_the_manifest_does_not_list_either_is_named(tmp_path):
    inside = store_files(chunk=(1, 2, 5))
    del inside["activity/c/0/0/0"], inside["activity/c/2/0/0"]
    only(with_store(inside), tmp_path, "E203", f"{STORE}/activity/c/0/0/0", "missing (and 1 more like it)")


@pytest.mark.parametrize(
    "name", ["activity/c/2/0/0", "activity/c/00/0/0", "activity/c/0/x", ".zattrs", "effect/zarr.json"]
)
def test_a_file_that_is_no_chunk_is_refused_also_when_it_is_listed(tmp_path, name):
    only(with_store(store_files() | {name: b"{}"}), tmp_path, "E203", f"{STORE}/{name}", "no chunk")


def test_more_chunks_than_are_read_are_refused_uncounted(tmp_path):
    expected = replace(EXPECTED, axes={**EXPECTED.axes, "neuron": tuple(map(str, range(10_000)))})
    inside = store_files(np.zeros(EXPECTED.shape, "float32"), labels=expected.axes)
    grid = {"name": "regular", "configuration": {"chunk_shape": [1, 1, 1]}}
    inside[ARRAY] = edited(inside[ARRAY], shape=[3, 2, 10_000], chunk_grid=grid)
    only(with_store(inside), tmp_path, "E603", f"{STORE}/activity", "60,000 chunks", expected=expected)


# Chunks

LYING = bytes([0x28, 0xB5, 0x2F, 0xFD, 0xA4, 80, 0, 0, 0])
RAW = made_values()[2:3].tobytes() + bytes(40)


@pytest.mark.parametrize(
    ("code", "word", "content"),
    [
        ("E212", "announces no size", b""),
        ("E212", "announces no size", b"\x89HDF\r\n\x1a\n" + bytes(80)),
        ("E212", "announces no size", b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd" + bytes(Zstd(checksum=True).encode(RAW))),
        ("E212", "announces 1000 bytes, expected 80", bytes(Zstd(checksum=True).encode(bytes(1000)))),
        ("E209", "no checksum", bytes(Zstd().encode(RAW))),
        ("E210", "cannot be decoded", LYING + bytes(30)),
        ("E210", "cannot be decoded", bytes(Zstd(checksum=True).encode(RAW)) * 2),
        ("E210", "cannot be decoded", bytes(Zstd(checksum=True).encode(RAW))[:-1]),
        ("E210", "cannot be decoded", bytes(Zstd(checksum=True).encode(RAW))[:-1] + b"\x00"),
        ("E210", "cannot be decoded", bytes(Zstd(checksum=True).encode(RAW)) + bytes(Zstd(checksum=True).encode(b""))),
        ("E212", "a chunk takes at most", bytes(Zstd(checksum=True).encode(RAW)) + bytes(2000)),
    ],
)
def test_a_chunk_that_is_not_one_checked_frame_is_refused(tmp_path, code, word, content):
    only(with_store(store_files() | {CHUNK: content}), tmp_path, code, f"{STORE}/{CHUNK}", word)


@pytest.mark.parametrize(
    ("code", "word", "content"),
    [
        ("E212", "83 bytes, expected 84", encoded(np.frombuffer(RAW, "u1"), "crc32c")[:-1]),
        ("E212", "0 bytes, expected 84", b""),
        ("E210", "CRC-32C", encoded(np.frombuffer(RAW, "u1"), "crc32c")[:-1] + b"\x00"),
    ],
)
def test_a_raw_chunk_that_differs_from_its_checksum_is_refused(tmp_path, code, word, content):
    only(with_store(store_files(codec="crc32c") | {CHUNK: content}), tmp_path, code, f"{STORE}/{CHUNK}", word)


def test_many_chunks_with_the_same_fault_are_told_once(tmp_path):
    inside = store_files(chunk=(1, 1, 1))
    files = with_store(inside)
    for name in list(files):
        if "/c/" in name and not name.endswith("c/0/0/0"):
            files[name] = b"damaged"
    only(files, tmp_path, "E210", f"{STORE}/activity/c/0/0/1", "(and 28 more like it)")


# Values


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("codec", ["zstd", "crc32c"])
def test_a_value_that_is_not_finite_is_named_with_its_place(tmp_path, value, codec):
    values = made_values()
    values[2, 1, 3:] = value
    words = ("2 of 30 predictions are not finite", "case w2, lead 2, neuron D")
    only(with_store(store_files(values, codec=codec)), tmp_path, "E208", f"{STORE}/activity", *words)


def test_values_outside_the_range_are_named_with_their_place(tmp_path):
    expected = replace(EXPECTED, lower=0.0, upper=1.0, quantity="probability")
    for value in (-1e-6, 1.5):
        values = made_values()
        values[1, 0, 4] = value
        words = ("a probability lies in [0, 1]", "case w1, lead 1, neuron E")
        files = with_store(store_files(values))
        only(files, tmp_path / str(value), "E214", f"{STORE}/activity", *words, expected=expected)
        assert problems(files, tmp_path / str(value)) == []


def test_what_lies_beyond_the_array_in_a_chunk_at_the_edge_is_nobody_s_answer(tmp_path):
    inside = store_files()
    whole = np.full((2, 2, 5), np.nan, "float32")
    whole[:1] = made_values()[2:]
    assert problems(with_store(inside | {CHUNK: encoded(whole, "zstd")}), tmp_path) == []


def test_each_store_is_checked(tmp_path):
    good, bad = store_files(), store_files(made_values() * np.nan)
    files = submission_files({"seed-3.zarr": bad, "seed-1.zarr": good, "seed-2.zarr": bad}, seeds=[1, 2, 3])
    assert [(p.code, p.where) for p in problems(files, tmp_path)] == [
        ("E208", "seed-2.zarr/activity"),
        ("E208", "seed-3.zarr/activity"),
    ]
