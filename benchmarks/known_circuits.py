"""What is known of models of circuits that nobody recorded whole: a larva, a fly's eye, a crab's ganglion."""

from __future__ import annotations

from typing import Any

from finding import Finding, Recorded
from pages import with_interval


def larva(recorded: Recorded) -> Finding:
    found = recorded("larval_flow")
    nulls = {name: arms["hops"] for name, arms in found["flow"]["nulls"].items()}
    sides = [setting["nulls"][null]["hops"]["side"] for setting in found["sweep"] for null in setting["nulls"]]
    rewired, permuted = nulls["degree-preserving"], nulls["identity-permuted"]
    return Finding(
        question="How far is it from a larval fly's senses to its outputs?",
        answer=f"{rewired['value']:.2f} synapses on the shortest path, more than in every rewired wiring, in "
        f"{sides.count('above')} of {len(sides)} comparisons of the sweep; one animal, and no activity was measured",
        floor="none: nothing is predicted",
        ceiling="none",
        null=f"{rewired['n']} draws each: rewired edges {rewired['null']:.2f} ({rewired['range'][0]:.2f} to "
        f"{rewired['range'][1]:.2f}), permuted identities {permuted['null']:.2f} ({permuted['range'][0]:.2f} to "
        f"{permuted['range'][1]:.2f}); these are ranges of draws",
        command="python benchmarks/larval_flow.py --data PATH --write",
        page="larval-fly.md",
    )


def fly_motion(recorded: Recorded) -> Finding:
    found = recorded("fly_motion")
    models, published = found["models"], found["published"]

    def selectivity(name: str) -> str:
        return with_interval(models[name]["metrics"]["direction_selectivity"], ".2f")

    def degrees(name: str) -> str:
        return with_interval(models[name]["metrics"]["preferred_direction_error_deg"], ".0f")

    own, even = (_trained(recorded, wiring) for wiring in ("true", "offsets-shuffled"))
    return Finding(
        question="Does wiring with a task predict which cells of a fly's eye tell directions?",
        answer="Where networks with it learned to tell motion, the DSI of types that tell directions is larger by "
        f"{selectivity('optic-network')} than that of types that do not, and they are {degrees('optic-network')} "
        "degrees off what is known; over five seeds and the cell types of one circuit",
        floor=f"untrained {selectivity('optic-untrained')}, {degrees('optic-untrained')} degrees off",
        ceiling=f"none; flies' own curves have a DSI of {published['dsi_t4']:.2f} and {published['dsi_t5']:.2f}",
        null=f"inputs spread evenly after training {selectivity('optic-network@offsets-shuffled-after')}; from "
        f"the beginning, in a shorter training of {len(even)} seeds, {even[0]['direction_selectivity']:.2f} and "
        f"{even[1]['direction_selectivity']:.2f} (true wiring {own[0]['direction_selectivity']:.2f} and "
        f"{own[1]['direction_selectivity']:.2f}), but {_off(even)} degrees off instead of {_off(own)}: no verdict, "
        "which needs 39",
        command="python benchmarks/fly_motion.py --write",
        page="fly-motion.md",
    )


def crab(recorded: Recorded) -> Finding:
    found = recorded("stg")["stg-modulation"]
    models, drops = found["models"], {drop["model"]: drop for drop in found["drops"]}

    def under(name: str) -> str:
        return with_interval(models[name]["outside"]["mae"], ".2f")

    return Finding(
        question="Is a crab's wiring enough once a modulator acts?",
        answer=f"No: fitted to the animal, the true wiring has an MAE of {under('pyloric-fitted')} mV under "
        f"modulators, {_more(drops['pyloric-fitted'])} more than before; ten simulated animals",
        floor=f"the mean {under('mean')}; the black box ahead before (`ar-direct`) {under('ar-direct')}",
        ceiling=f"the animal's own conductances, and told what modulators do: {under('pyloric-oracle')}",
        null=f"permuted identities {under('pyloric-fitted@identity-permuted')}; three cells leave too few wirings "
        "for a verdict",
        command="python benchmarks/stg.py --write",
        page="stg.md",
        brief=(
            f"No: MAE {under('pyloric-fitted')} mV in ten simulated animals",
            f"{under('mean')}, the mean",
            f"{under('pyloric-oracle')}, all known",
            "no verdict is possible",
        ),
    )


def _trained(recorded: Recorded, wiring: str) -> list[dict[str, float]]:
    """What cells do after 600 steps on an eye of five columns around the central one, seed by seed."""
    runs = recorded("fly_training")["runs"]
    return [run["curve"][-1] for run in runs if (run["wiring"], run["extent"], run["on"]) == (wiring, 5, "one core")]


def _off(seeds: list[dict[str, float]]) -> str:
    return " and ".join(f"{seed['preferred_direction_error_deg']:.0f}" for seed in seeds)


def _more(drop: dict[str, Any]) -> str:
    return with_interval({"value": drop["difference"], "ci": drop["ci"]}, ".2f")
