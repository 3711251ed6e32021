"""What zarr.json may not declare, and JSON that is not to be parsed."""

from __future__ import annotations

from typing import Any

from hostile.entry import (
    ARRAY,
    GROUP,
    MANIFEST,
    Bad,
    Make,
    at,
    duplicated,
    in_folder,
    nested,
    with_content,
    with_fields,
    with_json,
)
from hostile.good import CRC32C, STORE, ZSTD, Files, sign

SHAPES, TYPES, FORMS, JSON = "shape bombs", "types and codecs", "metadata", "JSON"
_BYTES, _ZSTD = ZSTD


def _grid(*chunk: Any) -> dict[str, Any]:
    return {"name": "regular", "configuration": {"chunk_shape": list(chunk)}}


def _array(topic: str, name: str, code: str, **fields: Any) -> Bad:
    return Bad(name, topic, code, (f"{STORE}/activity",), with_fields(ARRAY, **fields))


def _of(topic: str, name: str, code: str, make: Make, *words: str) -> Bad:
    return Bad(name, topic, code, words or (STORE,), make)


def _without(key: str) -> Make:
    return with_json(ARRAY, lambda found: found.pop(key))


def _codecs(*codecs: Any) -> dict[str, Any]:
    return {"codecs": list(codecs)}


def _named(name: str, **configuration: Any) -> dict[str, Any]:
    return {"name": name, "configuration": configuration}


def _second_array(files: Files) -> None:
    for name in [name for name in files if name.startswith(f"{STORE}/activity/")]:
        files[name.replace("activity", "truth")] = files[name]
    sign(files)


def _version_2(files: Files) -> None:
    for name in [name for name in files if name.endswith("zarr.json")]:
        del files[name]
    files[f"{STORE}/.zgroup"] = b'{"zarr_format": 2}'
    files[f"{STORE}/activity/.zarray"] = b'{"zarr_format": 2, "shape": [34, 1, 40], "dtype": "|O"}'
    sign(files)


_SHAPES = (
    _array(SHAPES, "terabytes", "E212", shape=[2**20, 2**20, 2**20]),
    _array(SHAPES, "terabytes in one chunk", "E212", shape=[2**20, 2**20, 1], chunk_grid=_grid(2**20, 2**20, 1)),
    _array(SHAPES, "a chunk of gigabytes", "E212", chunk_grid=_grid(34, 2**15, 2**15)),
    _array(SHAPES, "10^12 chunks", "E212", shape=[10**6, 10**6, 1], chunk_grid=_grid(1, 1, 1)),
    _array(SHAPES, "a size of 500 digits", "E212", shape=[10**500, 1, 40]),
    _array(SHAPES, "a chunk size of 500 digits", "E212", chunk_grid=_grid(10**500, 1, 40)),
    _array(SHAPES, "a size of 2^64", "E212", shape=[2**64, 1, 40]),
    _array(SHAPES, "a negative size", "E212", shape=[-34, 1, 40]),
    _array(SHAPES, "no cases", "E212", shape=[0, 1, 40]),
    _array(SHAPES, "a size that is a fraction", "E212", shape=[34.0, 1, 40]),
    _array(SHAPES, "a size that is True", "E212", shape=[34, True, 40]),
    _array(SHAPES, "a size that is text", "E212", shape=["34", 1, 40]),
    _array(SHAPES, "a size that is nothing", "E212", shape=[None, 1, 40]),
    _array(SHAPES, "a shape that is a number", "E212", shape=34),
    _array(SHAPES, "a shape of 100,000 axes", "E611", shape=[1] * 100_000),
    _array(SHAPES, "10^600 bytes on 32 axes", "E212", shape=[2**62] * 32, chunk_grid=_grid(*[2**62] * 32)),
    _array(SHAPES, "no axes", "E212", shape=[], chunk_grid=_grid()),
    _array(SHAPES, "two axes", "E212", shape=[34, 40], chunk_grid=_grid(17, 40)),
    _array(SHAPES, "chunks of no cases", "E212", chunk_grid=_grid(0, 1, 40)),
    _array(SHAPES, "chunks of negative size", "E212", chunk_grid=_grid(-17, 1, 40)),
    _array(SHAPES, "chunks on two axes", "E212", chunk_grid=_grid(17, 40)),
    _array(
        SHAPES, "chunks of unlike sizes", "E212", chunk_grid=_named("rectangular", chunk_shapes=[[17, 17], [1], [40]])
    ),
    _array(
        SHAPES, "chunks with another setting", "E212", chunk_grid=_named("regular", chunk_shape=[17, 1, 40], more=0)
    ),
    _array(SHAPES, "chunks that are nothing", "E212", chunk_grid=None),
    _array(SHAPES, "one case less than its labels", "E212", shape=[33, 1, 40]),
    _array(SHAPES, "one case more than its labels", "E212", shape=[35, 1, 40], chunk_grid=_grid(18, 1, 40)),
)

