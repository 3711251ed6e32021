"""Hidden truth fits its task, is nowhere public, and what is told of it gives neither cases nor values away."""

from __future__ import annotations

import json

import numpy as np
import pytest
from linear_entries import answers_of, linear_task, request_of, submitted

from braincast.board.judging import check_truth
from braincast.board.judging.figures import Entry
from braincast.board.judging.hidden import without_secrets
from braincast.board.judging.rounding import rounded, rounded_pair
from braincast.errors import BraincastError
from braincast.files import canonical_json
from braincast.forecasts.submissions.opening import open_validated
from braincast.scoring.forecasting.hidden import strata
from braincast.scoring.standing import standing
from braincast.tasks.forecasting.truth import open_window_truth

SENTINEL = 123456.789


@pytest.fixture(scope="module")
def task():
    return linear_task()


@pytest.fixture(scope="module")
def public(task):
    """What the dataset itself says."""
    return open_window_truth(task).read(slice(None), slice(None)).astype(np.float32)


@pytest.fixture(scope="module")
def truth(public):
    """Another run of the same brain, say, with neurons and cases that were not observed."""
    values = public + np.random.default_rng(8).normal(size=public.shape).astype(np.float32)
    values[:, :, 3] = np.nan
    values[5] = np.nan
    return values


def kept(values: np.ndarray, path, **labels):
    np.savez(path, activity=values, **labels)
    return path


def judged(task, truth, seeds, folder):
    """Rounded figures, samples, and the truth's hash, of an entry beside a baseline."""
    folder.mkdir()
    path = kept(truth, folder / "truth.npz")
    own = submitted(task, dict(enumerate(seeds[1:])), folder / "own.zip")
    floor = submitted(task, {0: seeds[0]}, folder / "floor.zip", model="persistence")
    request = request_of(task, own, {"persistence": floor}, truth=str(path))
    with open_validated(task.card, own) as opened, Entry(request, opened.submission) as entry:
        entry.fetch()
        document, samples = entry.figures()
    return document, samples, check_truth(task.card, task, path)


@pytest.fixture(scope="module")
def seeds(task):
    return [answers_of(task, 0, 0.0), *(answers_of(task, seed) for seed in (1, 2))]


@pytest.fixture(scope="module")
def plain(task, truth, seeds, tmp_path_factory):
    return judged(task, truth, seeds, tmp_path_factory.mktemp("plain") / "board")


def test_cases_permuted_with_the_forecasts_change_no_byte_of_what_is_told(task, truth, seeds, plain, tmp_path):
    order, rng = np.arange(len(truth)), np.random.default_rng(1)
    for places in strata(task.card):
        order[places] = rng.permutation(places)
    assert (order != np.arange(len(truth))).sum() > 25
    document, samples, digest = judged(task, truth[order], [values[order] for values in seeds], tmp_path / "board")
    assert digest == plain[2]
    assert canonical_json(rounded(document)) == canonical_json(rounded(plain[0]))
    told = [standing(task.card, {1: own, 2: plain[1]}, [1, 2]).comparisons for own in (samples, plain[1])]
    assert json.dumps(told[0]) == json.dumps(told[1])


@pytest.mark.slow
def test_forecasts_alone_permuted_score_otherwise(task, truth, seeds, plain, tmp_path):
    order = np.arange(len(truth))
    for places in strata(task.card):
        order[places] = places[::-1]
    document, *_ = judged(task, truth, [seeds[0], *(values[order] for values in seeds[1:])], tmp_path / "board")
    assert rounded(document)["metrics"]["mae"]["value"] != rounded(plain[0])["metrics"]["mae"]["value"]


def test_a_sentinel_in_the_truth_appears_in_no_output(task, truth, seeds, tmp_path):
    planted = truth.copy()
    planted[7, 1, 2] = SENTINEL
    document, samples, digest = judged(task, planted, seeds, tmp_path / "board")
    pairs = standing(task.card, {1: samples, 2: {k: v[:, ::1] for k, v in samples.items()}}, [1, 2]).comparisons
    shown = canonical_json([rounded(document), [rounded_pair(pair) for pair in pairs], digest])
    for text in ("123456", "123457", "12345", "1.23456", "1.2346"):
        assert text not in shown
    assert document["metrics"]["mae"]["value"] > 5, "the sentinel was scored"


