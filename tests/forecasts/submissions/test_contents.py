"""Everything wrong with a submission is told, each with its code, its place inside the submission and what to do."""

from __future__ import annotations

from dataclasses import replace

import h5py
import numpy as np
import pytest
import zarr
from made_submissions import (
    EXPECTED,
    LITTLE,
    as_folder,
    as_zip,
    declaration,
    made_values,
    signed,
    store_files,
    submission_files,
)
from told_problems import ARRAY, CHUNK, GROUP, MANIFEST, STORE, changed_store, only, problems, problems_of, with_store

from braincast.forecasts.expected import Expected
from braincast.forecasts.submissions.bundle import open_bundle
from braincast.forecasts.submissions.contents import examine
from braincast.forecasts.submissions.strays import kind_of


@pytest.mark.parametrize("codec", ["zstd", "crc32c"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("members", [0, 3])
@pytest.mark.parametrize("chunk", [(2, 2, 5), (1, 1, 1), (3, 2, 4), (4, 4, 8)])
def test_good_submissions_have_no_problems(tmp_path, codec, dtype, members, chunk):
    values = made_values(dtype=dtype, members=members)
    inside = store_files(values, codec=codec, chunk=(*chunk, 2) if members else chunk)
    assert problems(with_store(inside), tmp_path) == []


def test_a_store_written_with_zarr_itself_has_no_problems(tmp_path):
    labels = {axis: list(given) for axis, given in EXPECTED.axes.items()}
    group = zarr.create_group(tmp_path / "z", attributes={"format": 1, "axes": labels, "attributes": {}})
    settings = {"chunks": (2, 2, 3), "dimension_names": tuple(labels), "config": {"write_empty_chunks": True}}
    codecs = {"filters": (), "compressors": zarr.codecs.ZstdCodec(level=9, checksum=True)}
    group.create_array("activity", data=np.zeros(EXPECTED.shape), **settings, **codecs)
    inside = {
        p.relative_to(tmp_path / "z").as_posix(): p.read_bytes() for p in (tmp_path / "z").rglob("*") if p.is_file()
    }
    assert problems(with_store(inside), tmp_path) == []


def test_seeds_and_draws_of_nulls_have_a_store_each(tmp_path):
    inside = store_files()
    names = ["seed-0", "seed-7", "null-no-edges-0", "null-no-edges-1"]
    stores = {f"{name}.zarr": inside for name in names}
    files = submission_files(stores, seeds=[0, 7], nulls={"no-edges": 2}, track="wiring-required")
    assert problems(files, tmp_path) == []
    fewer = {name: content for name, content in files.items() if not name.startswith("null-no-edges-1")}
    only(fewer, tmp_path / "fewer", "E201", "null-no-edges-1.zarr", "not there")
    more = files | {f"seed-8.zarr/{name}": content for name, content in signed(inside).items()}
    only(more, tmp_path / "more", "E604", "seed-8.zarr", "no store that submission.toml lists (5 files")


def test_the_declaration_comes_back_with_the_problems(tmp_path):
    with open_bundle(as_folder(submission_files(), tmp_path / "s")) as bundle:
        submission, found = examine(bundle, EXPECTED, lambda n_bytes: None)
        assert submission is not None and submission.model == "my-model" and list(found) == []


def test_progress_is_told_in_decoded_bytes(tmp_path):
    told: list[int] = []
    with open_bundle(as_folder(submission_files(), tmp_path / "s")) as bundle:
        assert list(examine(bundle, EXPECTED, told.append)[1]) == []
    assert told == [2 * 2 * 5 * 4] * 2


# Files


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("notes.txt", b"text", "no part of a submission"),
        ("model.pkl", b"\x80\x04K\x01.", "pickle"),
        ("weights.bin", b"\x80\x02K\x01.", "pickle"),
        ("model.pt", b"PK\x03\x04", "archive inside"),
        ("a.npy", b"\x93NUMPY\x01\x00", "numpy"),
        ("activity.bin", b"\x89HDF\r\n\x1a\n...", "HDF5"),
        ("activity.h5", b"", "HDF5"),
        ("setup.py", b"import os", "a program"),
        (".DS_Store", b"\x00", "no part of a submission"),
    ],
)
def test_a_file_that_does_not_belong_is_named_with_its_kind(tmp_path, name, content, word):
    only(submission_files() | {name: content}, tmp_path, "E604", name, word)


