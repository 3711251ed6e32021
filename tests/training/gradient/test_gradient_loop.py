"""The loop: it reaches known optima, keeps the best, goes on bit for bit, and stops where numbers end."""

import json
from dataclasses import replace

import jax
import numpy as np
import pytest
from made_lessons import QUICK, SMALL, Scaling, arrays_of, assert_equal_bits, coupled, made_lesson, place_in, small_task
from refusals import refused

from braincast import files
from braincast.progress import reporting
from braincast.training.gradient import loop
from braincast.training.gradient.evaluation import mean_absolute_error
from braincast.training.gradient.loop import train
from braincast.training.place import Place


class Stop(Exception):
    """Ends a training where a test wants it to end."""


class Stopping:
    """A reporter that stops everything at a step; it keeps the notes that it is shown."""

    def __init__(self, at: int | None = None) -> None:
        self.at, self.done, self.notes = at, 0.0, []

    def start(self, what, total):
        def advance(amount, note="", /):
            self.done += amount
            self.notes.append(note)
            if self.at is not None and self.done > self.at:
                raise Stop

        return advance

    def finish(self, what):
        return None


def stopped(lesson, place, at):
    with pytest.raises(Stop), reporting(Stopping(at)):
        train(lesson, place)


def test_a_linear_map_trained_on_squares_ends_at_least_squares():
    lesson = made_lesson(
        **{"loss": "squared", "weight_decay": 0.0, "clip": 1e6, "batch": 1000, "learning_rate": 0.05},
        **{"steps": 600, "every": 600, "warmup": 0.0},
    )
    network = train(lesson, Place()).state.network
    batch = lesson.learning.batch(np.arange(len(lesson.learning)))
    rows = batch.seen.context.transpose(0, 2, 1).reshape(-1, 4)
    inputs = np.column_stack([rows, np.ones(len(rows))])
    solved = np.linalg.lstsq(inputs, batch.target.transpose(0, 2, 1).reshape(len(rows), 2), rcond=None)[0]
    np.testing.assert_allclose(np.asarray(network.weight), solved[:-1].T, atol=2e-4)
    np.testing.assert_allclose(np.asarray(network.bias), solved[-1], atol=2e-4)


def test_one_number_trained_on_absolute_errors_ends_at_their_median():
    lesson = made_lesson(Scaling(), learning_rate=0.05, batch=1000, steps=300, every=300, warmup=0.0, clip=1e6)
    found = float(train(lesson, Place()).state.network.factor)
    batch = lesson.learning.batch(np.arange(len(lesson.learning)))
    grid = found + np.linspace(-0.05, 0.05, 101)
    losses = [np.abs(batch.target - factor * batch.seen.context[:, -1:]).mean() for factor in grid]
    assert abs(grid[int(np.argmin(losses))] - found) < 0.003


def test_training_ends_when_nothing_gets_better_and_what_was_best_is_kept():
    lesson = made_lesson(Scaling(start=0.75), learning_rate=10.0, steps=1000, patience=3, warmup=0.0)
    standing = train(lesson, Place())
    errors = {row["step"]: row["validation"] for row in standing.metrics}
    assert standing.best_step == min(errors, key=lambda step: errors[step])
    assert standing.step == standing.best_step + 3 * QUICK["every"] < 1000
    assert mean_absolute_error(standing.best, lesson.validation, lesson.layout, 8) == standing.best_error


def test_metrics_say_what_happened_at_each_evaluation(tmp_path):
    reporter = Stopping()
    with reporting(reporter):
        standing = train(made_lesson(), place_in(tmp_path))
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == list(standing.metrics)
    assert [row["step"] for row in standing.metrics] == [10, 20, 30, 40]
    assert all(np.isfinite(list(row.values())).all() for row in standing.metrics)
    assert reporter.done == 40 and reporter.notes[-1].startswith("loss ")


def test_the_seed_decides_and_nothing_else():
    first, again, other = (train(made_lesson("tsmixer", **SMALL, seed=seed), Place()) for seed in (3, 3, 4))
    assert_equal_bits(first.state, again.state)
    assert first.metrics == again.metrics
    assert any((a != b).any() for a, b in zip(arrays_of(first.best), arrays_of(other.best), strict=True))


