"""The tables and the picture of the larval fly's page, from recorded figures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matrix_figure import Panel, write_matrix_figure

from braincast.experiments.flow.measure import STATISTICS

_DECIDE = ("identity-permuted", "degree-preserving")
_DIGITS = {"output_rate_hz": 2, "latency_ms": 0, "hops": 2}
_SIDES = ("above", "between", "below")
_SHOWN = ("recruited", "outputs_recruited", "separation")


def tables(figures: Mapping[str, Any]) -> dict[str, str]:
    """The text of each part of the page."""
    return {
        "transmitters": _transmitters(figures["known"]),
        "flow": _flow(figures),
        "kenyon": _kenyon(figures["kenyon_cells"]),
        "nulls": _nulls(figures["flow"]["nulls"]),
        "sides": _sides(figures["sweep"]),
        "sweep": _sweep(figures["sweep"]),
    }


def draw(path: Path, figures: Mapping[str, Any]) -> None:
    """Shares of each class that each sense recruits, true and in the nulls; dots where no draw of either is as far."""
    flow = figures["flow"]
    own, drawn = flow["shares"], flow["null_shares"]
    outside = [
        [
            share is not None and all(_outside(share, drawn[null], r, c) for null in _DECIDE)
            for c, share in enumerate(row)
        ]
        for r, row in enumerate(own)
    ]
    panels = [
        Panel("true wiring (dots: outside the range of both nulls below)", own, outside),
        *(Panel(f"{null}, mean of draws", drawn[null]["mean"]) for null in _DECIDE),
    ]
    title = "Share of each class of neurons that spikes when a sense is driven"
    write_matrix_figure(path, title, list(figures["senses"]), list(figures["classes"]), panels)


def _outside(share: float, drawn: Mapping[str, Any], row: int, column: int) -> bool:
    low, high = drawn["low"][row][column], drawn["high"][row][column]
    return low is not None and not low <= share <= high


def _transmitters(known: Mapping[str, Any]) -> str:
    lines = [
        "| neurons | transmitter | number | share of synapses | shown in | source |",
        "|---|---|---|---|---|---|",
    ]
    for row in known["statements"]:
        who = f"class {row['cell_class']}" if row["cell_class"] else ", ".join(name.strip("_") for name in row["names"])
        share, where = f"{row['synapses']:.1%}", f"{row['animal']} | {row['source']}"
        lines.append(f"| {who} | {row['transmitter']} | {row['neurons']} | {share} | {where} |")
    unknown = known["unknown"]
    lines.append(f"| all others | unknown | {unknown['neurons']:,} | {unknown['synapses']:.1%} | – | – |")
    return "\n".join(lines)


def _flow(figures: Mapping[str, Any]) -> str:
    by_sense = {null: figures["flow"]["by_sense"][null] for null in _DECIDE}
    own = by_sense[_DECIDE[0]]
    lines = [
        "| sense | neurons driven | recruited | of the outputs | identity-permuted | degree-preserving | outputs, Hz "
        "| first spike, ms | hops |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for sense, n in figures["senses"].items():
        cells = [_value(own[name][sense]["value"], name) for name in ("recruited", "outputs_recruited")]
        cells += [_null(by_sense[null]["outputs_recruited"][sense], "outputs_recruited") for null in _DECIDE]
        cells += [_value(own[name][sense]["value"], name) for name in ("output_rate_hz", "latency_ms", "hops")]
        lines.append(f"| {sense} | {n} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _kenyon(rows: list[Mapping[str, Any]]) -> str:
    senses = [sense for sense in rows[0]["shares"] if any(row["shares"][sense] for row in rows)]
    lines = [f"| Kenyon cells that spike | mV | {' | '.join(senses)} |", "|---" * (2 + len(senses)) + "|"]
    for row in rows:
        cells = " | ".join(f"{row['shares'][sense]:.2f}" for sense in senses)
        lines.append(f"| {row['part']} | {row['unit_weight_mv']:.3g} | {cells} |")
    return "\n".join(lines)


def _nulls(compared: Mapping[str, Any]) -> str:
    lines = [f"| mean over senses | true | {' | '.join(compared)} |", "|---" * (len(compared) + 2) + "|"]
    for name, words in STATISTICS.items():
        own = next(iter(compared.values()))[name]["value"]
        cells = " | ".join(_null(found[name], name, p=True) for found in compared.values())
        lines.append(f"| {words} | {_value(own, name)} | {cells} |")
    return "\n".join(lines)


def _sides(sweep: list[Mapping[str, Any]]) -> str:
    """In how many settings the true wiring lies above all draws, between them, and below all."""
    settings: dict[tuple[str, float], list[Mapping[str, Any]]] = {}
    for row in sorted(sweep, key=lambda row: (row["part"], row["unit_weight_mv"])):
        settings.setdefault((row["part"], row["unit_weight_mv"]), []).append(row)
    heads = " | ".join(f"{part}, {weight:.3g} mV ({len(rows)})" for (part, weight), rows in settings.items())
    lines = [f"| above / between / below all draws | null | {heads} |", "|---" * (2 + len(settings)) + "|"]
    for name, words in STATISTICS.items():
        for null in _DECIDE:
            sides = [[row["nulls"][null][name]["side"] for row in rows] for rows in settings.values()]
            lines.append(f"| {words} | {null} | {_counted(sides)} |")
    for sense in sweep[0]["senses"][_DECIDE[0]]:
        for null in _DECIDE:
            sides = [[row["senses"][null][sense] for row in rows] for rows in settings.values()]
            lines.append(f"| share of the outputs that {sense} makes spike | {null} | {_counted(sides)} |")
    return "\n".join(lines)


def _counted(settings: list[list[str]]) -> str:
    return " | ".join(" / ".join(str(sides.count(side)) for side in _SIDES) for sides in settings)


def _sweep(sweep: list[Mapping[str, Any]]) -> str:
    heads = [
        f"{head}: {who}" for head in ("recruited", "outputs", "separation") for who in ("true", "identity", "degree")
    ]
    lines = [f"| signs | draw | synapses | mV | {' | '.join(heads)} |", "|---" * (4 + len(heads)) + "|"]
    for row in sweep:
        cells = []
        for name in _SHOWN:
            cells.append(_value(row["nulls"][_DECIDE[0]][name]["value"], name))
            cells += [_null(row["nulls"][null][name], name) for null in _DECIDE]
        setting = f"{row['rule']} | {row['seed']} | {row['part']} | {row['unit_weight_mv']:.3g}"
        lines.append(f"| {setting} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _value(value: float | None, name: str) -> str:
    return "–" if value is None else f"{value:.{_DIGITS.get(name, 3)}f}"


def _null(found: Mapping[str, Any], name: str, *, p: bool = False) -> str:
    if found["null"] is None:
        return "–"
    low, high = (_value(end, name) for end in found["range"])
    chance = f", p {found['p']:.2f}" if p else ""
    return f"{_value(found['null'], name)} ({low} to {high}){chance}"
