"""A submission is read by a process with limits of its own; whatever becomes of that process, the answer is a list."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_question import made_question
from made_submissions import (
    EXPECTED,
    as_folder,
    as_zip,
    made_values,
    signed,
    store_files,
    submission_files,
)
from synthetic import small_task

from braincast.errors import CODES, BraincastError
from braincast.forecasts.expected import Expected, expected_of
from braincast.forecasts.submissions import validation
from braincast.forecasts.submissions.child import MOST_PROBLEMS, at_most
from braincast.forecasts.submissions.validation import Validation, validate

CARD = small_task().card
ASKED = expected_of(CARD)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory and ends with its parent")
HEAVY = {"zarr", "xarray", "pandas", "jax", "scipy", "numba", "h5py", "pyarrow", "equinox"}


@pytest.fixture
def stored(tmp_path) -> Path:
    """A good submission to the synthetic task."""
    return as_folder(submission_files(expected=ASKED), tmp_path / "submission")


def codes(found: Validation) -> list[str]:
    return [problem.code for problem in found.problems]


def test_a_good_submission_is_valid_as_a_folder_and_as_an_archive(stored, tmp_path, monkeypatch):
    archive = as_zip(submission_files(expected=ASKED), tmp_path / "submission.zip")
    monkeypatch.chdir(tmp_path)
    for path in (stored, archive, "submission", Path("submission.zip")):
        found = validate(CARD, path)
        assert found.valid and found.problems == () and found.to_dict() == {"valid": True, "problems": []}
        assert found.submission is not None and found.submission.model == "my-model" and found.submission.seeds == (0,)
        assert found.peak_bytes is None or 10 << 20 < found.peak_bytes < 150 << 20


def test_problems_come_with_code_place_and_remedy(stored):
    (stored / "notes.txt").write_text("more")
    (stored / "seed-0.zarr/activity/c/0/0/0").write_bytes(b"damaged")
    found = validate(CARD, stored)
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
    assert not found.valid and codes(found) == ["E604", "E210"]
    assert [problem["where"] for problem in found.to_dict()["problems"]] == [
        "notes.txt",
        "seed-0.zarr/activity/c/0/0/0",
    ]
    assert all(set(problem) == {"code", "where", "what", "fix"} for problem in found.to_dict()["problems"])


def test_a_question_about_the_circuit_is_validated_too(tmp_path):
    question = made_question()
    expected = expected_of(question)
    found = validate(question, as_folder(signed(store_files(made_values(expected), expected)), tmp_path / "s"))
    assert codes(found) == ["E605"]


@pytest.mark.parametrize("name", ["nothing", "a file", "empty"])
def test_what_is_no_submission_is_told_so_without_the_machine_s_paths(tmp_path, name):
    (tmp_path / "a file").write_text("text")
    (tmp_path / "empty").mkdir()
    found = validate(CARD, tmp_path / name)
    assert codes(found) == ["E605" if name == "empty" else "E601"] and found.submission is None
    assert str(tmp_path) not in str(found.to_dict())


def test_letters_that_steer_a_terminal_do_not_come_through(stored):
    labels = {"neuron": ["\x1b[2J\u202e<script>", *ASKED.axes["neuron"][1:]]}
    inside = store_files(made_values(ASKED), ASKED, labels=labels)
    as_folder(submission_files({"seed-0.zarr": inside}, ASKED), stored)
    found = validate(CARD, stored)
    assert codes(found) == ["E205", "E206"]
    assert all(text.isprintable() for problem in found.to_dict()["problems"] for text in problem.values())


def test_of_very_many_problems_the_rest_is_counted():
    problems = [BraincastError("E604", f"f{number}", "what", "fix") for number in range(MOST_PROBLEMS + 20)]
    assert list(at_most(problems[:MOST_PROBLEMS])) == problems[:MOST_PROBLEMS]
    told = list(at_most([*problems, BraincastError("E210", "chunk", "what", "fix")]))
    assert len(told) == MOST_PROBLEMS + 1 and "21 more problems were found, of the kinds E210, E604" in told[-1].what


def test_very_many_problems_come_through(tmp_path):
    many = {f"f{number}": b"" for number in range(300)}
    found = validate(CARD, as_folder(submission_files(expected=ASKED) | many, tmp_path / "s"))
    assert codes(found) == ["E604"] * 101 and "200 more" in found.problems[-1].what


def test_the_reading_process_knows_no_zarr_and_no_task():
    program = (
        "import sys; import braincast.forecasts.submissions.child; "
        "import braincast.forecasts.submissions.contents, braincast.forecasts.expected; print(*sys.modules)"
    )
    paths = os.pathsep.join(entry for entry in sys.path if entry)
    env = {**os.environ, "PYTHONPATH": paths}
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=env)
    loaded = set(ended.stdout.split())
    assert not HEAVY & loaded and not any(name.startswith("braincast.tasks") for name in loaded)


LIMITED = """
import json, os, sys, tempfile
from braincast.forecasts.submissions.limits import confine, peak_bytes
folder = sys.argv[1]
confine()
def tried(action):
    try:
        action()
    except (OSError, MemoryError) as error:
        return type(error).__name__ + str(getattr(error, "errno", "") or "")
    return "done"
def write():
    with open(folder + "/written", "wb", buffering=0) as stream:
        stream.write(b"x")
