"""submission.toml: read strictly, refused with everything that is wrong, written so that it reads back equal."""

import re
import tomllib
from pathlib import Path

import pytest
import tomli_w
from made_declarations import EXPECTED, GOOD, HASH, TEXT, TEXT_PLACES, changed, placed, problems, read
from payloads import TEXT_PAYLOADS
from pydantic import ValidationError

from braincast.forecasts.expected import Expected
from braincast.forecasts.submissions.declaration import TEMPLATE, Submission, read_declaration


def only_problem(values, expected=EXPECTED):
    assert len(problems(values, expected)) == 1
    return read(values, expected)[1][0]


def test_a_good_declaration_is_read():
    submission, found = read(GOOD)
    assert found == [] and submission is not None
    assert submission.seeds == (0, 1) and submission.authors[1] == "李明"
    assert submission.compute.hours == 0.5 and submission.packages["numpy"] == "2.4.0"


def test_a_declaration_cannot_be_changed():
    submission, _ = read(GOOD)
    with pytest.raises(ValidationError):
        submission.model = "another"


@pytest.mark.parametrize("field", list(GOOD))
def test_every_field_must_be_there(field):
    values = changed()
    del values[field]
    assert problems(values) == [("E606", field)]


@pytest.mark.parametrize("path", [(field,) for field in GOOD] + [("compute", "hours"), ("seeds", 0), ("authors", 1)])
@pytest.mark.parametrize("value", [True, [[]], {"a": {}}, 1.5])
def test_every_field_has_one_type(path, value):
    if path == ("compute", "hours") and value == 1.5:
        return
    assert {code for code, _ in problems(placed(path, value))} == {"E606"}


def test_everything_wrong_is_listed_in_the_order_of_the_fields():
    values = changed(
        format=2,
        model="My Model",
        authors=["Ada", "<b>Eve</b>", 3],
        contact="javascript:alert(1)",
        track="wiring-required",
        compute={"hardware": "=1", "hours": -1.0, "gpu": 1},
        packages={},
        modle="x",
    )
    del values["licence"]
    assert problems(values) == [
        ("E607", "format"),
        ("E607", "model"),
        ("E608", "authors[1]"),
        ("E606", "authors[2]"),
        ("E609", "contact"),
        ("E606", "licence"),
        ("E607", "nulls"),
        ("E608", "compute.hardware"),
        ("E607", "compute.hours"),
        ("E606", "compute.gpu"),
        ("E607", "packages"),
        ("E606", "modle"),
    ]


def test_an_unknown_field_is_refused_with_the_nearest_known_one():
    assert "Did you mean 'licence'?" in only_problem(changed(license="MIT")).fix
    assert "Did you mean 'hours'?" in only_problem(placed(("compute", "hour"), 1)).fix
    assert only_problem(changed(**{"a\u202e\x1b" * 100: 1})).where.isprintable()


@pytest.mark.parametrize("draws", [0, 101])
def test_a_null_with_too_few_or_too_many_draws_is_refused(draws):
    assert problems(changed(nulls={"identity-permuted": draws})) == [("E607", "nulls.identity-permuted")]


def test_stores_are_named_by_seeds_and_draws():
    found, _ = read(tomli_w.dumps(changed(seeds=[3, 1], nulls={"no-edges": 1, "identity-permuted": 2})).encode())
    assert found.stores == [
        *("seed-3.zarr", "seed-1.zarr"),
        *("null-no-edges-0.zarr", "null-identity-permuted-0.zarr", "null-identity-permuted-1.zarr"),
    ]


def test_thousands_of_unknown_fields_are_counted():
    content = tomli_w.dumps({f"k{i}": 1 for i in range(5000)}).encode()
    found = read(content)[1]
    assert len(found) == 101 and "4,915 more" in found[-1].what


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", 0),
        ("format", 2**70),
        ("task", "../worm"),
        ("task_hash", HASH.upper()),
        ("task_hash", HASH[:-1]),
        ("model", "a..b"),
        ("model", "Model"),
        ("model", "a" * 65),
        ("model", ".hidden"),
        ("model", "mödel"),
        ("model", "a\n"),
        ("authors", []),
        ("authors", [f"Ada {i}" for i in range(101)]),
        ("authors", ["Ada Lovelace", "ada  lovelace"]),
        ("links", [f"https://example.org/{i}" for i in range(21)]),
        ("links", ["https://example.org", "https://example.org"]),
        ("licence", ""),
        ("licence", "+MIT"),
        ("licence", "MIT; GPL"),
        ("description", " \n"),
        ("description", "a" * 4001),
        ("training_data", []),
        ("training_data", ["x"] * 2),
        ("track", "closed"),
        ("seeds", []),
        ("seeds", [0, 1, 0]),
        ("seeds", list(range(21))),
        ("nulls", {"shuffled": 1}),
        ("parameters", -1),
        ("parameters", 10**15 + 1),
        ("parameters", 2**64),
        ("packages", {}),
        ("packages", {f"p{i}": "1" for i in range(201)}),
    ],
)
def test_an_impossible_value_is_refused(field, value):
    assert problems(changed(**{field: value})) == [("E607", field)]


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("seeds", 1), -1, "seeds[1]"),
        (("seeds", 1), 2**63, "seeds[1]"),
        (("compute", "hours"), float("nan"), "compute.hours"),
        (("compute", "hours"), float("inf"), "compute.hours"),
        (("compute", "hours"), -0.1, "compute.hours"),
        (("compute", "hours"), 1e10, "compute.hours"),
        (("packages", "numpy"), "2 4", "packages.numpy"),
        (("packages", "a/b"), "1", "packages.'a/b'"),
        (("packages", ""), "1", "packages.''"),
    ],
)
def test_an_impossible_value_inside_a_field_is_refused(path, value, where):
    assert problems(placed(path, value)) == [("E607", where)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("model",), "a" * 64),
        (("licence",), "(MIT OR Apache-2.0) AND LicenseRef-my.own+"),
        (("compute", "hours"), 0),
        (("parameters",), 10**15),
        (("seeds",), [2**63 - 1]),
        (("links",), []),
        (("description",), "a" * 4000),
        (("packages", "Python.3_x-y"), "1!2.0rc1+cpu"),
    ],
)
def test_a_value_at_the_edge_is_accepted(path, value):
    assert problems(placed(path, value)) == []


