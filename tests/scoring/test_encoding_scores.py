"""Scores of answers to stimuli: a perfect answer, silence, the floor, intervals, refusals."""

import json
from pathlib import Path

import numpy as np
import pytest
from made_eyes import TYPES, answered, ideal_values, made_card, made_task
from refusals import refused
from sklearn.metrics import roc_auc_score

from braincast.scoring.any_task import compare, score
from braincast.scoring.encoding.assessor import EncodingAssessor
from braincast.scoring.encoding.known import Known, published
from braincast.scoring.encoding.measured import measure
from braincast.scoring.encoding.measures import own_selectivity
from braincast.scoring.scores import Contender
from braincast.tasks.registry import task_card


@pytest.fixture(scope="module")
def card():
    return made_card()


@pytest.fixture(scope="module")
def task(card):
    return made_task(card)


@pytest.fixture(scope="module")
def ideal(card, task):
    return ideal_values(card, task)


@pytest.fixture(scope="module")
def noisy(card, ideal):
    """Networks that are more or less right."""
    rng = np.random.default_rng(0)
    return [answered(card, ideal + size * rng.normal(size=ideal.shape)) for size in (0.2, 0.4, 0.6)]


@pytest.fixture(scope="module")
def scored(card, task, ideal, noisy):
    silence = np.zeros_like(ideal)
    contenders = {
        "ideal": Contender((answered(card, ideal),)),
        "silent": Contender((answered(card, silence),)),
        "constant": Contender((answered(card, silence + 3.0),)),
        "optic-untrained": Contender(tuple(noisy), "baseline"),
        "ideal@signs-shuffled": Contender((answered(card, -ideal),), "null", "ideal"),
    }
    return score(task, contenders)


def value(scored, model, key):
    return scored.models[model].metrics[key].value


def test_a_perfect_answer_is_right_in_everything(scored, card):
    for key in ("polarity", "polarity_beyond_receptors", "polarity_correlation", "selectivity_auroc"):
        assert value(scored, "ideal", key) == pytest.approx(1.0)
    assert value(scored, "ideal", "tuning_correlation") == pytest.approx(1.0)
    assert value(scored, "ideal", "speed_tuning_error") == value(scored, "ideal", "task_error") == 0.0
    assert scored.models["ideal"].outside["task_error"].value == 0.0
    # Published curves are not quite centred on the direction that is written of them.
    assert 0 < value(scored, "ideal", "preferred_direction_error_deg") < 15


def test_selectivity_of_a_perfect_answer_is_that_of_the_published_curves(scored, card):
    vectors = np.exp(1j * np.radians(card.facts.tuning_angles_deg))
    indices = {name: abs(np.array(curve) @ vectors) / sum(curve) for name, curve in card.facts.tuning.items()}
    assert value(scored, "ideal", "direction_selectivity") == pytest.approx(np.mean(list(indices.values())), abs=1e-6)
    t4 = np.mean([index for name, index in indices.items() if name.startswith("T4")])
    assert value(scored, "ideal", "dsi_t4") == pytest.approx(t4, abs=1e-6) == scored.published["dsi_t4"]
    key = "preferred_direction_error_deg"
    assert scored.to_dict()["published"][key] == pytest.approx(value(scored, "ideal", key), abs=1e-3)


@pytest.mark.parametrize("model", ["silent", "constant"])
def test_an_answer_without_a_response_is_never_right_and_never_half_right_in_directions(scored, model):
    assert value(scored, model, "polarity") == value(scored, model, "polarity_beyond_receptors") == 0.0
    assert value(scored, model, "direction_selectivity") == value(scored, model, "tuning_correlation") == 0.0
    assert value(scored, model, "preferred_direction_error_deg") == 90.0
    assert value(scored, model, "selectivity_auroc") == 0.5
    assert value(scored, model, "polarity_correlation") is None
    facts = scored.facts[model]["T4a"]
    assert facts.preferred_deg is None and facts.direction_right == 0.0 and facts.polarity_right == 0.0


def test_a_model_that_answers_directions_alone_gains_nothing_from_the_silence_of_others(card, task, ideal):
    alone = ideal.copy()
    others = [column for column, name in enumerate(card.cell_types) if name not in card.facts.selective]
    alone[:, :, others] = 0.0
    scores = score(task, {"detector": answered(card, alone)}).models["detector"].metrics
    assert scores["direction_selectivity"].value == 0.0 and scores["selectivity_auroc"].value == 0.5
    assert scores["tuning_correlation"].value == pytest.approx(1.0)


def test_the_flow_error_of_seeing_no_motion_is_the_mean_speed(scored, task):
    scenes = [shown for shown in task.cases() if shown.declared.kind == "scene" and shown.declared.distribution == "in"]
    speeds = [np.hypot(*shown.flow()[10:].T).mean() for shown in scenes]
    assert value(scored, "silent", "task_error") == pytest.approx(np.mean(speeds)) == scored.mean_flow_error
    assert scored.models["silent"].outside["task_error"].value > 12 > value(scored, "silent", "task_error")


def test_auroc_is_that_of_scikit_learn(card, task, noisy):
    assessor = EncodingAssessor(task)
    measured = measure(card, noisy[0].values, assessor.flow)
    known = assessor.known
    asked = np.concatenate([known.selective, known.not_selective])
    expected = roc_auc_score(np.isin(asked, known.selective), own_selectivity(measured.dsi, known)[asked])
    assert score(task, noisy[0]).models["made"].metrics["selectivity_auroc"].value == pytest.approx(expected)


