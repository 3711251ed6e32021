"""Nothing that somebody sends in gets through, takes the machine with it, or writes a byte anywhere."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bad_submissions import BAD_SUBMISSIONS, TOPICS
from command_line import one_document, with_home
from hostile import frames, metadata, stores, values
from hostile.entry import CHUNK, Bad
from hostile.frames import frame
from hostile.good import CRC32C, STORE, ZSTD, as_folder, sign, submission
from hostile.raw_zip import DEFLATED, STORED, archive, entries_of
from hostile.reader import Reader
from hostile.tasks import CARDS, EXPECTED
from hostile.watching import sight_of
from refusals import refused

from braincast.errors import CODES, BraincastError
from braincast.forecasts.expected import expected_of
from braincast.forecasts.store import load_forecast
from braincast.forecasts.submissions.validation import Validation, validate
from braincast.tasks.registry import task_card

LARGEST_PEAK = 512 << 20
THROUGH_A_CHILD = 3  # of each topic; all go through one process with the same limits
SAMPLE = [bad for topic in TOPICS for bad in [b for b in BAD_SUBMISSIONS if b.topic == topic][:THROUGH_A_CHILD]]
STORE_TOPICS = [
    topic for module in (stores, frames, metadata, values) for topic in dict.fromkeys(b.topic for b in module.BAD)
]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    started = Reader()
    yield started
    started.end()


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """An empty folder for a submission; the working folder and the one for temporary files lie beside it."""
    for name in ("place", "here", "temporary"):
        (tmp_path / name).mkdir()
    for variable in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(variable, str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "place"


def made(bad: Bad, place: Path) -> Path:
    return bad.make(submission(EXPECTED[bad.task]), place)


def all_made(topic: str, folder: Path) -> Iterator[tuple[Bad, Path]]:
    """Every bad submission of a topic that this system can make; the sample says which it cannot."""
    for number, bad in enumerate(bad for bad in BAD_SUBMISSIONS if bad.topic == topic):
        (folder / str(number)).mkdir()
        with contextlib.suppress(pytest.skip.Exception):
            yield bad, made(bad, folder / str(number))


def check_named(bad: Bad, problems: list[tuple[str, str]], place: Path) -> None:
    """The expected problem is among these codes and lines, and none names a place of this machine."""
    told = "\n".join(line for _, line in problems)
    fitting = [line for code, line in problems if code == bad.code]
    assert any(all(word in line for word in bad.words) for line in fitting), f"{bad}: {told}"
    assert "E610" not in [code for code, _ in problems], told
    assert str(place) not in told


def check_fit_to_be_shown(document: dict[str, Any]) -> None:
    """The document that scripts get: every text of it one printable line of bounded length."""
    assert set(document) == {"valid", "problems"} and document["valid"] is False
    for problem in document["problems"]:
        assert set(problem) == {"code", "where", "what", "fix"} and problem["code"] in CODES
        assert all(text and text.isprintable() and len(text) < 1_000 for text in problem.values()), problem


@pytest.mark.parametrize("bad", SAMPLE, ids=str)
def test_a_bad_submission_is_refused_and_named_and_nothing_is_written(bad, place):
    path = made(bad, place)
    before = sight_of(place.parent)
    validation = validate(CARDS[bad.task], path)
    assert sight_of(place.parent) == before
    assert not validation.valid
    assert validation.peak_bytes is None or validation.peak_bytes < LARGEST_PEAK
    check_named(bad, [(problem.code, str(problem)) for problem in validation.problems], place)
    check_fit_to_be_shown(validation.to_dict())


@pytest.mark.parametrize("topic", TOPICS)
def test_all_bad_submissions_of_a_topic_are_refused_by_a_process_with_a_childs_limits(topic, reader, tmp_path):
    for bad, path in all_made(topic, tmp_path):
        before = sight_of(tmp_path)
        answer = reader.answer(bad.task, path)
        assert sight_of(tmp_path) == before
        assert "crash" not in answer, f"{bad}: {answer['crash']}"
        check_named(bad, [(code, line) for code, _, line in answer["problems"]], tmp_path)
        assert answer["peak_bytes"] is None or answer["peak_bytes"] < LARGEST_PEAK


@pytest.mark.parametrize("topic", STORE_TOPICS)
def test_bad_stores_end_in_coded_errors_also_where_forecasts_are_loaded_in_this_process(topic, tmp_path):
    for bad, path in all_made(topic, tmp_path):
        if (path / STORE).is_dir():
            with contextlib.suppress(BraincastError):
                assert np.isfinite(load_forecast(path / STORE, CARDS[bad.task]).values).all(), bad


def test_a_bomb_behind_a_chunks_own_frame_is_refused_before_it_inflates(tmp_path, monkeypatch):
    files = submission(EXPECTED["probabilities"])
    files[CHUNK] += frame(None, 100)
    sign(files)
    store = as_folder(files, tmp_path / "submission") / STORE
    monkeypatch.setattr("zarr.open_group", lambda *_, **__: pytest.fail("it was opened"))
    with refused("E210", CHUNK, "one zstd frame"):
        load_forecast(store, CARDS["probabilities"])


@pytest.mark.parametrize("name", ["zip slip", "a chunk is a link", "a script"])
def test_the_command_line_ends_with_exit_3_and_one_document(name, place):
    bad = next(bad for bad in BAD_SUBMISSIONS if bad.name == name)
    path = bad.make(submission(expected_of(task_card("worm-perturbation"))), place)
    before = sight_of(place)
    done = with_home(place / "home")("validate", "worm-perturbation", path, "--json")
    assert done.returncode == 3 and sight_of(place) == before
    document = one_document(done.stdout)
    check_fit_to_be_shown(document)
    assert bad.code in [problem["code"] for problem in document["problems"]]


def test_there_are_bad_submissions_of_every_topic():
    counts = Counter(bad.topic for bad in BAD_SUBMISSIONS)
    assert len(counts) >= 15 and min(counts.values()) >= 10 and sum(counts.values()) >= 400
    assert max(Counter(map(str, BAD_SUBMISSIONS)).values()) == 1


@pytest.mark.parametrize(("codecs", "dtype"), [(ZSTD, "float32"), (CRC32C, "float64")], ids=["zstd", "crc32c"])
@pytest.mark.parametrize("method", [None, STORED, DEFLATED], ids=["folder", "stored", "deflated"])
def test_the_good_submissions_that_bad_ones_are_made_from_are_good(codecs, dtype, method, place):
    files = submission(
        EXPECTED["probabilities"], seeds=(0, 3), nulls={"identity-permuted": 2}, codecs=codecs, dtype=dtype
    )
    path = place / "submission"
    if method is None:
        as_folder(files, path)
    else:
        path.write_bytes(archive(entries_of(files, method)))
    before = sight_of(place.parent)
    assert_valid(validate(CARDS["probabilities"], path))
    assert sight_of(place.parent) == before


def test_a_good_submission_may_have_members_where_the_task_asks_for_courses(place):
    labels = {**EXPECTED["courses"].axes, "member": ["a", "b", "c"]}
    path = as_folder(submission(EXPECTED["courses"], labels=labels), place / "submission")
    assert_valid(validate(CARDS["courses"], path))


def assert_valid(validation: Validation) -> None:
    assert validation.to_dict() == {"valid": True, "problems": []}
