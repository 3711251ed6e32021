"""What is known of the worm's wiring and responses, as recorded."""

from __future__ import annotations

from typing import Any

from finding import DECIDE, Finding, Recorded, Told, lead, signed
from pages import with_interval

CLASSES = "cell classes; animals are pooled"


def worm_responses(recorded: Recorded) -> Finding:
    document = recorded("main_job")["document"]
    models, best = document["models"], document["headline"]
    ceiling = {"value": document["ceiling"]["correlation"], "ci": document["ceiling"]["correlation_ci"]}
    propensity, distance, headline = (
        with_interval(models[name]["metrics"]["auroc"]) for name in ("responder-propensity", "distance", best)
    )
    return Finding(
        question="Which neurons of a worm answer when one is stimulated?",
        over=CLASSES,
        full=Told(
            f"`{best}`, chosen by inner folds, ranks pairs with an AUROC of {headline}",
            f"response rates alone {propensity}; distance between cell bodies alone {distance}",
            "none for the AUROC, since q cannot be had from half of the trials; the correlation is "
            f"{with_interval(models[best]['metrics']['correlation'], '.2f')} of at most "
            f"{with_interval(ceiling, '.2f')}",
            "the next question",
        ),
        brief=Told(f"AUROC {headline}", f"{propensity}, response rates", "not defined", "next row"),
        command="python benchmarks/main_job.py --write",
        page="models.md",
        in_readme=True,
    )


def wiring_beside_all_else(recorded: Recorded) -> Finding:
    document = recorded("main_job")["document"]
    arms = {arm["arm"]: arm for arm in document["arms"]}
    permuted, rewired = (arms[arm] for arm in DECIDE)
    draws = min(permuted["n_draws"], rewired["n_draws"])
    return Finding(
        question="Does the wiring help there, once all else is known?",
        over=CLASSES,
        full=Told(
            f"It {_in_words(document['answer'])}: `{document['headline']}` leads the same model with permuted "
            f"identities by {lead(permuted)} AUROC, with rewired edges by {lead(rewired)}, where 0.01 counts",
            f"without any edge: lead {lead(arms['no-edges'])}",
            "as above",
            f"{draws} draws each, p = {permuted['p']} and {rewired['p']}, the least there can be; the wiring is "
            "an atlas's",
        ),
        brief=Told(
            f"It {_in_words(document['answer'])}: lead {lead(permuted)}",
            f"without edges: lead {lead(arms['no-edges'])}",
            "of a lead, none; 0.01 counts",
            f"permuted and rewired, {draws} draws",
        ),
        command="python benchmarks/main_job.py --write",
        page="models.md",
        in_readme=True,
    )


def wiring_alone(recorded: Recorded) -> Finding:
    found = recorded("wiring")["worm-perturbation"]
    helped = [name for name, verdict in found.items() if verdict["verdict"] == "helps"]
    least, *_, most = sorted(helped, key=lambda name: found[name]["effect"])
    floor, draws = found[least]["floor"]["responder-propensity"], min(v["draws"] for v in found.values())
    above = [f"`{name}` {found[name]['value']:.3f}" for name in found if found[name]["value"] > floor]
    best = with_interval(recorded("main_job")["document"]["models"]["joint-regression"]["metrics"]["auroc"])
    return Finding(
        question="Does the wiring help models that know little else?",
        over=CLASSES,
        full=Told(
            f"It helps {len(helped)} of {len(found)}: leads over the nearer null lie between "
            f"{_effect(found[least])} (`{least}`) and {_effect(found[most])} (`{most}`)",
            f"response rates alone {floor:.3f}, which {len(above)} of {len(found)} exceed ({', '.join(above)})",
            f"what also knows places and other responses: {best}",
            f"{draws} draws of permuted identities and of rewired edges, p = "
            f"{max(v['p'] for v in found.values())} each",
        ),
        brief=Told(
            f"It helps {len(helped)} of {len(found)}: leads {_effect(found[least])} to {_effect(found[most])}",
            f"{floor:.3f}, response rates: {len(above)} of {len(found)} exceed it",
            best,
            f"permuted and rewired, {draws} draws",
        ),
        command="python benchmarks/wiring.py --task worm-perturbation --write",
        page="wiring.md",
        in_readme=True,
    )


def courses(recorded: Recorded) -> Finding:
    found = recorded("kernels")["pulses"]["5 s"]
    arms = {arm["arm"]: arm for arm in found["arms"]}
    permuted, rewired = (signed(arms[arm]["lead"]) for arm in DECIDE)
    best, own, mean = (
        with_interval(found["models"][name]["r2"]) for name in ("course-regression", "responder-course", "mean-course")
    )
    draws = min(arms[arm]["n_draws"] for arm in DECIDE)
    return Finding(
        question="How does a response rise and fall, and does the wiring help there?",
        over=CLASSES,
        full=Told(
            f"`course-regression` has R² {best}; the wiring {_in_words(found['answer'])}: lead {permuted}, above 0 and "
            "within the 0.01 that counts",
            f"the mean course {mean}, the responder's own {own}",
            "none: a pair's course is an average that cannot be taken apart",
            f"{draws} draws of permuted identities (p = {arms['identity-permuted']['p']}) and of rewired edges, "
            f"lead {rewired}",
        ),
        brief=Told(
            f"R² {best}; the wiring {_in_words(found['answer'])}: lead {permuted}",
            f"{mean}, the mean course",
            "not defined",
            f"permuted and rewired, {draws} draws",
        ),
        command="python benchmarks/kernels.py --write",
        page="kernels.md",
    )


