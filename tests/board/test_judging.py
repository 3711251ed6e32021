"""An entry is scored as `braincast score` does, by a process that can do no harm, and always to the same bits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import with_example, with_home
from linear_entries import answers_of, linear_task, request_of, submitted

from braincast.board.judging import Limits, Nursery, judge, nursery
from braincast.board.judging.figures import Entry, forecast_hash
from braincast.board.judging.samples import samples_file, samples_in
from braincast.datasets.cache import home
from braincast.errors import BraincastError
from braincast.experiments.packed import Plan, pack_models
from braincast.files import canonical_json
from braincast.forecasts.submissions.opening import open_validated
from braincast.tasks.registry import load_task

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="these limits are of Linux")


@pytest.fixture(scope="module")
def task():
    return linear_task()


@pytest.fixture(scope="module")
def asked(task, tmp_path_factory):
    """An entry with two seeds, beside one baseline."""
    folder = tmp_path_factory.mktemp("entries")
    own = submitted(task, {3: answers_of(task, 3), 5: answers_of(task, 5)}, folder / "own.zip")
    floor = submitted(task, {0: answers_of(task, 0, 0.0)}, folder / "floor.zip", model="persistence")
    return request_of(task, own, {"persistence": floor})


@pytest.fixture
def impostor(tmp_path, monkeypatch):
    """Put another program in the place of the scoring process."""

    def put(program: str) -> None:
        (tmp_path / "impostor.py").write_text(f"import os, json, sys, time\njson.load(sys.stdin)\n{program}\n")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setattr(nursery, "CAN_FORK", False)
        monkeypatch.setattr(nursery, "_CHILD", "impostor")

    return put


def figures_here(request, submission):
    """What the scoring process does, in this one."""
    with Entry(request, submission) as entry:
        entry.fetch()
        return entry.figures()


def code_of(request, limits: Limits) -> tuple[str, str]:
    with pytest.raises(BraincastError) as refused:
        judge(request, limits)
    return refused.value.code, refused.value.what


def test_an_entry_is_scored_to_the_same_bits_with_the_resamples_of_each_seed(asked, task):
    first = judge(asked)
    assert not first.problems and first.submission is not None and first.submission.seeds == (3, 5)
    document, samples = figures_here(asked, first.submission)
    assert canonical_json(first.document) == canonical_json(document)
    assert first.samples_bytes == samples_file(samples)
    assert {key: own.shape for key, own in first.samples.items()} == dict.fromkeys(task.card.metric_keys, (2, 201))
    assert list(first.samples["mae"][:, 0]) == first.document["replicates"]
    assert first.samples["mae"][:, 0].mean() == pytest.approx(first.document["metrics"]["mae"]["value"], rel=1e-14)
    assert len(first.document["neurons"]["skill"]) == len(task.card.neurons)
    assert [pair["b"] for pair in first.document["comparisons"]] == ["persistence"] and first.duration_s > 0


def test_the_forecast_hash_changes_with_the_numbers_alone(task, tmp_path):
    def hashed(values: np.ndarray, **changes: object) -> str:
        with open_validated(task.card, submitted(task, {3: values}, tmp_path / "one.zip", **changes)) as opened:
            return forecast_hash(opened)

    values = answers_of(task, 3)
    other = values.copy()
    other[7, 1, 2] = np.nextafter(other[7, 1, 2], np.float32(np.inf))
    whole = hashed(values)
    assert whole == hashed(values, description="Said otherwise.") == hashed(values.astype(np.float64))
    assert whole != hashed(other)


def test_what_is_wrong_with_a_submission_is_listed_and_nothing_is_scored(asked, task, tmp_path):
    bad = answers_of(task, 1)
    bad[0, 0, 0] = np.nan
    judged = judge(replace(asked, submission=str(submitted(task, {1: bad}, tmp_path / "bad.zip"))))
    assert [problem.code for problem in judged.problems] == ["E208"] and not judged.document


@pytest.mark.slow
def test_a_truth_that_is_not_there_is_no_fault_of_the_entry(asked, tmp_path):
    code, _ = code_of(replace(asked, truth=str(tmp_path / "nowhere.npz")), Limits())
    assert code == "E805"


@on_linux
def test_too_much_memory_is_e808(asked):
    code, what = code_of(asked, Limits(memory_bytes=150 << 20))
    assert code == "E808" and ("memory" in what or "status" in what)


_LOOP = """while True: print('{"did": "nothing"}', flush=True); time.sleep(0.1)"""
_CLAIM = """print('{"done": true, "forecast_hash": "' + 64 * 'a' + '"}', flush=True)"""


@pytest.mark.parametrize(
    ("program", "limits", "reason"),
    [
        ("os.kill(os.getpid(), 9)", Limits(), "status -9"),
        (_LOOP, Limits(seconds=1), "it took 1 s"),
        pytest.param("time.sleep(60)", Limits(silence_s=0.5), "it said nothing for 0.5 s", marks=pytest.mark.slow),
        pytest.param(_CLAIM, Limits(), "nothing that can be read", marks=pytest.mark.slow),
    ],
    ids=["killed", "endless", "silent", "claims"],
)
def test_a_process_that_dies_or_does_not_end_or_lies_is_e808(asked, impostor, program, limits, reason):
    impostor(program)
    code, what = code_of(asked, limits)
    assert code == "E808" and reason in what


def test_a_process_that_was_ended_is_no_matter_to_the_next(asked):
    with Nursery() as source:
        before = judge(asked, None, source)
        with pytest.raises(BraincastError) as caught:
            judge(asked, Limits(silence_s=0.01), source)
        assert caught.value.code == "E808"
        after = judge(asked, None, source)
    assert after.samples_bytes == before.samples_bytes and after.document == before.document


_INSIDE = """
import json, os, socket, sys
import braincast.board.judging.child as child
def tried(family):
    try:
        socket.socket(family).close()
    except OSError as error:
        return error.errno
    return 0
