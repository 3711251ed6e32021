"""What is known of recordings of worms, fish and people, as recorded by the scripts."""

from __future__ import annotations

from typing import Any

from finding import DECIDE, Finding, Recorded, signed
from pages import with_interval


def wiring_of_forecasts(recorded: Recorded) -> Finding:
    tasks = ("worm-forecast", "human-forecast")
    found = [v for task in tasks for v in recorded("wiring")[task].values() if v["draws"] >= 39]
    ends = [end for v in found for arm in v["compared"] if arm["arm"] in DECIDE for end in arm["ci"]]
    count = sum(v["verdict"] == "does not" for v in found)
    floors = [next(iter(recorded("wiring")[task].values()))["floor"]["persistence"] for task in tasks]
    return Finding(
        question="Does the wiring help to tell what comes next?",
        answer=f"It does not, {count} of {len(found)} times: all intervals of leads lie within {min(ends):+.4f} and "
        f"{max(ends):+.4f} standard deviations, where 0.01 counts; one worm, seven people",
        floor=f"persistence, MAE {floors[0]:.3f} (worm) and {floors[1]:.3f} (people)",
        ceiling="unknown: nothing was recorded twice",
        null="39 draws of permuted identities and of rewired edges; the wiring is an atlas's and the people's "
        "own; one of the six chose to look at no weights",
        command="python benchmarks/wiring.py --task human-forecast --write",
        page="wiring.md",
        brief=(
            f"It does not, {count} of {len(found)} times: leads within {min(ends):+.4f} and {max(ends):+.4f}",
            "persistence",
            "unknown",
            "permuted and rewired, 39 draws",
        ),
    )


def own_tracts(recorded: Recorded) -> Finding:
    found = recorded("functional_connectivity")
    model, references = found["models"]["graph-var"], found["references"]
    return Finding(
        question="Do a person's own tracts give the own functional connectivity?",
        answer=f"No: of `graph-var`, which runs on by itself, it correlates by {with_interval(model['true'])} with the "
        f"measured one, and with another's tracts as much (difference {_arm(model['others'])}); seven people",
        floor=f"without any edge {with_interval(model['no-edges'])}",
        ceiling=f"the own earlier frames {with_interval(references['the same animal, earlier'])}; the tracts alone, "
        f"without a model, {with_interval(references['the wiring itself'])}",
        null=f"{model['identity-permuted']['n_draws']} draws of permuted identities: lead "
        f"{_arm(model['identity-permuted'])}",
        command="python benchmarks/functional_connectivity.py --write",
        page="wiring.md",
    )


def human_forecasts(recorded: Recorded) -> Finding:
    found = recorded("forecasts")["tasks"]
    human, known = found["human-forecast"], found["synthetic-linear"]
    best = human["headline"]
    return Finding(
        question="What do regions of a resting human brain do in the next six seconds?",
        answer=f"`{best}`, chosen on validation windows, has an MAE of {with_interval(human['models'][best])} "
        "standard deviations; seven people",
        floor=f"training mean {with_interval(human['models']['mean'])}, persistence "
        f"{with_interval(human['models']['persistence'])}",
        ceiling="unknown: nothing was recorded twice. On a made-up brain whose noise is known "
        f"`{known['headline']}` has {known['models'][known['headline']]['value']:.3f} of at least "
        f"{_mean(known['noise_floor']):.3f}",
        null="no wiring is used",
        command="python benchmarks/forecasts.py --write",
        page="forecasting.md",
    )


def networks(recorded: Recorded) -> Finding:
    found = recorded("networks")

    def lead(task: str) -> str:
        return signed(found[task]["rows"][found[task]["headline"]]["minus_chosen"])

    return Finding(
        question="Do networks forecast better than closed forms?",
        answer=f"On one worm and one fish, not on seven people: errors differ by {lead('worm-forecast')}, "
        f"{lead('zebrafish-regions')} and {lead('human-forecast')} between the network and the closed form that "
        "validation chose; three seeds",
        floor=f"the closed forms' MAE: {_closed(found, 'worm-forecast')}, {_closed(found, 'zebrafish-regions')} and "
        f"{_closed(found, 'human-forecast')}",
        ceiling="unknown: nothing was recorded twice",
        null="no wiring is used; the fish has five blocks of windows",
        command="python benchmarks/networks.py --write",
        page="networks.md",
        brief=(
            f"Errors less those of closed forms: a worm {lead('worm-forecast')}, a fish {lead('zebrafish-regions')}, "
            f"seven people {lead('human-forecast')}",
            "closed forms",
            "unknown",
            "no wiring used",
        ),
    )


