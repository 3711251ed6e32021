"""The scorecard of forecasts: values, skills, groups, comparisons, and what it says about its intervals."""

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import zarr
from made_recordings import made_dataset, made_recording, made_task, random_walks, three_conditions
from refusals import refused

from braincast.scoring.forecasting.card import ForecastScorecard, compare_forecasts
from braincast.scoring.forecasting.scorecard import score_forecasts
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.truth import open_window_truth


def labelled(task: ForecastTask, values: np.ndarray) -> xr.DataArray:
    card = task.card
    coords = {"case": [c.id for c in card.cases], "lead": list(card.leads), "neuron": list(card.neurons)}
    if values.ndim == 4:
        coords["member"] = [str(m) for m in range(values.shape[3])]
    return xr.DataArray(values.astype(np.float32), coords=coords, dims=list(coords))


def answers(task: ForecastTask) -> dict[str, xr.DataArray]:
    """The mean, the last frame, a fading last frame, and quantiles around that."""
    windows = task.cases()
    last = np.repeat(windows.contexts()[:, -1:], windows.shape[1], axis=1)
    fading = last * (0.9 ** np.arange(1, windows.shape[1] + 1))[:, None]
    return {
        "mean": labelled(task, np.zeros(windows.shape)),
        "persistence": labelled(task, last),
        "fading": labelled(task, fading),
        "quantiles": labelled(task, fading[..., None] + np.linspace(-0.8, 0.8, 10)),
    }


@pytest.fixture(scope="module")
def two_animals() -> ForecastTask:
    """Two animals with three conditions of which one is held out; eight neurons in two regions and one in none."""
    regions = ["left"] * 4 + ["right"] * 4 + [""]
    made = {
        name: made_recording(
            random_walks(n_frames=400, n_neurons=9, seed=seed),
            conditions=three_conditions(400),
            anatomy=pd.DataFrame({"region": regions}),
        )
        for seed, name in enumerate("ab")
    }
    return made_task(made_dataset(made), held_out=("c",))


@pytest.fixture(scope="module")
def card(two_animals) -> ForecastScorecard:
    return score_forecasts(two_animals, answers(two_animals))


@pytest.fixture(scope="module")
def errors(two_animals) -> np.ndarray:
    """|fading - truth| of every case, lead and neuron."""
    truth = open_window_truth(two_animals).read(slice(None), slice(None))
    return np.abs(answers(two_animals)["fading"].values.astype(float) - truth)


def inside(task: ForecastTask) -> np.ndarray:
    return np.array([case.distribution == "in" for case in task.card.cases])


def test_single_figures_are_about_cases_like_the_training_data(card, errors, two_animals):
    found = card.models["fading"].metrics["mae"]
    own = errors[inside(two_animals)]
    assert found.value == pytest.approx(own.mean(), rel=1e-12) and found.n == own.size
    assert found.by_lead == pytest.approx(list(own.mean(axis=(0, 2))), rel=1e-12)
    assert card.headline == len(own) < len(errors)


def test_groups_of_cases_count_all_their_cases(card, errors, two_animals):
    groups = card.models["fading"].groups
    assert set(groups) == {"distribution", "condition", "animal", "region", "activity"}
    cases = two_animals.card.cases
    for label in "abc":
        mask = [case.condition == label for case in cases]
        assert groups["condition"][label].value == pytest.approx(errors[mask].mean(), rel=1e-12)
    outside = ~inside(two_animals)
    assert groups["distribution"]["out"].value == pytest.approx(errors[outside].mean(), rel=1e-12)
    assert groups["animal"]["b"].n == sum(case.recording == 1 for case in cases) * errors[0].size


def test_groups_of_neurons_are_regions_and_quarters_of_activity_in_training_frames(card, errors, two_animals):
    groups, own = card.models["fading"].groups, errors[inside(two_animals)]
    assert list(groups["region"]) == ["left", "right"]
    assert groups["region"]["right"].value == pytest.approx(own[..., 4:8].mean(), rel=1e-12)
    assert groups["region"]["right"].by_lead == pytest.approx(list(own[..., 4:8].mean(axis=(0, 2))), rel=1e-12)
    level = open_window_truth(two_animals).activity_level
    least = np.argsort(level, kind="stable")[:3]
    assert groups["activity"]["least active quarter"].value == pytest.approx(own[..., least].mean(), rel=1e-12)
    assert len(groups["activity"]) == 4 and groups["region"]["left"].ci is not None


