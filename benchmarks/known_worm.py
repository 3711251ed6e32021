"""What is known of the worm's wiring and responses, as recorded."""

from __future__ import annotations

from typing import Any

from finding import DECIDE, Finding, Recorded, lead, signed
from pages import with_interval


def worm_responses(recorded: Recorded) -> Finding:
    document = recorded("main_job")["document"]
    models, ceiling = document["models"], document["ceiling"]
    best = document["headline"]

    def auroc(name: str) -> str:
        return with_interval(models[name]["metrics"]["auroc"])

    return Finding(
        question="Which neurons of a worm answer when one is stimulated?",
        answer=f"`{best}` ranks pairs with an AUROC of {auroc(best)}; intervals over cell classes, animals are pooled",
        floor=f"response rates alone {auroc('responder-propensity')}; distance between cell bodies alone "
        f"{auroc('distance')}",
        ceiling=f"none for the AUROC, since q cannot be had from half of the trials; its correlation is "
        f"{with_interval(models[best]['metrics']['correlation'], '.2f')} of at most "
        f"{with_interval({'value': ceiling['correlation'], 'ci': ceiling['correlation_ci']}, '.2f')}",
        null="the next question",
        command="python benchmarks/main_job.py --write",
        page="models.md",
        brief=(
            f"AUROC {auroc(best)}",
            f"{auroc('responder-propensity')}, response rates",
            "not defined",
            "next row",
        ),
    )


def wiring_beside_all_else(recorded: Recorded) -> Finding:
    document = recorded("main_job")["document"]
    arms = {arm["arm"]: arm for arm in document["arms"]}
    draws = min(arms[arm]["n_draws"] for arm in DECIDE)
    return Finding(
        question="Does the wiring help there, once all else is known?",
        answer=f"It {document['answer']}: `{document['headline']}` leads the same model on permuted identities by "
        f"{lead(arms['identity-permuted'])} AUROC, on rewired edges by {lead(arms['degree-preserving'])}, where "
        "0.01 counts",
        floor=f"without any edge: lead {lead(arms['no-edges'])}",
        ceiling="as above",
        null=f"{draws} draws each, p = {arms['identity-permuted']['p']} and {arms['degree-preserving']['p']}; the "
        "wiring is an atlas's",
        command="python benchmarks/main_job.py --write",
        page="models.md",
        brief=(
            f"It {document['answer']}: lead {lead(arms['identity-permuted'])}",
            "the same without edges",
            "0.01 would count",
            f"permuted and rewired, {draws} draws",
        ),
    )


def wiring_alone(recorded: Recorded) -> Finding:
    found = recorded("wiring")["worm-perturbation"]
    helped = [name for name, verdict in found.items() if verdict["verdict"] == "helps"]
    least, *_, most = sorted(helped, key=lambda name: found[name]["effect"])
    floor = found[least]["floor"]["responder-propensity"]
    best = recorded("main_job")["document"]["models"]["joint-regression"]
    above = [f"`{name}` {found[name]['value']:.3f}" for name in found if found[name]["value"] > floor]
    return Finding(
        question="Does the wiring help models that know little else?",
        answer=f"Helps {len(helped)} of {len(found)}: leads over the nearer null from "
        f"{signed({'value': found[least]['effect'], 'ci': found[least]['ci']})} (`{least}`) "
        f"to {signed({'value': found[most]['effect'], 'ci': found[most]['ci']})} (`{most}`); intervals over cell "
        "classes",
        floor=f"response rates alone {floor:.3f}, which {len(above)} of {len(found)} exceed ({', '.join(above)})",
        ceiling=f"what also knows places and other responses: {with_interval(best['metrics']['auroc'])}",
        null=f"{min(v['draws'] for v in found.values())} draws of permuted identities and of rewired edges, "
        f"p = {max(v['p'] for v in found.values())} each",
        command="python benchmarks/wiring.py --task worm-perturbation --write",
        page="wiring.md",
        brief=(
            f"It helps {len(helped)} of {len(found)}: leads {_effect(found[least])} to {_effect(found[most])}",
            f"{floor:.3f}, above {len(found) - len(above)} of {len(found)}",
            with_interval(best["metrics"]["auroc"]),
            f"permuted and rewired, {min(v['draws'] for v in found.values())} draws",
        ),
    )


def courses(recorded: Recorded) -> Finding:
    found = recorded("kernels")["pulses"]["5 s"]
    models, arms = found["models"], {arm["arm"]: arm for arm in found["arms"]}
    return Finding(
        question="How does a response rise and fall, and does the wiring help there?",
        answer=f"`course-regression` has R² {with_interval(models['course-regression']['r2'])}; the wiring "
        f"{found['answer']}: lead {signed(arms['identity-permuted']['lead'])}, above 0 and within the 0.01 "
        "that counts; intervals over cell classes",
        floor=f"the mean course {with_interval(models['mean-course']['r2'])}, the responder's own "
        f"{with_interval(models['responder-course']['r2'])}",
        ceiling="none: a pair's course is an average that cannot be taken apart",
        null=f"{arms['identity-permuted']['n_draws']} draws of permuted identities (p = "
        f"{arms['identity-permuted']['p']}) and of rewired edges, lead {signed(arms['degree-preserving']['lead'])}",
        command="python benchmarks/kernels.py --write",
        page="kernels.md",
    )