def other_animals(recorded: Recorded) -> Finding:
    models = recorded("animals")["models"]
    gain, none = models["embedding"], models["var"]
    return Finding(
        question="Is it worth learning from other people first?",
        answer="For a network with an embedding of each region: begun from others its MAE differs by "
        f"{signed(gain['differences']['tuned − alone'])} from learning alone; for `var`, with others or alone, by "
        f"{signed(none['differences']['together − alone'])}; seven people, three seeds",
        floor=f"alone: {with_interval(gain['arms']['alone'])} and {with_interval(none['arms']['alone'])}",
        ceiling="unknown, as of all forecasts of them",
        null="no wiring is used",
        command="python benchmarks/animals.py --write",
        page="animals.md",
    )


def hidden_neurons(recorded: Recorded) -> Finding:
    human, worm = (recorded("imputation")[name] for name in ("human-imputation", "worm-imputation"))
    homologues = human["homologues"]
    wired, permuted, rewired = (
        with_interval(human["models"][f"neighbours{arm}"]["neuron_r2"], ".2f")
        for arm in ("", "@identity-permuted", "@degree-preserving")
    )
    return Finding(
        question="What do hidden neurons do, told by the others?",
        answer=f"Mean R² of {_best(human)} in seven people and {_best(worm)} in one worm (five blocks, interval "
        "too narrow), by models chosen on validation windows",
        floor="the training mean, R² 0",
        ceiling=f"left and right homologues, hidden together: "
        f"{with_interval({'value': homologues['reliability'], 'ci': homologues['reliability_ci']}, '.2f')} in people",
        null=f"the tracts alone tell {wired}, permuted {permuted}, weights exchanged {rewired}; three draws, so "
        "that it cannot be told whether the wiring helps",
        command="python benchmarks/imputation.py --write",
        page="imputation.md",
        brief=(
            f"R² in seven people {_best(human)}, in one worm {_best(worm)}",
            "0, the mean",
            f"{homologues['reliability']:.2f} in people",
            f"tracts alone {human['models']['neighbours']['neuron_r2']['value']:.2f}, permuted "
            f"{human['models']['neighbours@identity-permuted']['neuron_r2']['value']:.2f}; no verdict",
        ),
    )


def rollouts(recorded: Recorded) -> Finding:
    found = recorded("rollouts")["tasks"]["human-rollout"]
    models, key = found["models"], "invariant_kl"

    def kl(name: str) -> str:
        return with_interval(models[name][key], ".2f")

    return Finding(
        question="Does a model that runs on by itself visit the states of the brain?",
        answer=f"Nearly as often, in seven people: the divergence of `{found['headline']}`, chosen on validation "
        f"windows, is {kl(found['headline'])}",
        floor=f"each region alone (`ar`) {kl('ar')}; the mean {kl('mean')}",
        ceiling=f"truth against truth {kl('truth')}",
        null=f"surrogates without relations {kl('surrogate')}; no wiring is used",
        command="python benchmarks/rollouts.py --write",
        page="rollouts.md",
    )


def _best(found: dict[str, Any]) -> str:
    return with_interval(found["models"][found["headline"]]["neuron_r2"], ".2f")


def _closed(found: dict[str, Any], task: str) -> str:
    return f"{found[task]['rows'][found[task]['chosen']]['value']:.3f}"


def _mean(leads: list[float]) -> float:
    return sum(leads) / len(leads)


def _arm(arm: dict[str, Any]) -> str:
    return signed({"value": arm["lead"], "ci": arm["lead_ci"]})
