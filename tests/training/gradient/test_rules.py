"""The optimiser and its schedule against their formulas."""

import numpy as np
import optax
import pytest

from braincast.models.blackbox.learning import DEFAULTS, learned
from braincast.training.gradient.rules import Rules, optimiser, schedule


def rules(**settings) -> Rules:
    return Rules.of(learned(**settings))


def test_settings_become_rules_and_others_are_left_out():
    assert vars(rules(rescaling="last")) == dict(DEFAULTS)


def test_the_learning_rate_rises_along_a_line_and_falls_along_half_a_cosine():
    found = [float(schedule(rules(learning_rate=0.1, steps=100, warmup=0.2))(step)) for step in range(101)]
    rising = 0.1 * np.arange(20) / 20
    falling = 0.05 * (1 + np.cos(np.pi * np.arange(81) / 80))
    np.testing.assert_allclose(found, [*rising, *falling], atol=1e-8)


def test_without_warm_up_the_first_step_is_the_largest():
    assert float(schedule(rules(learning_rate=0.1, steps=7, warmup=0.0))(0)) == pytest.approx(0.1)


def test_the_optimiser_is_made_once_for_equal_rules():
    assert optimiser(rules()) is optimiser(rules()) and optimiser(rules()) is not optimiser(rules(clip=2.0))


def test_steps_are_those_of_adamw_on_gradients_shortened_to_a_norm():
    given = rules(learning_rate=0.05, weight_decay=0.1, clip=0.5, steps=20, warmup=0.1)
    rng = np.random.default_rng(0)
    weights, gradients = rng.normal(size=6), rng.normal(size=(8, 6))
    found, state = weights.astype(np.float32), optimiser(given).init(weights.astype(np.float32))
    mean, square, expected = np.zeros(6), np.zeros(6), weights.copy()
    for number, gradient in enumerate(gradients):
        change, state = optimiser(given).update(gradient.astype(np.float32), state, found)
        found = optax.apply_updates(found, change)
        short = gradient * min(1.0, 0.5 / np.linalg.norm(gradient))
        mean, square = 0.9 * mean + 0.1 * short, 0.999 * square + 0.001 * short**2
        step = mean / (1 - 0.9 ** (number + 1)) / (np.sqrt(square / (1 - 0.999 ** (number + 1))) + 1e-8)
        rate = float(schedule(given)(number))
        expected -= rate * (step + 0.1 * expected)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("step", "best", "ends"), [(0, 0, False), (100, 40, True), (60, 20, True), (60, 30, False)])
def test_training_ends_after_all_steps_or_when_nothing_gets_better(step, best, ends):
    assert rules(steps=100, every=20, patience=2).are_met(step, best) == ends


def test_a_round_ends_at_an_evaluation_or_with_the_last_step():
    given = rules(steps=50, every=20)
    assert [given.end_of_round(step) for step in (0, 20, 40)] == [20, 40, 50]
