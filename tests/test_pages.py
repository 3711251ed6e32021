"""What the pages of experiments say is what their scripts recorded."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def script(name, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


PAGES = [
    ("animals", "tables"),
    ("whose_wiring", "tables"),
    ("signs", "table"),
    ("mutant", "tables"),
    ("kernels", "tables"),
    ("out_of_distribution", "tables"),
    ("hidden_edges", "tables"),
    ("imputation", "tables"),
    ("larval_flow", "tables"),
    ("spiking_speed", "tables"),
    ("stg", "tables"),
]


@pytest.mark.parametrize(("name", "table"), PAGES)
def test_a_page_shows_the_recorded_figures(name, table, monkeypatch):
    module = script(name, monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    page = module.PAGE.read_text(encoding="utf-8")
    shown = getattr(module, table)(figures)
    for text in shown.values() if isinstance(shown, dict) else [shown]:
        assert text in page
    assert f"figures/{module.FIGURE.name}" in page
    assert module.FIGURE.read_text(encoding="utf-8").startswith("<svg")


def test_the_page_of_cables_shows_the_recorded_errors_and_they_keep_the_promise(monkeypatch):
    module = script("cable_accuracy", monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    page = module.PAGE.read_text(encoding="utf-8")
    for name, text in module.tables(figures).items():
        assert f"<!-- {name}: begin -->\n{text}\n<!-- {name}: end -->" in page
    rows = {(row["scheme"], row["dt_ms"]): row["percent"] for row in figures["axon"]}
    assert max(rows["crank-nicolson", 0.00625]) < 0.1 < min(rows["implicit-euler", 0.00625])
    coarse, fine = (max(rows["crank-nicolson", dt_ms]) for dt_ms in (0.025, 0.0125))
    assert coarse / fine == pytest.approx(4, rel=0.1)  # second order
    assert all(error < 0.1 for row in figures["passive"] for error in row["percent"])


def test_the_page_of_the_eye_shows_the_recorded_figures_and_that_two_flies_agree(monkeypatch):
    module = script("fly_eye", monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    page = module.PAGE.read_text(encoding="utf-8")
    for name, text in module.tables(figures).items():
        assert f"<!-- {name}: begin -->\n{text}\n<!-- {name}: end -->" in page
    assert ", ".join(figures["unmatched"]) in page and f"{figures['n_types']} types" in page
    assert all(row["overlap"] > 5 * row["overlap_with_others"] for row in figures["agreement"])


def test_the_page_of_the_eye_shows_how_far_carried_courses_are_off_and_that_it_is_little_away_from_the_rim(monkeypatch):
    module = script("fly_eye_carried", monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    assert module.table(figures) in module.PAGE.read_text(encoding="utf-8")
    assert all(row["off"]["up to half of the extent"][0] < 0.01 for row in figures)


def test_the_page_of_circuits_shows_the_recorded_speed_and_the_same_spikes(monkeypatch):
    module = script("conductance_speed", monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    assert module.table(figures) in module.PAGE.read_text(encoding="utf-8")
    rows, agreement = figures["rows"], figures["agreement"]
    assert all(rows[peer]["ns"] >= rows[dtype]["ns"] for peer, dtype in module.AGAINST.items())
    assert agreement["float32"]["same"] > 0.99 * module.N_CELLS < agreement["jaxley"]["within_one"]


def test_the_page_of_networks_shows_the_recorded_figures_of_all_networks(monkeypatch):
    from braincast.models.interface import Learner
    from braincast.models.registry import load_model, model_names
    from braincast.tasks.registry import task_card

    module = script("networks", monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    page = module.PAGE.read_text(encoding="utf-8")
    for name, text in module.tables(figures).items():
        assert f"<!-- {name}: begin -->\n{text}\n<!-- {name}: end -->" in page
    learners = [name for name in model_names() if isinstance(load_model(name), Learner)]
    learners = [name for name in learners if not load_model(name).card.uses_connectome]  # graph-networks.md
    for name, found in figures.items():
        networks = {model for model in learners if load_model(model).card.can_answer(task_card(name))}
        assert found["task_hash"] == task_card(name).hash and networks <= set(found["rows"])
        assert all(len(found["rows"][network]["seeds"]) >= 3 for network in networks)


def test_the_page_of_networks_on_the_wiring_shows_the_recorded_speed_and_a_fly_fits_in_12_gb(monkeypatch):
    module = script("graph_speed", monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    assert module.table(figures) in module.PAGE.read_text(encoding="utf-8")
    assert all(rows["ours"]["peak_bytes"] < 12e9 for rows in figures["sizes"]["whole fly"].values())


def test_the_page_of_forecasts_shows_the_recorded_figures(monkeypatch):
    module = script("forecasts", monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    page = module.PAGE.read_text(encoding="utf-8")
    for name, text in module.tables(figures).items():
        assert f"<!-- {name}: begin -->\n{text}\n<!-- {name}: end -->" in page
    for name in figures["tasks"]:
        assert (module.FIGURES / f"{name}.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_page_of_rollouts_shows_the_recorded_figures_of_the_tasks_as_they_are(monkeypatch):
    from braincast.tasks.registry import task_card
    from braincast.tasks.rollouts.declared import DECLARED

    module = script("rollouts", monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    page = module.PAGE.read_text(encoding="utf-8")
    for name, text in module.tables(figures).items():
        assert f"<!-- {name}: begin -->\n{text}\n<!-- {name}: end -->" in page
    assert {name: found["task_hash"] for name, found in figures["tasks"].items()} == {
        name: task_card(name).hash for name in DECLARED
    }
    assert f"figures/{module.FIGURE.name}" in page and module.FIGURE.is_file()
    coverage = script("rollout_coverage", monkeypatch)
    text = coverage.table(json.loads(coverage.RESULT.read_text(encoding="utf-8")))
    assert f"<!-- coverage: begin -->\n{text}\n<!-- coverage: end -->" in page


@pytest.mark.parametrize("name", ["lorenz63-rollout", "lorenz96-rollout"])
def test_recorded_measures_rank_truth_nonlinear_autoregression_and_mean(name, monkeypatch):
    module = script("rollouts", monkeypatch)
    rows = json.loads(module.RESULT.read_text(encoding="utf-8"))["tasks"][name]["models"]
    for key in ("spectral_hellinger", "invariant_kl", "autocorrelation_error", "covariance_error"):
        truth, law, linear, constant = (rows[row][key]["value"] for row in ("truth", "nvar", "ar", "mean"))
        assert max(truth, law) < linear < constant
        # The law that validation chose is as good as truth against truth: which is nearer is chance.
        assert rows["nvar"][key]["ci"][0] <= truth <= rows["nvar"][key]["ci"][1]
    visited = [rows[row]["invariant_kl"]["value"] for row in ("truth", module.POORER_ROW, "ar", "mean")]
    assert visited == sorted(visited)


def test_the_recorded_exponent_of_convection_is_the_known_one(monkeypatch):
    figures = json.loads(script("rollouts", monkeypatch).RESULT.read_text(encoding="utf-8"))
    assert figures["exponents"]["lorenz63"]["value"][0] == pytest.approx(0.906, abs=0.02)


def test_the_page_of_graph_models_shows_the_recorded_recovery(monkeypatch):
    module = script("recovery", monkeypatch)
    found = json.loads(module.RESULT.read_text(encoding="utf-8"))
    page = module.PAGE.read_text(encoding="utf-8")
    assert module.table(found["noise"], "signal-to-noise") in page and module.table(found["length"], "frames") in page


def test_the_recorded_audit_covers_every_forecaster_and_nothing_moved(monkeypatch):
    from braincast.tasks.registry import task_card

    module = script("leakage", monkeypatch)
    found = json.loads(module.RESULT.read_text(encoding="utf-8"))
    for name, row in found.items():
        card = task_card(name)
        assert row["task_hash"] == card.hash and set(row["moved"]) == set(module.audited_models(card))
        assert not any(row["moved"].values())
    assert module.table(found) in module.PAGE.read_text(encoding="utf-8")


def test_the_page_of_verdicts_shows_what_was_recorded_and_the_instrument_s_rule(monkeypatch):
    from braincast.tasks.registry import task_card

    module = script("wiring", monkeypatch)
    page, figures = module.PAGE.read_text(encoding="utf-8"), json.loads(module.RESULT.read_text(encoding="utf-8"))
    for name, found in figures.items():
        assert f"<!-- {name}: begin -->\n{module._table(found)}\n<!-- {name}: end -->" in page
        for verdict in found.values():
            assert verdict["task_hash"] == task_card(name).hash
            assert (verdict["draws"] >= 39) or verdict["verdict"] == "cannot tell"
            decides = [arm for arm in verdict["compared"] if arm["arm"] in ("identity-permuted", "degree-preserving")]
            inside = all(-verdict["margin"] <= end <= verdict["margin"] for arm in decides for end in arm["ci"])
            assert (verdict["verdict"] == "does not") == (inside and verdict["draws"] >= 39)


def test_the_page_of_verdicts_shows_the_recorded_functional_connectivity(monkeypatch):
    module = script("functional_connectivity", monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    page = module.PAGE.read_text(encoding="utf-8")
    assert f"<!-- functional: begin -->\n{module._table(figures)}\n<!-- functional: end -->" in page


def test_the_recorded_figures_of_forecasts_are_those_of_the_tasks_as_they_are(monkeypatch):
    from braincast.tasks.registry import task_card

    figures = json.loads(script("forecasts", monkeypatch).RESULT.read_text(encoding="utf-8"))
    assert {n: f["task_hash"] for n, f in figures["tasks"].items()} == {n: task_card(n).hash for n in figures["tasks"]}


def test_the_recorded_flow_of_the_larva_holds_every_assumption_of_the_sweep(monkeypatch):
    module = script("larval_flow", monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    swept = [(row["rule"], row["seed"], row["part"], row["unit_weight_mv"]) for row in figures["sweep"]]
    unit = module.FLY.unit_weight_mv
    assert swept == [(s["rule"], s["seed"], s["part"], s["scale"] * unit) for s in module.settings()]
    draws = {null: {found["n"] for found in rows.values()} for null, rows in figures["flow"]["nulls"].items()}
    assert draws == {null: {n} for null, n in module.NULLS.items()}
    assert figures["rules"] == {name: rule.words for name, rule in module.RULES.items()}


@pytest.mark.parametrize(("name", "table"), PAGES)
def test_a_page_is_written_again_from_its_recorded_figures_alone(name, table, monkeypatch, tmp_path):
    module = script(name, monkeypatch)
    for kept in ("PAGE", "FIGURE"):
        copy = tmp_path / getattr(module, kept).name
        copy.write_bytes(getattr(module, kept).read_bytes())
        monkeypatch.setattr(module, kept, copy)
    before = module.PAGE.read_bytes(), module.FIGURE.read_bytes()
    module.main(["--table"])
    assert (module.PAGE.read_bytes(), module.FIGURE.read_bytes()) == before
