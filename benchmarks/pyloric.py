"""The pyloric network's figures, step by step: `python benchmarks/pyloric.py --write`.

An isolated cell and the network with shorter and shorter steps of both schemes, the cell also with steps that choose
their own length; conductances changed, modulators, temperatures. Parts can be named (`isolated`, `network`,
`conductances`, `modulators`, `temperature`, `raster`); `--table` only writes the page once more.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import jax
import numpy as np
from pages import put_between_markers, rounded
from raster_figure import write_raster

from braincast.dynamics.conductance import (
    Circuit,
    parameters_of,
    read_circuit,
    simulate,
    simulate_spikes,
    stacked,
)
from braincast.dynamics.rhythm import analysis_of
from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "pyloric.json", HERE.parent / "docs" / "findings" / "pyloric.md"
FIGURE = HERE.parent / "docs" / "figures" / "pyloric-rhythms.svg"
STEPS_MS = (0.1, 0.05, 0.025, 0.0125)
SCHEMES = ("exponential-euler", "staggered")
ALONE_MS, SETTLE_MS, NETWORK_MS = 10_000.0, 5_000.0, 30_000.0
TEMPERATURES = (7.0, 10.0, 13.0, 16.0, 19.0, 23.0)
# What is changed, as --set says it, and the factor of the period in another implementation's run.
CONDUCTANCES = {
    "g_H × 0.5": ({"H": "x0.5"}, 1.18),
    "g_H × 0.5, AB/PD alone": ({"AB/PD.H": "x0.5"}, None),
    "g_H × 2": ({"H": "x2"}, 0.90),
    "g_H × 2, AB/PD alone": ({"AB/PD.H": "x2"}, None),
    "g_KCa × 2": ({"KCa": "x2"}, 0.74),
    "g_KCa × 2, AB/PD alone": ({"AB/PD.KCa": "x2"}, None),
}
Changes = Mapping[str, float | str]
SHOWN: dict[str, Changes] = {
    "as it is": {},
    "dopamine": {"dopamine": 1.0},
    "serotonin": {"serotonin": 1.0},
    "proctolin": {"proctolin": 1.0},
    "7 °C": {"temperature": 7.0},
    "23 °C": {"temperature": 23.0},
}
SHOWN_MS = (6_000.0, 12_000.0)


def main(arguments: Sequence[str]) -> None:
    """Measure the parts that are named, or all, and write the page."""
    figures = read_json(RESULT) if RESULT.exists() else {}
    parts = {"isolated": isolated, "network": network, "conductances": conductances}
    parts |= {"modulators": modulators, "temperature": temperatures, "raster": raster}
    named = [name for name in parts if name in arguments] or list(parts)
    for name in [] if "--table" in arguments else named:
        began = time.perf_counter()
        figures[name] = rounded(parts[name]())
        print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
        write_json(RESULT, figures)
    for name, text in tables(figures).items():
        print(text)
        if "--write" in arguments or "--table" in arguments:
            put_between_markers(PAGE, text, name)
    if "raster" in figures and ("--write" in arguments or "--table" in arguments):
        write_raster(FIGURE, "Six seconds of the pyloric network", figures["raster"], *SHOWN_MS)


def tables(figures: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the parts of the page, of those that were measured."""
    shown = {"isolated": _alone, "network": _together, "conductances": _factors}
    shown |= {"modulators": _rhythms, "temperature": _rhythms}
    return {name: table(figures[name]) for name, table in shown.items() if name in figures}


def isolated() -> list[dict[str, Any]]:
    """First crossing of -10 mV and period of a lone pacemaker, for each scheme and step."""
    cell = read_circuit("stg-cell")
    found = []
    for scheme, dt_ms in (*product(SCHEMES, STEPS_MS), ("adaptive", STEPS_MS[1])):
        spikes = simulate(cell, duration_ms=ALONE_MS, dt_ms=dt_ms, integrator=scheme).spike_times_ms  # pyright: ignore[reportArgumentType]
        analysis = analysis_of(spikes, from_ms=SETTLE_MS / 2, to_ms=ALONE_MS)
        first = float(spikes["AB/PD"][0])
        found.append({"scheme": scheme, "dt_ms": dt_ms, "first_ms": first, "period_ms": analysis["period_ms"]})
    return found


def network() -> list[dict[str, Any]]:
    """The rhythm of the network, for each scheme and step."""
    circuit = read_circuit("pyloric")
    found = []
    for scheme, dt_ms in product(SCHEMES, STEPS_MS):
        spikes = simulate(circuit, duration_ms=NETWORK_MS, dt_ms=dt_ms, integrator=scheme).spike_times_ms  # pyright: ignore[reportArgumentType]
        analysis = analysis_of(spikes, from_ms=SETTLE_MS, to_ms=NETWORK_MS)
        found.append({"scheme": scheme, "dt_ms": dt_ms, **analysis})
    return found


def conductances() -> list[dict[str, Any]]:
    """Periods with some conductances changed, and their factors, at three steps of the staggered scheme."""
    circuit, changes = read_circuit("pyloric"), {"": {}, **{name: each for name, (each, _) in CONDUCTANCES.items()}}
    found = []
    for dt_ms in STEPS_MS[1:]:
        base, *others = _analysed(circuit, list(changes.values()), dt_ms)
        for name, analysis in zip(CONDUCTANCES, others, strict=True):
            factor = analysis["period_ms"] / base["period_ms"]
            found.append({"name": name, "dt_ms": dt_ms, "factor": factor, "base_ms": base["period_ms"], **analysis})
    return found