def test_figures_have_three_digits_and_nothing_is_by_case_or_neuron(task, plain):
    shown = rounded(plain[0])

    def numbers(value, key=""):
        if isinstance(value, dict):
            return [pair for name, inner in value.items() for pair in numbers(inner, name)]
        if isinstance(value, list):
            return [pair for inner in value for pair in numbers(inner, key)]
        return [(key, value)] if isinstance(value, float) else []

    found = numbers(shown)
    assert len(found) > 100
    assert all(float(f"{value:.{1 if key == 'p' else 2}e}") == value for key, value in found)
    assert shown["neurons"] is None and "coverage" not in shown["intervals"]

    def longest(value):
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return max([len(value) if isinstance(value, list) else 0, *map(longest, inner)], default=0)

    assert longest({key: value for key, value in shown.items() if "comparisons" not in key}) <= 3


def test_labels_and_shape_and_values_have_to_fit(task, truth, tmp_path):
    ids, neurons = [case.id for case in task.card.cases], list(task.card.neurons)
    path = tmp_path / "truth.npz"
    whole = check_truth(task.card, task, kept(truth, path, case=ids, neuron=neurons))
    assert whole == check_truth(task.card, task, kept(truth, path)) and len(whole) == 64
    infinite, twins = truth.copy(), truth.copy()
    infinite[0, 0, 0] = np.inf
    twins[1] = twins[0]
    unfit = {
        "shape": (truth[:-1], {}),
        "dtype": (np.zeros(truth.shape, int), {}),
        "labels": (truth, {"case": ids[::-1]}),
        "neurons": (truth, {"neuron": neurons[::-1]}),
        "infinite": (infinite, {}),
        "nothing": (np.full_like(truth, np.nan), {}),
        "twins": (twins, {}),
    }
    for values, labels in unfit.values():
        with pytest.raises(BraincastError, match="E805"):
            check_truth(task.card, task, kept(values, path, **labels))
    path.write_bytes(b"no archive")
    with pytest.raises(BraincastError, match="E805"):
        check_truth(task.card, task, path)


def test_pickled_objects_in_a_truth_are_refused(task, tmp_path):
    np.savez(tmp_path / "truth.npz", activity=np.array([{"a": 1}], dtype=object))
    with pytest.raises(BraincastError, match="E805"):
        check_truth(task.card, task, tmp_path / "truth.npz")


@pytest.mark.parametrize("part", ["everything", "a frame", "a trace", "nearly a frame"])
def test_a_truth_that_the_dataset_holds_is_public(task, truth, public, tmp_path, part):
    values = public.copy() if part == "everything" else truth.copy()
    if part == "a frame":
        values[7, 1] = public[7, 1]
    if part == "a trace":
        values[7, :, 2] = public[7, :, 2]
    if part == "nearly a frame":
        values[7, 1] = public[7, 1] * (1 + 1e-6)
    with pytest.raises(BraincastError, match="E806"):
        check_truth(task.card, task, kept(values, tmp_path / "truth.npz"))


def test_numbers_that_the_dataset_does_not_hold_are_hidden(task, truth, public, tmp_path):
    values = np.where(np.isnan(truth), np.nan, truth)
    values[3, 0, :2] = public[3, 0, :2]  # two of a frame may agree by chance
    assert check_truth(task.card, task, kept(values, tmp_path / "truth.npz"))


def test_nothing_is_told_of_groups_of_fewer_than_five(task, plain):
    few = task.card.model_copy(update={"regions": ("few",) * 4 + ("many",) * (len(task.card.neurons) - 4)})
    document = {
        **plain[0],
        "groups": {"region": {"few": {}, "many": {}}, "activity": plain[0]["groups"]["activity"]},
        "group_comparisons": [{"a": "x", "group": "region: few"}, {"a": "x", "group": "lead: 1"}],
    }
    shown = without_secrets(document, few)
    assert list(shown["groups"]["region"]) == ["many"] and len(shown["groups"]["activity"]) == 4
    assert [pair["group"] for pair in shown["group_comparisons"]] == ["lead: 1"]