def test_a_folder_that_does_not_belong_is_told_once(tmp_path):
    more = {f"__MACOSX/f{number}": b"" for number in range(50)}
    only(submission_files() | more, tmp_path, "E604", "__MACOSX", "50 files")


def test_an_hdf5_file_in_the_place_of_a_store_is_refused(tmp_path):
    with h5py.File(tmp_path / "f.h5", "w") as opened:
        opened["activity"] = h5py.ExternalLink("/etc/passwd", "/")
    found = problems(submission_files({}) | {STORE: (tmp_path / "f.h5").read_bytes()}, tmp_path)
    assert [(p.code, p.where) for p in found] == [("E604", STORE), ("E201", STORE)] and "HDF5" in found[0].what


def test_unknown_files_have_no_kind():
    assert kind_of(b"", "x") == "" and kind_of(b"{}", "zarr.json") == ""


def test_links_and_unfit_names_are_all_that_is_told(tmp_path):
    path = as_folder(submission_files() | {"notes.txt": b""}, tmp_path / "s")
    (path / "link").symlink_to("notes.txt")
    with open_bundle(path) as bundle:
        assert [problem.code for problem in problems_of(bundle, EXPECTED)] == ["E213"]


def test_a_bare_store_is_told_so_and_checked_nevertheless(tmp_path):
    only(signed(store_files()), tmp_path, "E605", "submission.toml", "forecast store, not a submission", "submit pack")
    broken = signed(store_files()) | {CHUNK: b"damaged"}
    assert [p.code for p in problems(broken, tmp_path / "broken")] == ["E605", "E210"]


@pytest.mark.parametrize(("top", "code"), [("my-submission", "E604"), ("seed-0.zarr", "E604")])
def test_a_submission_one_folder_too_deep_is_told_once(tmp_path, top, code):
    only({f"{top}/{name}": c for name, c in submission_files().items()}, tmp_path, code, top, "one level too deep")


def test_a_zipped_store_is_told_once(tmp_path):
    deeper = {f"forecast.zarr/{name}": content for name, content in signed(store_files()).items()}
    only(deeper, tmp_path, "E605", "submission.toml", "submit pack")


def test_an_empty_submission_lacks_its_declaration(tmp_path):
    only({}, tmp_path, "E605", "submission.toml", "missing")
    as_zip({}, tmp_path / "empty.zip")


# The declaration


def test_problems_of_the_declaration_do_not_hide_those_of_the_stores(tmp_path):
    files = submission_files(model="../etc", parameters=-1) | {f"{STORE}/{CHUNK}": b"damaged"}
    found = problems(files, tmp_path)
    assert [p.code for p in found] == ["E607", "E607", "E210"]
    files.pop("submission.toml")
    assert [p.code for p in problems(files, tmp_path / "without")] == ["E605", "E210"]


def test_a_declaration_that_is_too_large_is_not_read(tmp_path):
    files = submission_files() | {"submission.toml": declaration() + b"\n# " + b"x" * 70_000}
    only(files, tmp_path, "E605", "submission.toml", "at most 65,536")


# Metadata