def test_skill_is_over_the_baseline_and_over_the_best_simple_model(card, two_animals):
    value = {name: score.metrics["mae"].value for name, score in card.models.items()}
    best = min(("mean", "persistence"), key=value.__getitem__)
    assert (card.best_simple.name, card.best_simple.chosen_on) == (best, "test")
    found = card.models["fading"].metrics["mae"]
    assert found.skill == pytest.approx(1 - value["fading"] / value["persistence"])
    assert found.skill_over_simple == pytest.approx(1 - value["fading"] / value[best])
    chosen = score_forecasts(two_animals, answers(two_animals), simple="mean")
    assert (chosen.best_simple.name, chosen.best_simple.chosen_on) == ("mean", "validation")


def test_skill_in_groups_and_of_neurons_is_over_the_baseline_there(card, two_animals):
    models = card.models
    left = [models[name].groups["region"]["left"] for name in ("fading", "persistence")]
    assert left[0].skill == pytest.approx(1 - left[0].value / left[1].value)
    truth = open_window_truth(two_animals).read(slice(None), slice(None))[inside(two_animals)]
    each = {
        name: np.abs(answers(two_animals)[name].values[inside(two_animals)] - truth.astype(float)).mean(axis=(0, 1))
        for name in ("fading", "persistence")
    }
    expected = 1 - each["fading"] / each["persistence"]
    np.testing.assert_allclose(card.neurons["fading"].skill, expected, rtol=1e-6)
    told = card.neurons["fading"].to_dict()
    assert told["share_better"] == (expected > 0).mean() and told["n"] == 9 and len(told["median_by_lead"]) == 3


def test_members_have_crps_coverage_and_spread_and_single_values_only_a_crps(card):
    single, several = (card.models[name].metrics for name in ("fading", "quantiles"))
    assert single["crps"].value == single["mae"].value
    assert single["coverage"].value is None and single["spread_skill"].value is None
    assert several["crps"].value < several["mae"].value and 0 < several["coverage"].value < 1


def test_comparisons_are_paired_and_made_at_each_lead_and_out_of_distribution(card):
    found = next(c for c in card.comparisons if (c.a, c.b) == ("fading", "persistence"))
    value = {name: score.metrics["mae"] for name, score in card.models.items()}
    assert found.difference == pytest.approx(value["fading"].value - value["persistence"].value)
    own = value["fading"].ci[1] - value["fading"].ci[0]
    assert found.ci[1] - found.ci[0] < own, "paired differences vary less than scores"
    groups = {c.group for c in card.group_comparisons if (c.a, c.b) == ("fading", "persistence")}
    assert groups == {"lead: 1", "lead: 2", "lead: 3", "distribution: in", "distribution: out"}
    pairs = [(c.a, c.b) for c in card.comparisons]
    assert len(pairs) == len(set(map(frozenset, pairs))), "no pair stands there twice"


def test_what_is_compared_later_equals_what_stands_there(card):
    found = next(c for c in card.comparisons if (c.a, c.b) == ("fading", "persistence"))
    assert compare_forecasts(card, "fading", "persistence", "mae") == found
    with refused("E303", "fadin"):
        compare_forecasts(card, "fadin", "persistence", "mae")
    with refused("E304", "brier"):
        compare_forecasts(card, "fading", "persistence", "brier")


def test_intervals_say_how_many_animals_and_blocks_they_come_from_and_how_often_they_hold(card, two_animals):
    told = card.intervals
    assert told["n_animals"] == 2 and not told["within_one_animal"]
    assert told["block_frames"] == two_animals.card.block and told["n_surrogates"] == 200
    assert 0.8 < told["coverage"] <= 1 and told["lowest_coverage"] <= told["coverage"]
    assert told["flag"] == (told["coverage"] < 0.9)


def test_one_animal_is_said_to_be_one():
    task = made_task()
    told = score_forecasts(task, answers(task)).intervals
    assert told["within_one_animal"] and told["n_animals"] == 1 and told["n_blocks"] > 1


def test_the_document_is_plain_json_with_the_contracts_entries(card):
    document = json.loads(json.dumps(card.to_dict(), allow_nan=False))
    entry = document["models"]["fading"]
    assert {"role", "of", "metrics", "groups", "replicates", "cost", "neurons", "outside"} == set(entry)
    assert {"value", "ci", "n", "skill", "ceiling_share", "by_lead", "by_lead_ci"} <= set(entry["metrics"]["mae"])
    assert len(entry["metrics"]["mae"]["by_lead_ci"]) == 3
    assert entry["outside"]["mae"]["value"] == entry["groups"]["distribution"]["out"]["value"]
    assert document["baseline"] == "persistence" and document["primary"] == "mae"


