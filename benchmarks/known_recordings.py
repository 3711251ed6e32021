"""What is known of recordings of worms, fish and people, as recorded by the scripts."""

from __future__ import annotations

from typing import Any

from finding import DECIDE, Finding, Recorded, Told, signed
from pages import with_interval

UNKNOWN = "unknown: nothing was recorded twice"
UNWIRED = "no wiring is used"


def wiring_of_forecasts(recorded: Recorded) -> Finding:
    tasks = [recorded("wiring")[name] for name in ("worm-forecast", "human-forecast")]
    found = [verdict for task in tasks for verdict in task.values() if verdict["draws"] >= 39]
    ends = [end for v in found for arm in v["compared"] if arm["arm"] in DECIDE for end in arm["ci"]]
    times = f"{sum(v['verdict'] == 'does not' for v in found)} of {len(found)} times"
    within = f"within {min(ends):+.4f} and {max(ends):+.4f}"
    worm, people = (f"{next(iter(task.values()))['floor']['persistence']:.3f}" for task in tasks)
    return Finding(
        question="Does the wiring help to tell what comes next?",
        over="one worm; seven people",
        full=Told(
            f"It does not, {times}: all intervals of leads lie {within} standard deviations, where 0.01 counts",
            f"persistence, MAE {worm} (worm) and {people} (people)",
            UNKNOWN,
            "39 draws of permuted identities and of rewired edges; the wiring is an atlas's and the people's "
            "own; one of the six models chose to look at no weights",
        ),
        brief=Told(
            f"It does not, {times}: leads {within}",
            f"{worm} and {people}, persistence",
            "unknown",
            "permuted and rewired, 39 draws",
        ),
        command="python benchmarks/wiring.py --task human-forecast --write",
        page="wiring.md",
        in_readme=True,
    )


def own_tracts(recorded: Recorded) -> Finding:
    found = recorded("functional_connectivity")
    model, references = found["models"]["graph-var"], found["references"]
    own, none = with_interval(model["true"]), with_interval(model["no-edges"])
    others, permuted = _lead(model["others"]), _lead(model["identity-permuted"])
    earlier, tracts = (with_interval(references[name]) for name in ("the same animal, earlier", "the wiring itself"))
    return Finding(
        question="Do a person's own tracts give the own functional connectivity?",
        over=f"{len(references['the wiring itself']['each'])} people",
        full=Told(
            f"No: that of `graph-var`, running on by itself, correlates by {own} with the measured one, and with "
            f"another's tracts as much (difference {others})",
            f"without any edge {none}",
            f"the own earlier frames {earlier}; the tracts alone, without a model, {tracts}",
            f"{model['identity-permuted']['n_draws']} draws of permuted identities: lead {permuted}",
        ),
        brief=Told(
            f"No: lead over another's tracts {others}",
            f"{none}, without edges",
            f"{earlier}, own earlier frames",
            f"permuted: lead {permuted}",
        ),
        command="python benchmarks/functional_connectivity.py --write",
        page="wiring.md",
    )


def human_forecasts(recorded: Recorded) -> Finding:
    found = recorded("forecasts")["tasks"]
    human, made_up = found["human-forecast"], found["synthetic-linear"]
    best, mean, last = (with_interval(human["models"][m]) for m in (human["headline"], "mean", "persistence"))
    reached = f"{made_up['models'][made_up['headline']]['value']:.3f}"
    least = f"{sum(made_up['noise_floor']) / len(made_up['noise_floor']):.3f}"
    return Finding(
        question="What do regions of a resting human brain do in the next six seconds?",
        over=f"{human['intervals']['n_animals']} people",
        full=Told(
            f"`{human['headline']}`, chosen on validation windows, tells it with an MAE of {best} standard deviations",
            f"training mean {mean}, persistence {last}",
            f"{UNKNOWN}; on a made-up brain whose noise is known `{made_up['headline']}` has {reached} of at "
            f"least {least}",
            UNWIRED,
        ),
        brief=Told(f"MAE {best}", f"{mean}, the mean", "unknown", UNWIRED),
        command="python benchmarks/forecasts.py --write",
        page="forecasting.md",
    )


