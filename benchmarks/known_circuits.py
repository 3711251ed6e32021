"""What is known of models of circuits that nobody recorded whole: a larva, a fly's eye, a crab's ganglion."""

from __future__ import annotations

from typing import Any

from finding import Finding, Recorded, Told
from pages import with_interval


def larva(recorded: Recorded) -> Finding:
    found = recorded("larval_flow")
    sides = [setting["nulls"][null]["hops"]["side"] for setting in found["sweep"] for null in setting["nulls"]]
    longer = f"{sides.count('above')} of {len(sides)} comparisons"
    rewired, permuted = (found["flow"]["nulls"][null]["hops"] for null in ("degree-preserving", "identity-permuted"))
    return Finding(
        question="How far is it from a larval fly's senses to its outputs?",
        over="draws of null wirings; one animal",
        full=Told(
            f"{rewired['value']:.2f} synapses on the shortest path, more than in any null wiring, in {longer} of "
            "the sweep; no activity was measured",
            "none: nothing is predicted",
            "none",
            f"{rewired['n']} draws each: rewired edges {_drawn(rewired)}, permuted identities {_drawn(permuted)}",
        ),
        brief=Told(
            f"{rewired['value']:.2f} synapses, longer in {longer}",
            "nothing is predicted",
            "none",
            f"rewired {_drawn(rewired)}",
        ),
        command="python benchmarks/larval_flow.py --data PATH --write",
        page="larval-fly.md",
    )


def fly_motion(recorded: Recorded) -> Finding:
    found = recorded("fly_motion")
    published = found["published"]
    rows = ("optic-network", "optic-untrained", "optic-network@offsets-shuffled-after")
    selectivity, degrees = (
        [with_interval(found["models"][row]["metrics"][metric], spec) for row in rows]
        for metric, spec in (("direction_selectivity", ".2f"), ("preferred_direction_error_deg", ".0f"))
    )
    own, even = (_trained(recorded, wiring) for wiring in ("true", "offsets-shuffled"))
    return Finding(
        question="Does wiring with a task predict which cells of a fly's eye tell directions?",
        over="five seeds and cell types of one circuit",
        full=Told(
            "Where networks with it learned to tell motion, the DSI of types that tell directions is larger by "
            f"{selectivity[0]} than that of types that do not, and they are {degrees[0]} degrees off what is known",
            f"untrained {selectivity[1]}, {degrees[1]} degrees off",
            f"none; flies' own curves have a DSI of {published['dsi_t4']:.2f} and {published['dsi_t5']:.2f}",
            f"inputs spread evenly after training {selectivity[2]}; from the beginning, in a shorter training of "
            f"two seeds, {_both(even, 'direction_selectivity', '.2f')} (true wiring "
            f"{_both(own, 'direction_selectivity', '.2f')}), but "
            f"{_both(even, 'preferred_direction_error_deg', '.0f')} degrees off instead of "
            f"{_both(own, 'preferred_direction_error_deg', '.0f')}: no verdict, which needs 39",
        ),
        brief=Told(
            f"Selective by {selectivity[0]}, {degrees[0]} degrees off",
            f"{selectivity[1]}, {degrees[1]} degrees off",
            "none",
            f"inputs spread evenly afterwards: {selectivity[2]}, {degrees[2]} degrees off; no verdict",
        ),
        command="python benchmarks/fly_motion.py --write",
        page="fly-motion.md",
    )


def crab(recorded: Recorded) -> Finding:
    found = recorded("stg")["stg-modulation"]
    (drop,) = (drop for drop in found["drops"] if drop["model"] == "pyloric-fitted")
    more = with_interval({"value": drop["difference"], "ci": drop["ci"]}, ".2f")
    fitted, mean, black_box, oracle, permuted = (
        with_interval(found["models"][row]["outside"]["mae"], ".2f")
        for row in ("pyloric-fitted", "mean", "ar-direct", "pyloric-oracle", "pyloric-fitted@identity-permuted")
    )
    return Finding(
        question="Is a crab's wiring enough once a modulator acts?",
        over=f"{found['intervals']['n_animals']} simulated animals",
        full=Told(
            f"No: fitted to the animal, the true wiring has an MAE of {fitted} mV under modulators, {more} more "
            "than before",
            f"the mean {mean}; the black box ahead before (`ar-direct`) {black_box}",
            f"the animal's own conductances, and told what modulators do: {oracle}",
            f"permuted identities {permuted}; three cells leave too few wirings for a verdict",
        ),
        brief=Told(f"No: MAE {fitted} mV", f"{mean}, the mean", f"{oracle}, all known", "no verdict is possible"),
        command="python benchmarks/stg.py --write",
        page="stg.md",
        in_readme=True,
    )


def _drawn(null: dict[str, Any]) -> str:
    """Mean and range of the draws of a null."""
    return f"{null['null']:.2f} ({null['range'][0]:.2f} to {null['range'][1]:.2f})"


def _trained(recorded: Recorded, wiring: str) -> list[dict[str, float]]:
    """What cells do after 600 steps on an eye of five columns around the central one, seed by seed."""
    runs = recorded("fly_training")["runs"]
    return [run["curve"][-1] for run in runs if (run["wiring"], run["extent"], run["on"]) == (wiring, 5, "one core")]


def _both(seeds: list[dict[str, float]], measure: str, spec: str) -> str:
    return " and ".join(f"{seed[measure]:{spec}}" for seed in seeds)