@pytest.fixture(scope="module")
def whole():
    """A training that nothing stopped."""
    return train(made_lesson("tsmixer", **SMALL), Place())


@pytest.mark.parametrize("at", [0, 9, 10, 27])
def test_a_training_that_was_stopped_goes_on_to_the_same_bits(at, whole, tmp_path):
    stopped(made_lesson("tsmixer", **SMALL), place_in(tmp_path), at)
    resumed = train(made_lesson("tsmixer", **SMALL), place_in(tmp_path))
    assert_equal_bits(resumed.state, whole.state)
    assert_equal_bits(resumed.best, whole.best)
    assert resumed.metrics == whole.metrics
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 4


def test_a_training_that_had_ended_is_taken_as_it_is(tmp_path):
    whole = train(made_lesson(), place_in(tmp_path))
    stopped_at_once = Stopping(at=40)
    with reporting(stopped_at_once):
        again = train(made_lesson(), place_in(tmp_path))
    assert_equal_bits(again.state, whole.state)


def test_a_loss_that_is_not_finite_is_refused():
    with refused("E701", "model scaling, seed 0", "step 0", "learning_rate"):
        train(made_lesson(Scaling(start=np.inf)), Place())


def test_a_training_that_diverges_leaves_the_last_checkpoint_as_it_was(tmp_path, monkeypatch):
    lesson = made_lesson()
    stopped(lesson, place_in(tmp_path), 25)
    checkpoint = sorted(tmp_path.glob("step-*"))[-1]
    before = (checkpoint / "manifest.json").read_bytes()
    update = loop.update

    def diverging(given, state):
        state, loss, norm = update(given, state)
        return state, loss * np.nan if int(given.step) == 23 else loss, norm

    monkeypatch.setattr(loop, "update", diverging)
    with refused("E701", "step 23"):
        train(made_lesson(), place_in(tmp_path))
    assert sorted(tmp_path.glob("step-*"))[-1] == checkpoint
    files.check_manifest(checkpoint)
    assert (checkpoint / "manifest.json").read_bytes() == before
    monkeypatch.undo()
    assert_equal_bits(train(made_lesson(), place_in(tmp_path)).state, train(lesson, Place()).state)


def test_what_was_not_observed_teaches_nothing():
    activity = coupled()
    gaps = activity.copy()
    gaps[np.random.default_rng(0).random(gaps.shape) < 0.2] = np.nan
    lesson = made_lesson(task=small_task(gaps), rescaling="last")
    rows = np.arange(30)
    batch = lesson.learning.batch(rows)
    assert not np.isfinite(batch.target).all()
    network = lesson.begin(key=lesson.key(0))
    gradient = jax.grad(lambda n: n.loss(jax.tree.map(lambda x: jax.numpy.asarray(x[7]), batch), "absolute"))(network)
    assert all(np.isfinite(leaf).all() for leaf in arrays_of(gradient))
    standing = train(lesson, Place())
    assert np.isfinite([row["loss"] for row in standing.metrics]).all()


def test_the_validation_error_is_the_mean_over_what_was_observed():
    activity = coupled()
    activity[np.random.default_rng(0).random(activity.shape) < 0.2] = np.nan
    lesson = made_lesson(Scaling(start=0.5), small_task(activity))
    network = lesson.begin(key=lesson.key(0))
    every = lesson.validation.batch(np.arange(len(lesson.validation)))
    expected = np.nanmean(np.abs(every.target - 0.5 * every.seen.context[:, -1:]))
    for batch in (1, 7, 8, 1000):
        assert mean_absolute_error(network, lesson.validation, lesson.layout, batch) == pytest.approx(
            expected, rel=1e-6
        )


class ShortSeries:
    """A task whose training frames are fewer than a window."""

    def training(self, fold):
        training = small_task().training(fold)
        short = [piece.model_copy(update={"stop": piece.start + 3}) for piece in training.pieces]
        return replace(training, pieces=tuple(short))


def test_without_anything_observed_there_is_nothing_to_learn():
    assert made_lesson().learning.n_observed > 0
    with refused("E704", "no training window"):
        made_lesson(task=ShortSeries())