def mutant(recorded: Recorded) -> Finding:
    found = recorded("mutant")
    best = found["carried_over"]["joint-regression"]
    wild_type, unc31 = (with_interval(best[strain]) for strain in ("wild_type", "mutant"))
    floor = with_interval(found["carried_over"]["responder-propensity"]["mutant"])
    (lost,) = (e for e in found["edge_tests"] if (e["kind"], e["contrast"]) == ("peptidergic", "lost"))
    null = f"permuted identities reach {lost['null'][0]:.3f} to {lost['null'][1]:.3f}, p = {lost['p']:.2f}"
    return Finding(
        question="What carries over to a mutant without peptides, and do peptide edges mark what it lost?",
        over=CLASSES,
        full=Told(
            f"`joint-regression` falls from {wild_type} to {unc31} AUROC; peptide edges do not mark what was "
            f"lost, as far as can be seen: AUROC {with_interval(lost)}",
            f"response rates alone {floor}; looking the same pair up {with_interval(found['lookup_model_on_both'])}",
            "none: the mutant was tried less often, and the AUROC cannot be had from half of the trials",
            null,
        ),
        brief=Told(
            f"AUROC {wild_type} falls to {unc31}; peptide edges {with_interval(lost)}",
            f"{floor}, response rates",
            "not defined",
            null,
        ),
        command="python benchmarks/mutant.py --write",
        page="unc31.md",
    )


def whose_wiring(recorded: Recorded) -> Finding:
    found = {
        row["relation"]: row
        for row in recorded("whose_wiring")["relations"]
        if (row["model"], row["metric"]) == ("connectome-regression", "auroc_within_fold")
    }
    adults, most = found["two adults"], lead(found["two adults"]["largest"])
    rewired, twice = (
        f"{found[relation]['mean_absolute_difference']:.3f}"
        for relation in ("adult and its rewired copies", "one animal, annotated twice")
    )
    n_draws = recorded("whose_wiring")["n_draws"]
    return Finding(
        question="Does it matter whose wiring a model is given?",
        over="cell classes; three adults",
        full=Told(
            f"Not shown: between two adults `connectome-regression` differs by {most} AUROC at most, though they "
            f"share {adults['jaccard']:.0%} of their edges",
            f"rewired copies, by which adults differ by {rewired} on average",
            f"one animal annotated twice differs by {twice} on average",
            f"{n_draws} rewirings of each: a scale, not a verdict",
        ),
        brief=Told(
            f"Not shown: two adults differ by {most} AUROC at most",
            f"{rewired}, rewired copies",
            f"{twice}, annotated twice",
            f"{n_draws} rewirings: no verdict",
        ),
        command="python benchmarks/whose_wiring.py --write",
        page="whose-wiring.md",
    )


def signs(recorded: Recorded) -> Finding:
    answerers = recorded("signs")["answerers"]
    best = min(answerers, key=lambda name: answerers[name]["measures"]["balanced_accuracy"]["p"])
    found, accuracy = answerers[best], answerers[best]["measures"]["balanced_accuracy"]
    return Finding(
        question="Can it be told whether an edge excites or inhibits?",
        over=CLASSES,
        full=Told(
            f"No, as far as {found['n_truth']} edges can say: the best of {len(answerers)} ways, `{best}`, has a "
            f"balanced accuracy of {with_interval(accuracy, '.2f')}",
            f"always +: 0.50, and agreement {found['positive_truth']:.3f}",
            "1, if the sign of a response were that of the edge, which is not known",
            f"the same signs shuffled over the same edges, {recorded('signs')['n_permutations']:,} times: p = "
            f"{accuracy['p']:.2f}, not corrected for {len(answerers)} ways",
        ),
        brief=Told(
            f"No: balanced accuracy {with_interval(accuracy, '.2f')}, the best of {len(answerers)} ways",
            "0.50, always +",
            "not known",
            f"signs shuffled, p = {accuracy['p']:.2f}",
        ),
        command="python benchmarks/signs.py --write",
        page="signs.md",
    )


def hidden_edges(recorded: Recorded) -> Finding:
    kinds = [recorded("hidden_edges")[name] for name in ("worm-gap-junctions", "worm-edges")]
    all_told, structure = (
        [found["answerers"][answerer]["measures"]["auroc_within_fold"] for found in kinds]
        for answerer in ("full-regression", "structural-regression")
    )
    gap, chemical = (with_interval(measure) for measure in all_told)
    floor = [with_interval(measure) for measure in structure]
    exchanged = " and ".join(f"{measure['null_mean']:.3f}" for measure in all_told)
    return Finding(
        question="Can hidden synapses be told from everything else?",
        over=CLASSES,
        full=Told(
            f"Gap junctions partly, AUROC {gap}; chemical synapses hardly beyond the floor, {chemical}",
            f"degrees and places: {floor[0]} and {floor[1]}; leads {lead(kinds[0]['added'])} and "
            f"{lead(kinds[1]['added'])}",
            "none: how far two animals agree on these pairs was not asked",
            f"activity, responses and genes exchanged, {kinds[0]['n_draws']} times: {exchanged}",
        ),
        brief=Told(
            f"Gap junctions: AUROC {gap}; chemical ones: {chemical}",
            " and ".join(f"{measure['value']:.3f}" for measure in structure) + ", degrees and places",
            "not known",
            f"{exchanged}, clues exchanged",
        ),
        command="python benchmarks/hidden_edges.py --write",
        page="hidden-edges.md",
        in_readme=True,
    )


def _effect(verdict: dict[str, Any]) -> str:
    return signed({"value": verdict["effect"], "ci": verdict["ci"]})


def _in_words(verdict: str) -> str:
    return "does not help" if verdict == "does not" else verdict