def instead(asked):
    child._say({"inet": tried(socket.AF_INET), "inet6": tried(socket.AF_INET6), "unix": tried(socket.AF_UNIX)})
child._judge = instead
child.main()
"""


@on_linux
def test_the_scoring_process_opens_no_socket_to_a_network():
    asked = json.dumps({"limits": Limits().to_dict()})
    done = subprocess.run([sys.executable, "-c", _INSIDE], input=asked, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"inet": 1, "inet6": 1, "unix": 0}


def test_samples_are_the_same_bytes_in_whatever_order_metrics_come():
    rng = np.random.default_rng(0)
    samples = {key: rng.normal(size=(3, 11)) for key in ("mae", "crps")}
    samples["mae"][0, 0] = np.nan
    made = samples_file(samples)
    assert made == samples_file(dict(reversed(samples.items())))
    for key, values in samples_in(made).items():
        np.testing.assert_array_equal(values, samples[key])


def same_figures(judged: Mapping[str, Any], printed: dict[str, Any], own: str) -> bool:
    """Whether a judgement is what `braincast score --json` printed of a contender, to the last bit."""
    model = printed["models"][own]
    nulls = {name: one for name, one in printed["models"].items() if one["of"] == own}
    told = {key: model[key] for key in ("metrics", "groups", "replicates")}
    against = [pair for pair in printed["comparisons"] if pair["a"] == own]
    return (
        told == {key: judged[key] for key in told}
        and {name.split("@")[1]: one["metrics"] for name, one in nulls.items()}
        == {null: one["metrics"] for null, one in judged["nulls"].items()}
        and [pair for pair in against if pair["b"] not in nulls] == judged["comparisons"]
        and [pair["p"] for pair in against if pair["b"] in nulls]
        == [one["comparison"]["p"] for one in judged["nulls"].values()]
        and printed.get("intervals") == judged["intervals"]
        and printed["ceiling"] == judged["ceiling"]
    )


@pytest.mark.slow
def test_figures_of_a_forecast_equal_those_of_braincast_score_bit_for_bit(tmp_path):
    task = load_task("synthetic-linear")
    list(pack_models(task, [Plan("mean"), Plan("persistence"), Plan("ar")], tmp_path))
    floors = {name: tmp_path / f"{name}.zip" for name in ("mean", "persistence")}
    judged = judge(request_of(task, tmp_path / "ar.zip", floors))
    printed = with_home(home()).document("score", "synthetic-linear", tmp_path / "ar.zip")
    assert same_figures(judged.document, printed, "ar")


_ELSEWHERE = """
import json, sys
from pathlib import Path
from braincast.board.judging import Request, judge
from braincast.experiments.entrants import baselines_of
from braincast.experiments.packed import Plan, pack_models
from braincast.tasks.registry import load_task
out = Path(sys.argv[1])
task = load_task("made-task")
floors = baselines_of(task.card)
null = task.card.nulls[0]
plans = {name: Plan(name) for name in floors} | {"direct-weights": Plan("direct-weights", 3, {null: 2})}
packed = {one.model: str(one.path) for one in pack_models(task, list(plans.values()), out)}
own = {name: packed[name] for name in floors}
request = Request(task.card.model_dump_json(), None, None, packed["direct-weights"], own)
print(json.dumps(judge(request).document))
"""


@pytest.mark.slow
def test_figures_of_responses_and_nulls_equal_those_of_braincast_score_bit_for_bit(tmp_path):
    example = with_example(tmp_path / "example")
    program = [sys.executable, "-c", _ELSEWHERE, str(tmp_path)]
    done = subprocess.run(program, capture_output=True, text=True, env=example.environment)
    assert done.returncode == 0, done.stderr
    printed = example.document("score", "made-task", Path(tmp_path) / "direct-weights.zip")
    own = next(name for name in printed["models"] if name.startswith("direct-weights") and "@" not in name)
    assert len(json.loads(done.stdout)["nulls"]) == 1
    assert same_figures(json.loads(done.stdout), printed, own)