_TYPES = (
    _array(TYPES, "objects", "E209", data_type="object"),
    _array(TYPES, "numpy's objects", "E209", data_type="|O"),
    _array(TYPES, "pickled objects", "E209", data_type=_named("numpy.object"), codecs=[_named("numcodecs.pickle")]),
    _array(TYPES, "texts", "E209", data_type="string", codecs=[{"name": "vlen-utf8"}]),
    _array(TYPES, "texts of fixed length", "E209", data_type=_named("fixed_length_utf32", length_bytes=40)),
    _array(TYPES, "records", "E209", data_type=_named("structured", fields=[["x", "float32"]])),
    _array(TYPES, "complex numbers", "E209", data_type="complex64"),
    _array(TYPES, "whole numbers", "E209", data_type="int32", fill_value=0),
    _array(TYPES, "brain floats", "E209", data_type="bfloat16"),
    _array(TYPES, "true and false", "E209", data_type="bool", fill_value=False),
    _array(TYPES, "raw bits", "E209", data_type="r32"),
    _array(TYPES, "times", "E209", data_type=_named("numpy.datetime64", unit="s", scale_factor=1)),
    _array(TYPES, "a type of 10,000 letters", "E209", data_type="float32" * 1_500),
    _array(TYPES, "a type that is a list", "E209", data_type=["float32"]),
    _array(TYPES, "a type that is nothing", "E209", data_type=None),
    _array(TYPES, "a type of 100,000 letters", "E611", data_type="float32" * 15_000),
    _array(TYPES, "numpy's name of a type", "E209", data_type="<f4"),
    _array(TYPES, "big endian", "E209", **_codecs(_named("bytes", endian="big"), _ZSTD)),
    _array(TYPES, "blosc", "E209", **_codecs(_BYTES, _named("blosc", cname="lz4", clevel=5, shuffle="shuffle"))),
    _array(TYPES, "gzip", "E209", **_codecs(_BYTES, _named("gzip", level=5))),
    _array(TYPES, "shards", "E209", **_codecs(_named("sharding_indexed", chunk_shape=[1, 1, 40], codecs=[_BYTES]))),
    _array(TYPES, "transposed", "E209", **_codecs(_named("transpose", order=[2, 1, 0]), _BYTES, _ZSTD)),
    _array(TYPES, "pickle", "E209", **_codecs(_named("numcodecs.pickle", protocol=4))),
    _array(TYPES, "pickle before zstd", "E209", **_codecs(_named("numcodecs.pickle"), _ZSTD)),
    _array(TYPES, "a filter", "E209", **_codecs(_named("numcodecs.delta", dtype="<f4"), _BYTES, _ZSTD)),
    _array(TYPES, "a codec named like a module", "E209", **_codecs(_BYTES, _named("os.system"))),
    _array(TYPES, "zstd twice", "E209", **_codecs(_BYTES, _ZSTD, _ZSTD)),
    _array(TYPES, "zstd and CRC-32C", "E209", **_codecs(_BYTES, _ZSTD, CRC32C[1])),
    _array(TYPES, "a thousand codecs", "E611", **_codecs(_BYTES, *[_ZSTD] * 1000)),
    _array(TYPES, "zstd without checksum", "E209", **_codecs(_BYTES, _named("zstd", level=3, checksum=False))),
    _array(TYPES, "zstd whose checksum is a word", "E209", **_codecs(_BYTES, _named("zstd", level=3, checksum="true"))),
    _array(
        TYPES, "zstd with another setting", "E209", **_codecs(_BYTES, _named("zstd", level=3, checksum=True, path="/"))
    ),
    _array(TYPES, "no codecs", "E209", codecs=[]),
    _array(TYPES, "codecs that are no list", "E209", codecs={"name": "bytes"}),
    _array(TYPES, "codecs that are nothing", "E209", codecs=[None, None]),
)

