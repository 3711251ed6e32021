"""What pages say in words is what their scripts recorded."""

import importlib
import json
from dataclasses import asdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FINDINGS = ROOT / "docs" / "findings"


def recorded(name):
    return json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8"))


def words(page):
    return " ".join((FINDINGS / page).read_text(encoding="utf-8").split())


def arms(verdict):
    return {arm["arm"]: arm for arm in verdict["compared"]}


def test_every_headline_is_made_from_the_record_and_stands_in_the_index_and_on_its_page(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    headlines = importlib.import_module("headlines")
    for page, text in headlines.shown().items():
        assert f"<!-- known: begin -->\n{text}\n<!-- known: end -->" in page.read_text(encoding="utf-8"), page.name
    found = headlines.findings()
    told = [asdict(part) for f in found for part in (f.full, f.brief)]
    assert all(all(part.values()) for part in told) and all(f.over for f in found)
    scripts = [f.command.split()[1] for f in found]
    assert all((ROOT / script).is_file() for script in scripts)


def test_the_index_of_findings_names_every_page():
    index = (FINDINGS / "README.md").read_text(encoding="utf-8")
    assert all(f"| [{page.name}]({page.name}) |" in index for page in FINDINGS.glob("*.md") if page.name != "README.md")


@pytest.mark.parametrize("folder", ["guides", "concepts"])
def test_the_index_of_a_folder_names_every_page(folder):
    pages = [page for page in (ROOT / "docs" / folder).glob("*.md") if page.name not in ("README.md", "index.md")]
    index = (ROOT / "docs" / folder / "README.md").read_text(encoding="utf-8")
    assert all(f"[{page.name}]({page.name})" in index for page in pages)


def test_models_that_know_little_but_the_wiring_lead_their_nulls_by_what_the_page_says():
    found = recorded("all_models")
    leads = {}
    for verdict in found["wiring"]:
        decide = [arm for arm in verdict["arms"] if arm["decisive"]]
        leads[verdict["model"]] = [arm["difference"] for arm in decide]
    others = ("joint-regression", "boosted-features", "response-regression", "factorisation", "nearest-class")
    alone = [lead for name, both in leads.items() if name not in others for lead in both]
    assert min(alone) > 0.035 and max(alone) < 0.25 and "by 0.04 to 0.2, with intervals above 0" in words("models.md")
    trials = recorded("main_job")["document"]["trials"]["joint-regression"]
    assert min(trials["8–15 trials"], trials["16+ trials"]) >= 0.85
    assert all(0.745 < trials[few] < 0.765 for few in ("1 trial", "2–3 trials"))


def test_what_the_page_of_verdicts_says_in_words_is_recorded():
    found = recorded("wiring")
    responses = found["worm-perturbation"].values()
    below = [v for v in responses if v["value"] < v["floor"]["responder-propensity"]]
    assert len(below) == 3 and "Three of the five models that the wiring helps stay below the floor" in words(
        "wiring.md"
    )
    kept = [arms(v)[arm]["difference"] for v in responses for arm in ("weights-shuffled", "transposed")]
    assert max(map(abs, kept + [arms(v)["within-type-permuted"]["difference"] for v in responses])) < 0.02
    human = {name: arms(v) for name, v in found["human-forecast"].items() if v["draws"] == 39}
    better = [name for name, arm in human.items() if arm["identity-permuted"]["p"] == 0.025]
    assert (len(better), len(human)) == (2, 3)
    for name in better:
        for arm in ("identity-permuted", "degree-preserving"):
            assert human[name][arm]["ci"][0] < 0 < human[name][arm]["ci"][1]
    assert all(max(map(abs, arm["others"]["ci"])) <= 0.0002 for arm in human.values())
    worm = [arms(v)["no-edges"] for v in found["worm-forecast"].values() if v["draws"] == 39]
    assert len(worm) == 3 and all(arm["ci"][0] < 0 < arm["ci"][1] for arm in worm)


def test_the_early_seconds_of_a_response_are_as_the_page_says():
    found = recorded("kernels")
    models, seconds = found["pulses"]["5 s"]["models"], found["lead_s"]
    best, own = models["course-regression"]["r2_by_lead"], models["responder-course"]["r2_by_lead"]
    assert (best[0], own[0]) == (pytest.approx(0.021, abs=5e-4), pytest.approx(0.006, abs=5e-4))
    assert (best[4], own[4]) == (pytest.approx(0.011, abs=5e-4), pytest.approx(0.000, abs=5e-4)) and seconds[4] == 5
    assert all(b < o for lead, b, o in zip(seconds, best, own, strict=True) if 8 <= lead <= 15)
    assert "0.021 against 0.006 at 1 s, 0.011 against 0.000 at 5 s" in words("kernels.md")


def test_networks_are_ahead_as_often_as_the_page_says():
    found = recorded("networks")

    def ahead(task, of):
        rows = found[task]["rows"]  # a name with a comma is that of a network with another head
        networks = [row for name, row in rows.items() if row["is_learned"] and "," not in name]
        return sum(row[of]["ci"][1] < 0 for row in networks), len(networks)

    assert ahead("human-forecast", "minus_best")[0] == 0
    assert ahead("worm-forecast", "minus_best") == (9, 11) and "nine of eleven networks" in words("networks.md")
    assert ahead("zebrafish-regions", "minus_chosen") == (9, 12) and "nine of twelve" in words("networks.md")
    assert ahead("zebrafish-regions", "minus_best")[0] == 1


def test_the_sweep_over_a_larva_says_what_the_page_says_of_each_sense():
    sweep = recorded("larval_flow")["sweep"]

    def sides(null, sense):
        told = [setting["senses"][null][sense] for setting in sweep]
        return {side: told.count(side) for side in ("above", "below")}

    page = words("larval-fly.md")
    assert len(sweep) == 52 and "in 51 of 52 settings" in page and "pharyngeal taste in 48" in page
    assert sides("degree-preserving", "gut") == {"above": 51, "below": 0}
    assert sides("degree-preserving", "gustatory-pharyngeal") == {"above": 48, "below": 0}
    assert sides("degree-preserving", "olfactory") == {"above": 0, "below": 50}
    told = ("gut", "gustatory-pharyngeal", "olfactory")
    others = [sense for sense in sweep[0]["senses"]["degree-preserving"] if sense not in told]
    assert max(n for sense in others for n in sides("degree-preserving", sense).values()) == 27
    assert max(n for sense in (*others, *told) for n in sides("identity-permuted", sense).values()) == 29


def test_what_training_costs_in_speed_is_as_the_page_of_motion_says():
    found = recorded("fly_motion")
    pair = ("optic-network", "optic-untrained", "speed_tuning_error")
    (speed,) = [c for c in found["comparisons"] if (c["a"], c["b"], c["metric"]) == pair]
    lower, upper = speed["ci"]
    said = f"by {speed['difference']:.2f} octaves (95 % interval {lower:.2f} to {upper:.2f})"
    assert said in words("fly-motion.md")
    ends = [found["models"][name]["metrics"]["task_error"]["ci"] for name in ("hassenstein-reichardt", "optic-network")]
    assert ends[0][1] > ends[1][0]  # the intervals overlap
    trained, untrained = (found["models"][name]["replicates"] for name in pair[:2])
    assert (len(trained), len(untrained)) == (5, 10) and min(trained) > max(untrained)


def test_circuits_of_one_rhythm_lose_it_as_often_as_the_page_says(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    script = importlib.import_module("degenerate_responses")
    rows = [line.split("|")[1:3] for line in script.table(recorded("degenerate_responses")).splitlines()[2:]]
    kept = {name.strip(): int(count) for name, count in rows}
    lost = {name: 1 - count / kept["as they are"] for name, count in kept.items()}
    assert kept["as they are"] == 153 and min(lost, key=lost.get) == "as they are"
    del lost["as they are"]
    assert min(lost.values()) == lost["7 °C"] == pytest.approx(1 / 5, abs=0.02)
    assert max(lost.values()) == lost["23 °C"] == pytest.approx(0.63, abs=0.01) == lost["serotonin"]
    assert "between a fifth (at 7 °C) and almost two thirds (at 23 °C and under serotonin)" in words("degeneracy.md")