def mutant(recorded: Recorded) -> Finding:
    found = recorded("mutant")
    best, floor = found["carried_over"]["joint-regression"], found["carried_over"]["responder-propensity"]
    edges = {(e["kind"], e["contrast"]): e for e in found["edge_tests"]}
    lost = edges["peptidergic", "lost"]
    return Finding(
        question="What carries over to a mutant without peptides, and do peptide edges mark what it lost?",
        answer=f"`joint-regression` falls from {with_interval(best['wild_type'])} to "
        f"{with_interval(best['mutant'])} AUROC; "
        f"peptide edges do not mark it as far as can be seen, AUROC {with_interval(lost)}; intervals over cell "
        "classes",
        floor=f"response rates alone {with_interval(floor['mutant'])}; looking the same pair up "
        f"{with_interval(found['lookup_model_on_both'])}",
        ceiling="none: the mutant was tried less often, and the AUROC cannot be had from half of the trials",
        null=f"permuted identities reach {lost['null'][0]:.3f} to {lost['null'][1]:.3f}, p = {lost['p']:.2f}",
        command="python benchmarks/mutant.py --write",
        page="unc31.md",
    )


def whose_wiring(recorded: Recorded) -> Finding:
    found = {
        row["relation"]: row
        for row in recorded("whose_wiring")["relations"]
        if (row["model"], row["metric"]) == ("connectome-regression", "auroc_within_fold")
    }
    adults, rewired = found["two adults"], found["adult and its rewired copies"]
    return Finding(
        question="Does it matter whose wiring a model is given?",
        answer="Not shown: between two adults `connectome-regression` differs by "
        f"{lead(adults['largest'])} AUROC at most, though they share "
        f"{adults['jaccard']:.0%} of their edges; intervals over cell classes, three adults",
        floor=f"rewired copies, by which adults differ by {rewired['mean_absolute_difference']:.3f} on average",
        ceiling=f"one animal annotated twice differs by "
        f"{found['one animal, annotated twice']['mean_absolute_difference']:.3f} on average",
        null=f"{recorded('whose_wiring')['n_draws']} rewirings of each: a scale, not a verdict",
        command="python benchmarks/whose_wiring.py --write",
        page="whose-wiring.md",
    )


def signs(recorded: Recorded) -> Finding:
    answerers = recorded("signs")["answerers"]
    best = min(answerers, key=lambda name: answerers[name]["measures"]["agreement"]["p"])
    found = answerers[best]
    positive = found["positive_truth"]
    return Finding(
        question="Can it be told whether an edge excites or inhibits?",
        answer=f"No, as far as {found['n_truth']} edges can say: the best of {len(answerers)} ways, `{best}`, has "
        "a balanced "
        f"accuracy of {with_interval(found['measures']['balanced_accuracy'], '.2f')}; intervals over cell classes",
        floor=f"always +: 0.50, agreement {positive:.3f}",
        ceiling="1 if the sign of a response were that of the edge, which is not known",
        null=f"the same signs shuffled over the same edges, {recorded('signs')['n_permutations']:,} times: "
        f"p = {found['measures']['balanced_accuracy']['p']:.2f}, not corrected for {len(answerers)} ways",
        command="python benchmarks/signs.py --write",
        page="signs.md",
    )


def hidden_edges(recorded: Recorded) -> Finding:
    chemical, gap = (recorded("hidden_edges")[name] for name in ("worm-edges", "worm-gap-junctions"))

    def told(found: dict[str, Any], answerer: str) -> dict[str, Any]:
        return found["answerers"][answerer]["measures"]["auroc_within_fold"]

    return Finding(
        question="Can hidden synapses be told from everything else?",
        answer=f"Gap junctions partly, AUROC {with_interval(told(gap, 'full-regression'))}, chemical synapses "
        f"hardly beyond the floor, {with_interval(told(chemical, 'full-regression'))}; intervals over cell classes",
        floor=f"degrees and places: {with_interval(told(gap, 'structural-regression'))} and "
        f"{with_interval(told(chemical, 'structural-regression'))}; leads {lead(gap['added'])} and "
        f"{lead(chemical['added'])}",
        ceiling="none: how far two animals agree on these pairs was not asked",
        null=f"activity, responses and genes exchanged, {gap['n_draws']} times: "
        f"{told(gap, 'full-regression')['null_mean']:.3f} and {told(chemical, 'full-regression')['null_mean']:.3f}",
        command="python benchmarks/hidden_edges.py --write",
        page="hidden-edges.md",
        brief=(
            f"Gap junctions: AUROC {with_interval(told(gap, 'full-regression'))}; chemical ones: "
            f"{with_interval(told(chemical, 'full-regression'))}",
            "; ".join(f"{told(found, 'structural-regression')['value']:.3f}" for found in (gap, chemical)),
            "not known",
            "; ".join(f"{told(found, 'full-regression')['null_mean']:.3f}" for found in (gap, chemical))
            + ", exchanged",
        ),
    )


def _effect(verdict: dict[str, Any]) -> str:
    return signed({"value": verdict["effect"], "ci": verdict["ci"]})