def networks(recorded: Recorded) -> Finding:
    found = recorded("networks")
    tasks = [found[name] for name in ("worm-forecast", "zebrafish-regions", "human-forecast")]
    worm, fish, people = (signed(task["rows"][task["headline"]]["minus_chosen"]) for task in tasks)
    closed = ", ".join(f"{task['rows'][task['chosen']]['value']:.3f}" for task in tasks)
    return Finding(
        question="Do networks forecast better than closed forms?",
        over="one worm, one fish (five blocks), seven people; three seeds",
        full=Told(
            f"On one worm and one fish, not on seven people: errors differ by {worm}, {fish} and {people} between "
            "the network and the closed form that validation chose",
            f"MAE of the closed forms: {closed}",
            UNKNOWN,
            UNWIRED,
        ),
        brief=Told(
            f"Errors less those of closed forms: worm {worm}, fish {fish}, people {people}", closed, "unknown", UNWIRED
        ),
        command="python benchmarks/networks.py --write",
        page="networks.md",
        in_readme=True,
    )


def other_animals(recorded: Recorded) -> Finding:
    found = recorded("animals")
    embedding, var = found["models"]["embedding"], found["models"]["var"]
    begun, together = embedding["differences"]["tuned − alone"], var["differences"]["together − alone"]
    alone = [with_interval(model["arms"]["alone"]) for model in (embedding, var)]
    return Finding(
        question="Is it worth learning from other people first?",
        over=f"{found['n_animals']} people; three seeds",
        full=Told(
            "For a network with an embedding of each region: begun from others its MAE differs by "
            f"{signed(begun)} from learning alone; for `var`, with others or alone, by {signed(together)}",
            f"alone: {alone[0]} and {alone[1]}",
            UNKNOWN,
            UNWIRED,
        ),
        brief=Told(
            f"`embedding` {signed(begun)} in MAE; `var` {signed(together)}", " and ".join(alone), "unknown", UNWIRED
        ),
        command="python benchmarks/animals.py --write",
        page="animals.md",
    )


def hidden_neurons(recorded: Recorded) -> Finding:
    human, worm = (recorded("imputation")[name] for name in ("human-imputation", "worm-imputation"))
    people, one = (with_interval(task["models"][task["headline"]]["neuron_r2"], ".2f") for task in (human, worm))
    homologues = {"value": human["homologues"]["reliability"], "ci": human["homologues"]["reliability_ci"]}
    tracts = [
        human["models"][f"neighbours{arm}"]["neuron_r2"] for arm in ("", "@identity-permuted", "@degree-preserving")
    ]
    own, permuted, exchanged = (with_interval(r2, ".2f") for r2 in tracts)
    return Finding(
        question="What do hidden neurons do, told by the others?",
        over="seven people; one worm (five blocks, interval too narrow)",
        full=Told(
            f"Models chosen on validation windows tell it with a mean R² of {people} in people and of {one} in "
            "the worm",
            "the training mean, R² 0",
            f"left and right homologues, hidden together: {with_interval(homologues, '.2f')} in people",
            f"the tracts alone tell {own}, permuted {permuted}, weights exchanged {exchanged}; with three draws "
            "it cannot be told whether the wiring helps",
        ),
        brief=Told(
            f"R² {people} in people, {one} in the worm",
            "0, the mean",
            f"{homologues['value']:.2f}, homologues",
            f"tracts alone {tracts[0]['value']:.2f}, permuted {tracts[1]['value']:.2f}; no verdict",
        ),
        command="python benchmarks/imputation.py --write",
        page="imputation.md",
        in_readme=True,
    )


def rollouts(recorded: Recorded) -> Finding:
    found = recorded("rollouts")["tasks"]["human-rollout"]
    rows = (found["headline"], "ar", "mean", "truth", "surrogate")
    best, alone, mean, truth, surrogate = (with_interval(found["models"][r]["invariant_kl"], ".2f") for r in rows)
    return Finding(
        question="Does a model that runs on by itself visit the states of the brain?",
        over=f"{found['intervals']['n_animals']} people",
        full=Told(
            f"Nearly as often: the divergence of `{found['headline']}`, chosen on validation windows, is {best}",
            f"each region alone (`ar`) {alone}; the mean {mean}",
            f"truth against truth {truth}",
            f"surrogates without relations between regions {surrogate}; {UNWIRED}",
        ),
        brief=Told(
            f"Nearly: divergence {best}", f"{alone}, regions alone", f"{truth}, truth", f"{surrogate}, surrogates"
        ),
        command="python benchmarks/rollouts.py --write",
        page="rollouts.md",
    )


def _lead(arm: dict[str, Any]) -> str:
    return signed({"value": arm["lead"], "ci": arm["lead_ci"]})