print(json.dumps({
    "write": tried(write),
    "open": tried(lambda: [open("/dev/null") for _ in range(100)]),
    "memory": tried(lambda: bytearray(600 << 20)),
    "peak": peak_bytes(),
    "privileges": [line.split()[1] for line in open("/proc/self/status") if line.startswith("NoNewPrivs")],
}))
"""


@on_linux
def test_the_reading_process_can_neither_write_nor_take_more_than_its_share(tmp_path):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    command = [sys.executable, "-c", LIMITED.replace('"open": tried', '"files": tried'), str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    found = json.loads(ended.stdout)
    assert found["write"] == "OSError27" and found["files"] == "OSError24" and found["memory"] == "MemoryError"
    assert 1 << 20 < found["peak"] < 100 << 20 and (tmp_path / "written").stat().st_size == 0


@pytest.fixture
def impostor(tmp_path, monkeypatch):
    """Put another program in the place of the reading process."""

    def put(program: str) -> None:
        (tmp_path / "impostor.py").write_text(f"import json, os, sys, time\n{program}\n")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setattr(validation, "_CHILD", "impostor")

    return put


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("sys.exit(3)", "status 3"),
        ("os._exit(0)", "status 0"),
        ("raise MemoryError", "status 1"),
        ("json.load(sys.stdin); print('no JSON', flush=True); time.sleep(60)", ""),
        ("json.load(sys.stdin); print('[1]', flush=True); time.sleep(60)", ""),
        ("""json.load(sys.stdin); print('{"done": true}', flush=True); time.sleep(60)""", ""),
        ("""print('{"done": true, "peak_bytes": null, "submission": {"model": "x"}}', flush=True)""", ""),
        ("""print('{"code": "E999", "where": "", "what": "", "fix": ""}', flush=True); time.sleep(60)""", ""),
        ("while True: print(json.dumps({'bytes': 1, 'more': 'x' * 10_000}))", ""),
        ('json.load(sys.stdin); print(\'{"done": true, "submission": null, "peak_bytes": 1}\', flush=True)', ""),
        ("while True: sys.stdout.write('[' * 1000000)", ""),
    ],
)
def test_a_process_that_dies_or_says_anything_else_is_not_believed(stored, impostor, program, reason):
    impostor(program)
    found = validate(CARD, stored)
    assert not found.valid and codes(found) == ["E610"] and reason in found.problems[0].what
    assert found.submission is None and codes(found)[0] in CODES


def test_a_process_that_falls_silent_is_ended_and_what_it_said_is_kept(stored, impostor, monkeypatch):
    monkeypatch.setattr(validation, "SILENCE_S", 0.5)
    said = json.dumps({"code": "E604", "where": "f", "what": "w", "fix": "x"})
    impostor(f"print('{said}', flush=True); time.sleep(600)")
    found = validate(CARD, stored)
    assert codes(found) == ["E604", "E610"] and "said nothing for 0.5 s" in found.problems[1].what


def test_an_interrupt_ends_the_reading_process(stored, impostor, monkeypatch):
    impostor("print(json.dumps({'bytes': os.getpid()}), flush=True); time.sleep(600)")
    seen: list[int] = []

    def interrupted(_, line) -> int:
        seen.append(line["bytes"])
        raise KeyboardInterrupt

    monkeypatch.setattr(validation._Report, "add", interrupted)
    with pytest.raises(KeyboardInterrupt):
        validate(CARD, stored)
    with pytest.raises(ProcessLookupError):
        os.kill(seen[0], 0)


CONFINED = """
import time
from braincast.forecasts.submissions.limits import confine
confine()
print("confined", flush=True)
time.sleep(600)
"""
STARTER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


@on_linux
def test_a_process_whose_parent_is_killed_ends_too():
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    command = [sys.executable, "-c", STARTER, CONFINED]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as parent:
        assert parent.stdout is not None
        status = Path(f"/proc/{int(parent.stdout.readline())}/status")
        parent.kill()
    while status.exists() and "zombie" not in status.read_text():
        time.sleep(0.01)


def large(dtype: str = "float32") -> tuple[Expected, np.ndarray]:
    """A task whose whole answer is one chunk of 64 MiB."""
    n = (64 << 20) // np.dtype(dtype).itemsize // 16
    axes = {"case": ("a", "b", "c", "d"), "lead": ("1", "2", "3", "4"), "neuron": tuple(map(str, range(n)))}
    expected = replace(EXPECTED, axes=axes)
    return expected, np.random.default_rng(0).integers(0, 99, expected.shape).astype(dtype)


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["zstd", "crc32c"])
@pytest.mark.parametrize("value", [0.5, np.nan])
def test_the_largest_chunk_fits_into_the_memory_that_reading_may_take(tmp_path, codec, value, monkeypatch):
    expected, values = large()
    values[:, :, ::2] = value
    monkeypatch.setattr(validation, "expected_of", lambda asked: expected)
    inside = store_files(values, expected, codec=codec, chunk=values.shape)
    path = as_zip(submission_files({"seed-0.zarr": inside}, expected), tmp_path / "s.zip", zipfile.ZIP_DEFLATED)
    found = validate(CARD, path)
    assert codes(found) == ([] if value == 0.5 else ["E208"])
    assert found.peak_bytes is None or found.peak_bytes < 512 << 20