def modulators() -> list[dict[str, Any]]:
    """The rhythm under half and under all of each modulator."""
    circuit = read_circuit("pyloric").changed({f"{cell}.MI": 0.0 for cell in ("AB/PD", "LP", "PY")})
    named = {"none": {}, **{f"{name} {dose:g}": {name: dose} for name in circuit.modulators for dose in (0.5, 1.0)}}
    found = _analysed(circuit, list(named.values()), STEPS_MS[2])
    return [{"name": name, **analysis} for name, analysis in zip(named, found, strict=True)]


def temperatures() -> list[dict[str, Any]]:
    """The rhythm at some temperatures."""
    circuit = read_circuit("pyloric")
    found = _analysed(circuit, [{"temperature": degrees} for degrees in TEMPERATURES], STEPS_MS[2])
    return [{"name": f"{degrees:g} °C", **analysis} for degrees, analysis in zip(TEMPERATURES, found, strict=True)]


def raster() -> dict[str, Any]:
    """Spikes under some conditions, of the seconds that are drawn."""
    circuit = read_circuit("pyloric").changed({f"{cell}.MI": 0.0 for cell in ("AB/PD", "LP", "PY")})
    spikes = _spikes(circuit, list(SHOWN.values()), STEPS_MS[1], SHOWN_MS[1])
    drawn = [{cell: times[times >= SHOWN_MS[0]].tolist() for cell, times in each.items()} for each in spikes]
    return dict(zip(SHOWN, drawn, strict=True))


def _analysed(circuit: Circuit, changes: Sequence[Changes], dt_ms: float) -> list[dict[str, Any]]:
    """The rhythms of a circuit changed in several ways."""
    spikes = _spikes(circuit, changes, dt_ms, NETWORK_MS)
    rates = [{cell: 1e3 * len(times) / NETWORK_MS for cell, times in each.items()} for each in spikes]
    rhythms = [analysis_of(each, from_ms=SETTLE_MS, to_ms=NETWORK_MS) for each in spikes]
    return [{**rhythm, "rate_hz": rate} for rhythm, rate in zip(rhythms, rates, strict=True)]


def _spikes(circuit: Circuit, changes: Sequence[Changes], dt_ms: float, duration_ms: float) -> list[dict[str, Any]]:
    """The spikes of a circuit changed in several ways, as one batch in float64."""
    with jax.enable_x64(True):
        batch = stacked([parameters_of(circuit.changed(each)) for each in changes])
        options: dict[str, Any] = {"integrator": "staggered", "dtype": np.float64}
        return simulate_spikes(circuit, batch, duration_ms=duration_ms, dt_ms=dt_ms, **options)


def _alone(rows: Sequence[dict[str, Any]]) -> str:
    true = next(row["first_ms"] for row in rows if row["scheme"] == "adaptive")
    lines = ["| scheme | step, ms | first spike, ms | error, ms | period, ms |", "|---|---|---|---|---|"]
    for row in rows:
        error = f"{row['first_ms'] - true:+.3f}" if row["scheme"] != "adaptive" else ""
        lines.append(f"| {_scheme(row)} | {row['first_ms']:.2f} | {error} | {row['period_ms']:,.0f} |")
    return "\n".join(lines)


def _together(rows: Sequence[dict[str, Any]]) -> str:
    lines = [
        "| scheme | step, ms | class | period, ms | PD duty | LP starts | PY starts |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        phases = " | ".join(f"{row['phase'][cell]['start']:.3f}" for cell in ("LP", "PY"))
        period = f"{row['period_ms']:,.0f} ± {row['period_sd_ms']:.0f}"
        lines.append(f"| {_scheme(row)} | {row['class']} | {period} | {row['duty']['AB/PD']:.3f} | {phases} |")
    return "\n".join(lines)


def _factors(rows: Sequence[dict[str, Any]]) -> str:
    steps = sorted({row["dt_ms"] for row in rows}, reverse=True)
    lines = ["| changed | " + " | ".join(f"{dt_ms:g} ms" for dt_ms in steps) + " | elsewhere |"]
    lines.append("|---" * (len(steps) + 2) + "|")
    for name, (_, elsewhere) in CONDUCTANCES.items():
        own = {row["dt_ms"]: row for row in rows if row["name"] == name}
        told = [f"{own[dt_ms]['factor']:.2f}" + ("" if own[dt_ms]["class"] == "pyloric" else "*") for dt_ms in steps]
        lines.append(f"| {name} | {' | '.join(told)} | {elsewhere or ''} |")
    return "\n".join(lines)


def _rhythms(rows: Sequence[dict[str, Any]]) -> str:
    head = "| | class | period, ms | duty PD, LP, PY | LP, PY start | spikes/s of PD, LP, PY |"
    lines = [head, "|---|---|---|---|---|---|"]
    for row in rows:
        duties = ", ".join(_told(value, ".2f") for value in row["duty"].values())
        starts = ", ".join(_told(row["phase"][cell]["start"], ".2f") for cell in ("LP", "PY"))
        rates = ", ".join(_told(value, ".1f") for value in row["rate_hz"].values())
        period = _told(row["period_ms"], ",.0f")
        lines.append(f"| {row['name']} | {row['class']} | {period} | {duties} | {starts} | {rates} |")
    return "\n".join(lines)


def _scheme(row: Mapping[str, Any]) -> str:
    return f"{row['scheme']} | {'own' if row['scheme'] == 'adaptive' else format(row['dt_ms'], 'g')}"


def _told(value: float | None, spec: str) -> str:
    return "–" if value is None else format(value, spec)


if __name__ == "__main__":
    main(sys.argv[1:])