def test_scorecards_become_datasets_and_tables(card):
    table = card.to_xarray()
    assert table.sizes == {"model": 4, "metric": 8, "lead": 3}
    expected = card.models["fading"].metrics["mae"].by_lead
    np.testing.assert_allclose(table["by_lead"].sel(model="fading", metric="mae"), expected)
    assert "fading" in card.to_html()


def test_workers_and_storage_change_no_bit(two_animals):
    plain = {name: array.values for name, array in answers(two_animals).items()}
    documents = []
    for workers, size in ((1, 5), (2, 64), (4, 1000)):
        stored = {
            name: Contender(
                (zarr.create_array(zarr.storage.MemoryStore(), data=v, chunks=(size, *v.shape[1:2], 4, *v.shape[3:])),)
            )
            for name, v in plain.items()
        }
        documents.append(score_forecasts(two_animals, stored, workers=workers).to_dict())
    assert documents[0] == documents[1] == documents[2]
    assert documents[0] == score_forecasts(two_animals, answers(two_animals)).to_dict()


def test_seeds_are_averaged_and_each_stands_there(two_animals):
    found = answers(two_animals)
    noisy = [found["fading"] + 0.1 * seed for seed in range(3)]
    several = score_forecasts(two_animals, {**found, "seeds": Contender(tuple(noisy))}).models["seeds"]
    alone = [score_forecasts(two_animals, {"one": one}).models["one"].metrics["mae"].value for one in noisy]
    assert several.replicates == pytest.approx(tuple(alone)) and len(set(alone)) == 3
    assert several.metrics["mae"].value == pytest.approx(np.mean(alone))


def test_nulls_are_compared_with_their_model(two_animals):
    found = answers(two_animals)
    null = Contender((found["mean"],), role="null", of="fading")
    card = score_forecasts(two_animals, {**found, "fading/null": null})
    assert ("fading", "fading/null") in {(c.a, c.b) for c in card.comparisons}
    assert ("fading/null", "persistence") not in {(c.a, c.b) for c in card.comparisons}


def test_missing_truth_is_left_out_and_counted():
    activity = random_walks(n_frames=300)
    activity[250:270, 2] = np.nan
    task = made_task(made_dataset(made_recording(activity)))
    truth = open_window_truth(task).read(slice(None), slice(None))
    card = score_forecasts(task, answers(task))
    error = np.abs(answers(task)["fading"].values.astype(float) - truth)
    assert card.models["fading"].metrics["mae"].n == np.isfinite(truth).sum() < truth.size
    assert card.models["fading"].metrics["mae"].value == pytest.approx(np.nanmean(error), rel=1e-12)


def test_a_perfect_forecast_has_no_error_and_full_skill():
    task = made_task()
    truth = open_window_truth(task).read(slice(None), slice(None))
    card = score_forecasts(task, {**answers(task), "oracle": labelled(task, truth)})
    found = card.models["oracle"].metrics
    assert found["mae"].value == 0.0 and found["mae"].skill == 1.0 and found["active_fraction_error"].value == 0.0
    assert found["r2"].value == pytest.approx(1.0) and found["correlation"].value == pytest.approx(1.0)


def test_a_known_noise_floor_gives_the_share_of_the_way_to_it():
    task = made_task()
    floored = ForecastTask(task.card.model_copy(update={"noise_floor": (0.1, 0.2, 0.3)}), lambda: task.specimens)
    card = score_forecasts(floored, answers(floored))
    value = {name: score.metrics["mae"].value for name, score in card.models.items()}
    share = (value["persistence"] - value["fading"]) / (value["persistence"] - 0.2)
    assert card.models["fading"].metrics["mae"].ceiling_share == pytest.approx(share)
    assert card.ceiling["noise_floor"] == [0.1, 0.2, 0.3]


def test_unknown_baselines_wrong_shapes_and_swapped_neurons_are_refused():
    task = made_task()
    found = answers(task)
    with refused("E303", "nobody"):
        score_forecasts(task, found, baseline="nobody")
    with refused("E204", "index"):
        score_forecasts(task, {"a": found["mean"][..., ::-1]})
    with refused("E212", "shape"):
        score_forecasts(task, {"a": Contender((found["mean"].values[:-1],))})
    broken = found["mean"].values.copy()
    broken[3, 1, 2] = np.nan
    with refused("E208", "case 3, lead 1, neuron 2"):
        score_forecasts(task, {"a": Contender((broken,))})


def test_a_single_forecast_goes_by_the_name_of_its_model():
    task = made_task()
    card = score_forecasts(task, answers(task)["mean"].assign_attrs(model="mean"))
    assert list(card.models) == ["mean"] and card.baseline is None
    assert card.models["mean"].metrics["mae"].skill is None and not card.neurons
