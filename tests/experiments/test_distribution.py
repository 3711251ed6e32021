"""Who loses out of distribution where it is known who must."""

import numpy as np
import pytest
from made_recordings import made_dataset, made_recording, made_task, random_walks
from refusals import refused

from braincast.datasets.synthetic.novelty import NEW, changing_brain, stimulated_brain
from braincast.experiments.distribution import drops_between, drops_within, made_up
from braincast.tasks.forecasting.build import Design

DESIGN = Design(context=8, horizon=4, held_out=(NEW,), stride=2)


VAR = {"order": 1, "penalty": 1e-2, "towards": "own-past", "scope": "pooled"}
AVERAGE = {"history": 8, "penalty": 1e-3, "scope": "pooled"}


def lost(recording, model: str, settings):
    """What a model loses of its error and of its skill over persistence."""
    found = {drop.model: drop for drop in drops_within(made_up(recording, "made", DESIGN), {model: settings})}
    return found[model].score, found[model].skills["persistence"]


@pytest.mark.parametrize("change", ["nothing", "noise", "law"])
def test_a_harder_condition_under_the_same_law_costs_no_skill_and_another_law_does(change):
    error, skill = lost(changing_brain(24, 600, change, seed=1), "var", VAR)
    assert (error.ci[0] > 0) == (change != "nothing")
    assert (skill.ci[1] < 0) == (change == "law")


def test_a_linear_model_foresees_two_stimuli_together_only_where_they_add_up():
    _, skill = lost(stimulated_brain(12, 600, "sum", seed=1), "stimulus-average", AVERAGE)
    assert skill.ci[1] > 0
    _, skill = lost(stimulated_brain(12, 600, "own", seed=1), "stimulus-average", AVERAGE)
    assert skill.ci[1] < 0


def test_stimulated_neurons_answer_the_sum_of_what_each_stimulus_does():
    brain = stimulated_brain(500, 400, "sum", seed=2)
    shown = brain.stimulus.values
    first, second, both = (np.asarray(brain.activity)[k * 400 : (k + 1) * 400] for k in range(3))
    # A neuron that has been pushed by p for long settles at p / (1 - 0.8).
    late = [np.convolve(shown[k * 400 : (k + 1) * 400].max(axis=1), np.ones(12))[:400] >= 12 for k in range(3)]
    means = [part[late[k]].mean(axis=0) for k, part in enumerate((first, second, both))]
    slope, offset = np.polyfit(means[0] + means[1], means[2], 1)
    assert slope == pytest.approx(1.0, abs=0.1) and abs(offset) < 0.1


def test_what_is_lost_in_an_animal_never_seen_is_paired_over_the_same_windows():
    dataset = made_dataset({name: made_recording(random_walks(300, 4, seed=k)) for k, name in enumerate("abc")})
    seen, held_out = made_task(dataset), made_task(dataset, "others", held_out_animals=True)
    found = {drop.model: drop for drop in drops_between(held_out, seen, {"ar": {"order": 2, "penalty": 1e-2}})}
    assert set(found) == {"mean", "persistence", "ar"} and found["ar"].group == "animal"
    # Persistence learns nothing, so that there is nothing to lose but the last bits of a mean of its members.
    assert found["persistence"].score.difference == pytest.approx(0.0, abs=1e-6)
    fall = found["ar"].score
    assert fall.ci[0] <= fall.outside - fall.inside <= fall.ci[1]
    with refused("E211", "windows"):
        drops_between(made_task(), seen, {})
    with refused("E122", "in and out"):
        drops_within(seen, {})