def test_another_task_or_version_is_refused():
    assert problems(changed(task="fish-forecast")) == [("E215", "task")]
    assert problems(changed(task_hash="0" * 64)) == [("E215", "task_hash")]
    assert problems(changed(task="fish-forecast", task_hash="0" * 64), None) == []


def test_a_question_about_the_circuit_stands_as_the_task():
    names = {"question": "worm-signs", "question_hash": HASH}
    asked = Expected.from_dict({**EXPECTED.to_dict(), "names": names, "tracks": ("open",), "nulls": ()})
    assert problems(changed(task="worm-signs"), asked) == []
    assert problems(changed(), asked) == [("E215", "task")]


def test_a_track_must_be_one_of_the_tasks():
    assert problems(changed(track="no-stimulus")) == [("E612", "track")]
    assert problems(changed(track="no-stimulus"), None) == []


def test_the_wiring_track_needs_a_null():
    assert problems(changed(track="wiring-required")) == [("E607", "nulls")]
    assert problems(changed(track="wiring-required", nulls={"no-edges": 2})) == []


@pytest.mark.parametrize("path", TEXT_PLACES, ids=lambda path: ".".join(map(str, path)))
def test_no_payload_passes_in_any_text(path):
    passed = {}
    for name, payload in TEXT_PAYLOADS.items():
        found = problems(placed(path, payload))
        if len(found) != 1 or found[0][0] not in ("E607", "E608", "E609"):
            passed[name] = found
    assert passed == {}


def test_no_payload_passes_as_the_name_of_a_package_or_a_field():
    for payload in TEXT_PAYLOADS.values():
        assert [code for code, _ in problems(placed(("packages", payload), "1"))] == ["E607"]
        assert [code for code, _ in problems(placed((payload,), "1"))] == ["E606"]


def test_the_payloads_are_many():
    assert len(TEXT_PAYLOADS) >= 60


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"format",
        b"\xef\xbb\xbf" + TEXT,
        TEXT.replace(b"Ada", b"\xff\xfe"),
        TEXT.decode().encode("utf-16"),
        TEXT.replace(b"Ada", b"A\x00da"),
        TEXT.replace(b"Ada", b"A\\ud800da"),
        TEXT + b'numpy = "1"\n',
        b"format = 1\n" + TEXT,
        TEXT + b"[compute]\n",
        TEXT.replace(b"4096", b"9" * 5000),
        TEXT.replace(b"4096", b"[" * 50000),
        TEXT.replace(b"4096", b"{a=" * 20000),
        b".".join([b"a"] * 30000) + b" = 1\n",
        b"[" + b" . ".join([b'"a"'] * 9000) + b"]\n",
        TEXT + b"#" * (64 << 10),
    ],
    ids=range(17),
)
def test_what_is_not_a_declaration_at_all_is_one_problem(content):
    assert problems(content)[0][0] == ("E606" if content == b"" else "E605")
    assert content == b"" or len(problems(content)) == 1


def test_other_things_of_toml_are_read_or_refused_on_purpose():
    assert problems(TEXT.replace(b"\n", b"\r\n")) == []
    assert read(TEXT.replace(b"\n", b"\r\n"))[0] == read(TEXT)[0]
    assert problems(TEXT.replace(b"4096", b"0x1000")) == problems(TEXT.replace(b"4096", b"4_096")) == []
    assert problems(TEXT.replace(b"4096", b"0x" + b"f" * 5000)) == [("E607", "parameters")]
    assert problems(TEXT.replace(b"0.5", b"1e999")) == [("E607", "compute.hours")]
    assert problems(TEXT.replace(b'"my-model"', b"1979-05-27")) == [("E606", "model")]
    assert problems(TEXT.replace(b'"my-model"', b"07:32:00")) == [("E606", "model")]
    assert problems(b"a" + b".b" * 60 + b" = 1\n" + TEXT) == [("E606", "a")]


def test_the_template_is_a_declaration():
    submission, found = read_declaration(TEMPLATE.encode(), None)
    assert found == [] and submission is not None
    assert list(tomllib.loads(TEMPLATE)) == list(Submission.model_fields)


def test_the_page_shows_the_template_and_explains_every_field():
    page = (Path(__file__).parents[3] / "docs" / "guides" / "submitting.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", page, re.DOTALL).group(1)
    assert example == TEMPLATE
    explained = re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE)
    inner = ("compute.hardware", "compute.hours")
    assert explained == [f for name in Submission.model_fields for f in (inner if name == "compute" else (name,))]
