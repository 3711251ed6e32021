"""ZAPBench and beyond: a vertebrate's whole brain, long horizons, and the climate of a model."""

from __future__ import annotations

from typing import Any

from promises.claim import Answer, Asked, Claim, Script, Theme, at_most, between, exactly, holding, near, tests

CARD = "braincast show task zapbench-c4 --json"
WINDOWS = {
    "gain": 98,
    "dots": 323,
    "flash": 99,
    "turning": 231,
    "position": 86,
    "open loop": 165,
    "rotation": 99,
    "dark": 88,
    "taxis": 368,
}
SCORE = "C4: score beside mean, persistence and stimulus-average"
BY_CLOSENESS = ("truth", "nvar", "ar", "mean")


def _windows(counts: dict[str, int]) -> str:
    return ", ".join(f"{condition} {n}" for condition, n in counts.items())


def _plan(*, score: bool) -> Any:
    """What was reached over what was planned, of the score or of all else."""
    return lambda found: [row["reached"] / row["planned"] for row in found["rows"] if (row["what"] == SCORE) == score]


def _divergences(law: str) -> Any:
    def reads(found: dict[str, Any]) -> list[float]:
        models = found["tasks"][f"{law}-rollout"]["models"]
        return [models[name]["invariant_kl"]["value"] for name in BY_CLOSENESS]

    return reads


def _constant(found: dict[str, Any]) -> bool:
    laws = (found["tasks"][f"{law}-rollout"]["models"] for law in ("lorenz63", "lorenz96"))
    return all(max(models, key=lambda m: models[m]["spectral_hellinger"]["value"] or 0) == "mean" for models in laws)


RISING = Asked("truth < fitted nonlinear < AR < mean", lambda found: list(found) == sorted(found))
WITHIN = Asked("within a factor of 1.5", lambda ratios: all(1 / 1.5 <= ratio <= 1.5 for ratio in ratios))

THEME = Theme(
    "zebrafish",
    "A whole zebrafish, and long horizons",
    (
        Claim(
            "c4",
            "Full size, made up: linear C4 trained, forecast and scored on 2 cores",
            at_most(60, "minutes"),
            Script("zapbench_scale", lambda found: found["minutes"]),
            "{:.0f} minutes",
            "hours",
            timing=True,
        ),
        Claim(
            "c4-memory",
            "Full size, made up: memory of C4 and C256",
            at_most(8, "GB"),
            Script("zapbench_scale", lambda found: found["peak_gb"]),
            "{:.1f} GB",
            "hours",
            but="The row of C4's memory is from a second run (`--score`), put among the rows of the whole run by hand; "
            "in that whole run it was 4.8 GB. A quiet `--write` would replace both.",
        ),
        Claim(
            "c256",
            "C256 for 1,000 steps, killed and gone on with at step",
            between(1, 1000),
            Script("zapbench_scale", lambda found: found["killed_at"]),
            "{}",
            "hours",
        ),
        Claim(
            "plan",
            "Times, memory and disk over the plan printed beforehand, all but the score alone",
            WITHIN,
            Script("zapbench_scale", _plan(score=False)),
            "{:.2f}",
            "hours",
            timing=True,
        ),
        Claim(
            "plan-score",
            "Time of the score alone over the plan printed beforehand",
            WITHIN,
            Script("zapbench_scale", _plan(score=True)),
            "{:.2f}",
            "hours",
            timing=True,
            but="The plan tried a few parts while other programs ran, and promised too long. It takes the least of "
            "three tries now; that was not measured at full size.",
        ),
        Claim(
            "windows",
            "Test windows by condition, from the published constants",
            exactly(WINDOWS, _windows(WINDOWS)),
            Answer(CARD, lambda card: card["windows"]["test"]),
            _windows,
            but="The public bucket could not be reached: reading in place was tested against a local server of the "
            "same layout, and no figure of ours is from the fish itself.",
        ),
        Claim(
            "blocks",
            "Disjoint windows of 32 frames among all test windows",
            exactly(43),
            Answer(CARD, lambda card: card["disjoint_windows"]["test"]),
        ),
        tests(
            "published-windows",
            "Every window is held to the published rule",
            "tests/tasks/forecasting/test_zapbench_tasks.py",
        ),
        tests(
            "average",
            "The error averaged as published, to 1e-7 of an independent script; per-neuron skill beside it",
            "tests/scoring/forecasting/test_forecast_averages.py",
        ),
        Claim(
            "exponent",
            "Largest Lyapunov exponent of Lorenz-63",
            near(0.906, by=0.02),
            Script("rollouts", lambda found: found["exponents"]["lorenz63"]["value"][0]),
            "{:.3f}",
            "hours",
        ),
        Claim(
            "ranking-63",
            "Lorenz-63: distance of the invariant measure, by truth, nvar, AR, mean",
            RISING,
            Script("rollouts", _divergences("lorenz63")),
            "{:.3f}",
            "hours",
        ),
        Claim(
            "ranking-96",
            "Lorenz-96: distance of the invariant measure, by truth, nvar, AR, mean",
            RISING,
            Script("rollouts", _divergences("lorenz96")),
            "{:.3f}",
            "hours",
            but="The well-fitted law comes out nearer than the other half of the truth: the two cannot be told apart "
            "(their intervals overlap), and which is nearer is chance. A law fitted badly on purpose lies between "
            "truth and AR.",
        ),
        Claim(
            "constant",
            "A constant predictor loses on spectra, on both",
            holding("the largest distance"),
            Script("rollouts", _constant),
            lambda ok: "the largest distance" if ok else "not the largest",
            "hours",
        ),
        tests(
            "closed-form",
            "The spectrum of an AR(1) is that of its closed form",
            "tests/scoring/rollouts/test_rollout_measures.py",
        ),
        tests(
            "few-blocks",
            "Intervals on AR surrogates with as few blocks as each condition has",
            "tests/scoring/forecasting/test_forecast_averages.py::test_intervals_hold_with_as_few_blocks_as_each_condition_has",
        ),
        Claim(
            "rollout-coverage",
            "Intervals of rollout measures on autoregressions, the covariance apart",
            between(0.9, 1),
            Script(
                "rollout_coverage",
                lambda found: [
                    row["held"]
                    for n in found.values()
                    for key, row in n.items()
                    if isinstance(row, dict) and key != "covariance_error"
                ],
            ),
            lambda held: f"{min(held):.0%} to {max(held):.0%}",
            "hours",
            but="Those of the covariance hold in 85 to 89 % and are flagged.",
        ),
    ),
)
