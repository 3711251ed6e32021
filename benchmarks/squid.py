"""The squid's axon: rest, threshold, spike times, rates and convergence: `python benchmarks/squid.py --write`.

Spike times of both schemes against scipy's LSODA (tolerances 1e-11) on equations written for this comparison alone.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers
from scipy.integrate import solve_ivp

from braincast.dynamics.conductance import Circuit, Simulation, read_circuit, simulate
from braincast.files import write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "squid.json", HERE.parent / "docs" / "concepts" / "circuits.md"
STEPS_MS = (0.1, 0.05, 0.025, 0.0125, 0.00625)
SCHEMES = {"exponential-euler": "exponential Euler", "staggered": "staggered"}
FINE_MS, SPIKE = 0.005, 3  # the third spike at 10 µA/cm² is compared
REST_MV = -64.99638


def main(arguments: list[str]) -> None:
    figures = measured()
    for name, text in tables(figures).items():
        print(text)
        if "--write" in arguments:
            write_json(RESULT, figures)
            put_between_markers(PAGE, text, name)


def measured() -> dict[str, Any]:
    """Everything that the tables say."""
    squid = read_circuit("hh")
    at_ten = run(squid, 10, 100.0, FINE_MS)
    wanted = by_scipy(10, 50.0)
    errors = {
        scheme: [abs(_third(run(squid, 10, 50.0, dt, scheme)) - wanted[SPIKE - 1]) for dt in STEPS_MS]
        for scheme in SCHEMES
    }
    return {
        "rest_mv": float(run(squid, 0, 300.0, FINE_MS).voltage_mv[-1, 0]),
        "threshold_ua_per_cm2": threshold(squid),
        "spikes_at_10_ms": at_ten.spike_times_ms["axon"][:3].tolist(),
        "scipy_at_10_ms": wanted[:3].tolist(),
        "peak_at_10_mv": float(at_ten.voltage_mv.max()),
        "rates_hz": {str(current): rate(squid, current) for current in (8, 10, 30)},
        "spikes_at_100": len(run(squid, 100, 500.0, FINE_MS).spike_times_ms["axon"]),
        "errors_ms": errors,
        "slopes": {s: float(np.polyfit(np.log(STEPS_MS[1:]), np.log(e[1:]), 1)[0]) for s, e in errors.items()},
    }


def run(squid: Circuit, current: float, duration_ms: float, dt_ms: float, scheme: Any = "staggered") -> Simulation:
    return simulate(squid.changed({"current": current}), duration_ms=duration_ms, dt_ms=dt_ms, integrator=scheme)


def rate(squid: Circuit, current: float) -> float:
    """The reciprocal of the last interval after 500 ms, in Hz."""
    return 1e3 / float(np.diff(run(squid, current, 500.0, FINE_MS).spike_times_ms["axon"])[-1])


def threshold(squid: Circuit) -> float:
    """The least current under which it still spikes after a second, by bisection to 0.005 µA/cm²."""
    below, above = 6.0, 6.5
    while above - below > 0.005:
        middle = (below + above) / 2
        times = run(squid, middle, 1200.0, 0.01).spike_times_ms["axon"]
        goes_on = len(times) > 0 and times[-1] > 1000
        below, above = (below, middle) if goes_on else (middle, above)
    return above


def by_scipy(current: float, duration_ms: float) -> np.ndarray:
    """Upward crossings of 0 mV."""

    def crosses(_: float, y: np.ndarray) -> float:
        return y[0]

    crosses.direction = 1  # pyright: ignore[reportFunctionMemberAccess]
    alpha, beta = _rates(REST_MV)
    start = [REST_MV, *(alpha / (alpha + beta))]
    how: dict[str, Any] = {"method": "LSODA", "events": crosses, "rtol": 1e-11, "atol": 1e-11}
    return solve_ivp(lambda _, y: _slope(y, current), (0, duration_ms), start, **how).t_events[0]


def _slope(y: np.ndarray, current: float) -> np.ndarray:
    v, m, h, n = y
    alpha, beta = _rates(v)
    ionic = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
    return np.array([current - ionic, *(alpha - (alpha + beta) * y[1:])])


def _rates(v: float) -> tuple[np.ndarray, np.ndarray]:
    def over(x: float) -> float:
        return x / (1 - np.exp(-x)) if abs(x) > 1e-9 else 1.0

    alpha = (over((v + 40) / 10), 0.07 * np.exp(-(v + 65) / 20), 0.1 * over((v + 55) / 10))
    return np.array(alpha), np.array(
        (4 * np.exp(-(v + 65) / 18), 1 / (1 + np.exp(-(v + 35) / 10)), 0.125 * np.exp(-(v + 65) / 80))
    )


def _third(found: Simulation) -> float:
    return float(found.spike_times_ms["axon"][SPIKE - 1])


def tables(figures: Mapping[str, Any]) -> dict[str, str]:
    """The parts of the page."""
    return {"squid": _facts(figures), "convergence": _convergence(figures)}


def _facts(found: Mapping[str, Any]) -> str:
    spikes, scipy = (", ".join(f"{t:.3f}" for t in found[key]) for key in ("spikes_at_10_ms", "scipy_at_10_ms"))
    rates = ", ".join(f"{rate:.2f} at {current}" for current, rate in found["rates_hz"].items())
    return "\n".join(
        [
            "| | found |",
            "|---|---|",
            f"| rest | {found['rest_mv']:.5f} mV |",
            f"| spikes on and on from | {found['threshold_ua_per_cm2']:.2f} µA/cm² |",
            f"| first spikes at 10 µA/cm² | {spikes} ms (scipy: {scipy}) |",
            f"| peak at 10 µA/cm² | {found['peak_at_10_mv']:.2f} mV |",
            f"| rates | {rates} µA/cm² (Hz) |",
            f"| spikes at 100 µA/cm² in 500 ms | {found['spikes_at_100']} |",
        ]
    )


def _convergence(found: Mapping[str, Any]) -> str:
    head = " | ".join(f"{dt:g} ms" for dt in STEPS_MS)
    lines = [f"| scheme | {head} | slope |", "|---|" + "---|" * (len(STEPS_MS) + 1)]
    for scheme, name in SCHEMES.items():
        cells = " | ".join(f"{error:.2g}" for error in found["errors_ms"][scheme])
        lines.append(f"| {name} | {cells} | {found['slopes'][scheme]:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