_FORMS = (
    _array(FORMS, "a storage transformer", "E212", storage_transformers=[_named("indirection", url="file:///etc")]),
    _array(FORMS, "other names of chunks", "E212", chunk_key_encoding=_named("v2", separator=".")),
    _array(FORMS, "other separators", "E212", chunk_key_encoding=_named("default", separator="../")),
    _array(FORMS, "attributes of the array", "E212", attributes={"_ARRAY_DIMENSIONS": ["a"], "units": "mV"}),
    _array(FORMS, "an unknown extension", "E212", run={"must_understand": True, "name": "os.system"}),
    _array(FORMS, "a fill value of text", "E212", fill_value="__import__('os').system('id')"),
    _array(FORMS, "a fill value of a list", "E212", fill_value=[0.0]),
    _array(FORMS, "other names of axes", "E212", dimension_names=["neuron", "lead", "case"]),
    _array(FORMS, "names of axes that are no texts", "E212", dimension_names=[1, 2, 3]),
    _array(FORMS, "an array that says it is a group", "E212", node_type="group"),
    _array(FORMS, "an array of zarr 2", "E212", zarr_format=2),
    *(
        Bad(f"no {key}", FORMS, "E209" if key in ("data_type", "codecs") else "E212", ("activity",), _without(key))
        for key in ("shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value", "codecs", "dimension_names")
    ),
    _of(FORMS, "a group that says it is an array", "E212", with_fields(GROUP, node_type="array")),
    _of(FORMS, "a group of zarr 2", "E212", with_fields(GROUP, zarr_format=2)),
    _of(FORMS, "zarr 3 as a fraction", "E212", with_fields(GROUP, zarr_format=3.0)),
    _of(
        FORMS,
        "consolidated metadata",
        "E212",
        with_fields(GROUP, consolidated_metadata={"kind": "inline", "metadata": {}}),
    ),
    _of(FORMS, "an unknown key of the group", "E212", with_fields(GROUP, extensions=["os.system"])),
    _of(FORMS, "another format of the store", "E212", with_json(GROUP, lambda f: f["attributes"].update(format=2))),
    _of(FORMS, "a format that is True", "E212", with_json(GROUP, lambda f: f["attributes"].update(format=True))),
    _of(FORMS, "a group without attributes", "E212", with_json(GROUP, lambda f: f.pop("attributes"))),
    _of(FORMS, "attributes that are a list", "E212", with_fields(GROUP, attributes=[])),
    _of(FORMS, "a group that is a list", "E212", with_content(GROUP, b"[]")),
    _of(
        FORMS,
        "a tree among the attributes",
        "E212",
        with_json(GROUP, lambda f: at(f, "attributes", "attributes").update(a={"b": 1})),
    ),
    _of(FORMS, "a writer of 200 letters", "E212", with_json(GROUP, lambda f: f["attributes"].update(writer="x" * 200))),
    _of(
        FORMS, "a writer of a megabyte", "E611", with_json(GROUP, lambda f: f["attributes"].update(writer="x" * 10**6))
    ),
    _of(FORMS, "a second array", "E203", in_folder(_second_array), "truth"),
    _of(FORMS, "metadata of zarr 2", "E203", in_folder(_version_2), "zarr.json"),
)


def _json(name: str, content: Any, *files: str, code: str = "E611") -> tuple[Bad, ...]:
    """The same bad JSON in place of each of the files."""
    return tuple(
        Bad(f"{name}: {file.removeprefix(f'{STORE}/')}", JSON, code, (file,), with_content(file, content))
        for file in files or (GROUP, ARRAY, MANIFEST)
    )


_JSON = (
    *_json("nested 100,000 deep", nested(100_000)),
    *_json("nested 100,000 deep under a key", lambda c: c.rstrip()[:-1] + b', "x": ' + nested(100_000) + b"}", GROUP),
    *_json("objects nested 50,000 deep", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, ARRAY),
    *_json("bytes that are no UTF-8", lambda c: c.replace(b"format", b"form\xff\xfeat", 1)),
    *_json("a byte order mark", lambda c: b"\xef\xbb\xbf" + c),
    *_json("UTF-16", lambda c: c.decode().encode("utf-16")),
    *_json("half a letter", lambda c: c.rstrip()[:-1] + b', "x": "\\ud800"}', GROUP, code="E212"),
    *_json("a key that stands there twice", lambda c: duplicated("attributes", c), GROUP),
    *_json("a shape that stands there twice", lambda c: duplicated("shape", c), ARRAY),
    *_json("a list of files that stands there twice", lambda c: duplicated("files", c), MANIFEST),
    *_json("NaN", lambda c: c.replace(b"0.0", b"NaN", 1), ARRAY),
    *_json("infinity", lambda c: c.rstrip()[:-1] + b', "x": -Infinity}', GROUP),
    *_json("a number of a million digits", lambda c: c.rstrip()[:-1] + b', "x": ' + b"9" * 10**6 + b"}"),
    *_json("20 megabytes of blanks", lambda c: c + b" " * (20 << 20), ARRAY),
    *_json("cut short", lambda c: c[:-5]),
    *_json("something after it", lambda c: c + b"{}"),
    *_json("a comment", lambda c: b"/* hello */" + c, ARRAY),
    *_json("empty", b""),
)

BAD = (*_SHAPES, *_TYPES, *_FORMS, *_JSON)