@pytest.mark.parametrize(
    ("code", "word", "path", "changes"),
    [
        ("E212", "not a zarr v3 group", (), {"node_type": "array"}),
        ("E212", "not a zarr v3 group", (), {"zarr_format": 2}),
        ("E212", "consolidated", (), {"consolidated_metadata": {"kind": "inline", "metadata": {}}}),
        ("E212", "unknown key", (), {"more": 1}),
        ("E212", "no attributes", (), {"attributes": None}),
        ("E212", "JSON object", (), {"attributes": []}),
        ("E212", "unknown key", ("attributes",), {"more": 1}),
        ("E212", "format is 2", ("attributes",), {"format": 2}),
        ("E212", "format is True", ("attributes",), {"format": True}),
        ("E212", "`writer`", ("attributes",), {"writer": "x" * 101}),
        ("E212", "`writer`", ("attributes",), {"writer": 3}),
        ("E212", "`attributes`", ("attributes",), {"attributes": []}),
        ("E212", "'list'", ("attributes", "attributes"), {"list": [1]}),
        ("E212", "'long'", ("attributes", "attributes"), {"long": "x" * 10_001}),
        ("E215", "'another'", ("attributes", "attributes"), {"task": "another"}),
        ("E215", "task_hash", ("attributes", "attributes"), {"task_hash": "00"}),
        ("E212", "`axes`", ("attributes",), {"axes": None}),
        ("E212", "`axes`", ("attributes", "axes"), {"case": "w0"}),
        ("E212", "`axes`", ("attributes", "axes"), {"case": [0, 1, 2]}),
        ("E212", "expected case, lead, neuron", ("attributes", "axes"), {"lead": None}),
        ("E212", "expected case, lead, neuron", ("attributes", "axes"), {"trial": ["1"]}),
        ("E204", "index 1 (found C, expected B)", ("attributes", "axes"), {"neuron": list("ACBDE")}),
        ("E211", "'w0' occurs 2 times", ("attributes", "axes"), {"case": ["w0", "w1", "w0"]}),
        ("E212", "leads are", ("attributes", "axes"), {"lead": ["1", "3"]}),
    ],
)
def test_a_group_that_does_not_say_what_the_task_asks_is_refused(tmp_path, code, word, path, changes):
    found = problems(changed_store(GROUP, *path, **changes), tmp_path)
    assert (found[0].code, found[0].where) == (code, f"{STORE}/zarr.json") and word in str(found[0]), str(found[0])


def test_all_that_is_wrong_with_labels_is_told(tmp_path):
    labels = {"neuron": ["A", "A", "B", "C", "X"], "case": ["w1", "w0", "w2"], "lead": ["2", "1"]}
    found = problems(with_store(store_files(labels=labels)), tmp_path)
    assert [p.code for p in found] == ["E207", "E205", "E206", "E211", "E212"]