def test_answers_after_the_end_of_a_stimulus_are_not_looked_at(scored, card, task, ideal):
    changed = ideal.copy()
    for row, case in enumerate(card.cases):
        changed[row, case.n_leads :] = 77.0
    again = score(task, {"ideal": answered(card, changed)})
    assert {k: s.value for k, s in again.models["ideal"].metrics.items()} == {
        k: s.value for k, s in scored.models["ideal"].metrics.items()
    }


def test_a_cell_that_rests_above_zero_tells_directions_above_its_rest(scored, card, task, ideal):
    raised = ideal.copy()
    raised[:, :, : len(TYPES)] += 10.0
    scores = score(task, {"raised": answered(card, raised)}).models["raised"].metrics
    assert scores["direction_selectivity"].value < 0.1 * value(scored, "ideal", "direction_selectivity")
    above = scores["selectivity_above_rest"].value
    assert above == pytest.approx(value(scored, "ideal", "direction_selectivity"), abs=1e-4)
    assert scores["tuning_correlation"].value == pytest.approx(1.0)


def test_labels_in_another_order_of_types_give_another_score(card, task, ideal):
    mixed = ideal.copy()
    mixed[:, :, : len(TYPES)] = mixed[:, :, np.roll(np.arange(len(TYPES)), 1)]
    assert score(task, answered(card, mixed)).models["made"].metrics["tuning_correlation"].value < 0.5


def test_the_floor_is_a_distribution_of_networks_and_differences_are_paired(scored):
    document = scored.to_dict()
    json.dumps(document, allow_nan=False)
    floor = document["models"]["optic-untrained"]
    networks = floor["networks"]["direction_selectivity"]
    assert len(networks) == 3 and np.mean(networks) == pytest.approx(floor["metrics"]["direction_selectivity"]["value"])
    assert floor["inside_floor"]["direction_selectivity"] is True
    assert document["models"]["ideal"]["inside_floor"]["direction_selectivity"] is False
    assert document["models"]["silent"]["inside_floor"]["polarity_correlation"] is None
    pair = next(c for c in document["comparisons"] if c["a"] == "ideal" and c["b"] == "optic-untrained")
    assert pair["metric"] == "direction_selectivity" and pair["ci"][0] <= pair["difference"] <= pair["ci"][1]
    assert compare(scored, "ideal", "optic-untrained", "polarity").difference == pytest.approx(
        value(scored, "ideal", "polarity") - value(scored, "optic-untrained", "polarity")
    )
    null = next(c for c in document["comparisons"] if c["b"] == "ideal@signs-shuffled" and c["metric"] == "polarity")
    assert null["difference"] == pytest.approx(1.0)


def test_an_answer_compared_with_itself_differs_by_nothing(card, task, noisy):
    twice = score(task, {"a": noisy[1], "b": noisy[1]})
    for key in card.metric_keys:
        same = compare(twice, "a", "b", key)
        assert same.difference == 0.0 and same.ci == (0.0, 0.0) and same.p == 1.0


def test_seeds_are_drawn_as_well_as_cell_types(card, task, ideal, noisy):
    one = score(task, {"one": Contender((noisy[0],))}).models["one"].metrics["polarity_correlation"]
    apart = (answered(card, ideal), answered(card, -ideal))
    several = score(task, {"two": Contender(apart)}).models["two"].metrics["polarity_correlation"]
    assert several.value == pytest.approx(0.0, abs=1e-6)
    assert several.ci[1] - several.ci[0] > one.ci[1] - one.ci[0] > 0


def test_facts_are_told_type_by_type(scored, card):
    facts = scored.to_dict()["models"]["ideal"]["facts"]
    assert set(facts) == set(card.cell_types)
    assert facts["T4a"]["direction_right"] == 1.0 and facts["T4a"]["known_deg"] == 180.0
    assert facts["Mi1"]["is_selective"] is False and facts["Mi1"]["known_deg"] is None
    assert facts["R1"]["is_selective"] is None and facts["R1"]["tuning"] is None
    assert facts["T5b"]["tuning"]["off"] == pytest.approx(
        np.array(card.facts.tuning["T5b"]) / max(card.facts.tuning["T5b"]), abs=1e-6
    )
    groups = scored.to_dict()["models"]["ideal"]["groups"]["cell_type"]
    assert groups["T4a"]["value"] == facts["T4a"]["dsi"]


def test_the_page_of_the_task_quotes_what_the_published_curves_score():
    card = task_card("fly-motion")
    found = published(Known.of(card), np.array(card.facts.tuning_angles_deg))
    page = Path(__file__).parents[2].joinpath("docs", "findings", "fly-motion.md").read_text(encoding="utf-8")
    t4, t5, off = found["dsi_t4"], found["dsi_t5"], found["preferred_direction_error_deg"]
    assert f"DSI of {t4:.2f} (T4) and {t5:.2f} (T5), and are {off:.0f}° off" in page
    assert all(f"`{key}`" in page for key in card.metric_keys)


def test_bad_answers_are_refused(card, task, ideal):
    broken = ideal.copy()
    broken[3, 2, 1] = np.nan
    with refused("E208"):
        score(task, answered(card, broken))
    with refused("E208"):
        score(task, {"stored": Contender((broken,))})
    with refused("E204"):
        score(task, answered(card, ideal).isel(neuron=[1, 0, *range(2, len(card.neurons))]))
    with refused("E215"):
        score(task, answered(card, ideal).assign_attrs(task_hash="0" * 64))
    with refused("E212"):
        score(task, answered(card, ideal).isel(lead=slice(0, 5)))
    with refused("E303"):
        score(task, answered(card, ideal), baseline="nobody")


def test_a_metric_of_pairs_cannot_judge_answers_to_stimuli(card, ideal):
    asked = card.model_copy(update={"metrics": (card.metrics[0].model_copy(update={"key": "auroc"}),)})
    with refused("E304"):
        score(made_task(asked), answered(asked, ideal))