@pytest.mark.parametrize(
    ("code", "word", "changes"),
    [
        ("E209", "complex64", {"data_type": "complex64"}),
        ("E209", "int32", {"data_type": "int32", "fill_value": 0}),
        ("E209", "complex64", {"data_type": "complex64"}),
        ("E209", "data type", {"data_type": {"name": "fixed_length_utf32", "configuration": {"length_bytes": 4}}}),
        ("E209", "blosc", {"codecs": [LITTLE, {"name": "blosc", "configuration": {}}]}),
        ("E209", "pickle", {"codecs": [LITTLE, {"name": "numcodecs.pickle"}]}),
        ("E209", "sharding", {"codecs": [{"name": "sharding_indexed", "configuration": {}}]}),
        ("E209", "codecs", {"codecs": [LITTLE, {"name": "zstd", "configuration": {"level": 3, "checksum": False}}]}),
        ("E209", "codecs", {"codecs": [{"name": "bytes", "configuration": {"endian": "big"}}, {"name": "crc32c"}]}),
        ("E209", "codecs", {"codecs": [LITTLE, {"name": "crc32c", "must_understand": False}]}),
        ("E212", "the limit is", {"shape": [10**6] * 3}),
        (
            "E212",
            "the limit is 67,108,864",
            {"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [400] * 3}}},
        ),
        (
            "E212",
            "its chunks take",
            {"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [1, 1, 16_000_000]}}},
        ),
        ("E212", "in chunks of", {"shape": [3, 2, -5]}),
        ("E212", "the shape is (3, 2, 6), but its labels say (3, 2, 5)", {"shape": [3, 2, 6]}),
        ("E212", "dimension names", {"dimension_names": ["case", "neuron", "lead"]}),
        ("E212", "dimension names", {"dimension_names": None}),
        ("E212", "fill value", {"fill_value": "NaN"}),
        ("E212", "attributes of its own", {"attributes": {"units": "1"}}),
        ("E212", "unknown way", {"storage_transformers": [{"name": "x"}]}),
        ("E212", "unknown way", {"chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}}}),
    ],
)
def test_an_array_of_another_form_is_refused_before_anything_is_read(tmp_path, code, word, changes):
    only(changed_store(ARRAY, **changes), tmp_path, code, f"{STORE}/{ARRAY}", word)


def test_all_that_is_wrong_with_an_array_is_told(tmp_path):
    changes = {"data_type": "complex64", "codecs": [], "fill_value": "NaN", "more": 1, "shape": [3]}
    found = problems(changed_store(ARRAY, **changes), tmp_path)
    assert sorted(p.code for p in found) == ["E209", "E209", "E212", "E212", "E212"]


@pytest.mark.parametrize("name", [GROUP, ARRAY, MANIFEST])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 100_000, b'{"a": NaN}', b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"a": 1, "a": 2}']
)
def test_json_that_is_malformed_is_refused(tmp_path, name, content):
    files = with_store(store_files() | {name: content}) | {f"{STORE}/{name}": content}
    found = problems(files, tmp_path)
    assert ("E611", f"{STORE}/{name}") in [(p.code, p.where) for p in found]


@pytest.mark.parametrize("name", [GROUP, ARRAY, MANIFEST])
def test_json_that_is_larger_than_it_can_be_is_not_read(tmp_path, name):
    files = with_store(store_files())
    files[f"{STORE}/{name}"] = b" " * 400_000 + files[f"{STORE}/{name}"]
    found = problems(files, tmp_path)
    assert [(p.code, p.where) for p in found if p.code == "E611"] == [("E611", f"{STORE}/{name}")]
    assert "400," in found[0].what


@pytest.mark.parametrize("name", [GROUP, ARRAY])
def test_missing_metadata_is_named(tmp_path, name):
    inside = store_files()
    del inside[name]
    only(with_store(inside), tmp_path, "E203", f"{STORE}/{name}", "missing")


def test_members_only_where_a_distribution_may_be_answered(tmp_path):
    files = with_store(store_files(made_values(members=2)))
    found = problems(files, tmp_path, replace(EXPECTED, members=False))
    assert [p.code for p in found] == ["E212"] and "one number each" in str(found[0])
    for labels in (["a", "a"], ["a"] * 257):
        wrong = with_store(store_files(made_values(members=len(labels)), labels={"member": labels}))
        assert "members, expected 1 to 256" in str(problems(wrong, tmp_path / str(len(labels)))[0])


def test_effects_are_submitted_in_the_same_way(tmp_path):
    neurons = ("A", "B", "C")
    question = Expected(
        "effect", {"pre": neurons, "post": neurons}, False, None, None, "effect", {"question": "q"}, ("open",), ()
    )
    # A declaration names a task; what a question's submission names is for the declaration's own tests.
    inside = store_files(made_values(question), question)
    with open_bundle(as_folder(signed(inside), tmp_path / "s")) as bundle:
        assert [p.code for p in problems_of(bundle, question)] == ["E605"]
    turned = store_files(made_values(question), question, labels={"post": ["B", "A", "C"]})
    with open_bundle(as_folder(signed(turned), tmp_path / "t")) as bundle:
        assert "neuron of axis post order differs" in str(list(problems_of(bundle, question))[1])


# The manifest and the files
