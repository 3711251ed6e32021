"""The figure of a probe: one SVG that stands alone, on light and on dark pages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from markupsafe import Markup

from braincast.experiments.probes.finding import Finding
from braincast.reports.axis import Axis, axis_over
from braincast.reports.marks import drawing, grid, label, mark, tick_labels
from braincast.reports.numbers import decimal, p_value, printable
from braincast.reports.plot import Plot, padded

_WIDTH, _HEAD, _GAP = 860, 44, 26
_CURVES, _BARS, _LARGEST = 6, 15, 48
# Grey tones, one blue and one brown that stand out on white and on dark pages alike.
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#767676}.title{font-weight:600}.grid{stroke:#8884;stroke-width:1}"
    ".stretched *{vector-effect:non-scaling-stroke}.curve{fill:none;stroke-width:2}.model{fill:#2f7fd1;stroke:#2f7fd1}"
    ".null{fill:none;stroke:#a0702a}.more{fill:#2f7fd1}.less{fill:#a0702a}.c0{stroke:#2f7fd1;fill:#2f7fd1}"
    ".c1{stroke:#a0702a;fill:#a0702a}.c2{stroke:#3c9a6b;fill:#3c9a6b}.c3{stroke:#8a5fc0;fill:#8a5fc0}"
    ".c4{stroke:#c0507a;fill:#c0507a}.c5{stroke:#767676;fill:#767676}.curve{fill:none}text[class]{stroke:none}"
)


def probe_figure(finding: Finding) -> str:
    """The SVG's text."""
    title = f"{finding.probe} of {finding.subject.fitted.model} on {finding.subject.task.name}"
    panels = [_PANELS[finding.probe](finding)]
    if len(finding.drawn):
        panels.append(_strip(finding))
    height, body = float(_HEAD), []
    for panel, high in panels:
        body.append(Markup('<g transform="translate(0 {})">{}</g>').format(f"{height:g}", panel))
        height += high + _GAP
    opening = Markup('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img">')
    words = Markup("<title>{}</title><style>{}</style>").format(printable(title), Markup(_STYLE))
    heading = label(title, "10", "24", css="title", anchor="start")
    return opening.format(_WIDTH, f"{height:g}") + words + heading + Markup("\n").join(body) + Markup("</svg>\n")


Panel = tuple[Markup, int]


def _strip(finding: Finding) -> Panel:
    """The whole of the effect (dot) beside the draws of its null (diamonds)."""
    own = finding.own if finding.own is not None else 0.0
    axis = axis_over([own, *finding.drawn.tolist()], n_ticks=8)
    words = f"{_WHOLE[finding.probe]}: {decimal(own)}, null {decimal(float(finding.drawn.mean()))}"
    told = f"{words} on average, p {p_value(finding.p)}"
    draws = [mark("null", axis.at(float(value)), "40") for value in finding.drawn]
    body = [label(told, "50%", "14"), grid(axis), *draws, mark("model", axis.at(own), "40"), tick_labels(axis, "72")]
    return drawing(told, body, height=76), 76


def _matrix(finding: Finding) -> Panel:
    """effect[pre, post] of the neurons with the strongest effects: blue raises, brown lowers."""
    assert finding.matrix is not None
    shown = _strongest(finding.matrix)
    values = finding.matrix[np.ix_(shown, shown)].copy()
    np.fill_diagonal(values, 0.0)
    largest = max(float(np.abs(values).max()), 1e-300)
    side = min(24.0, 620 / len(shown))
    cell = Markup('<rect class="{}" fill-opacity="{:.2f}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')
    body = [
        cell.format("more" if v > 0 else "less", abs(v) / largest, 170 + side * post, 30 + side * pre, side, side)
        for pre, row in enumerate(values)
        for post, v in enumerate(row)
        if abs(v) > 0.01 * largest
    ]
    names = [finding.subject.neurons[place] for place in shown]
    body += [label(name, "164", f"{30 + side * (k + 0.5) + 4:.1f}", anchor="end") for k, name in enumerate(names)]
    turned = Markup('<text transform="translate({:.1f} {:.1f}) rotate(60)">{}</text>')
    bottom = 38 + side * len(names)
    body += [turned.format(166 + side * (k + 0.5), bottom, printable(name)) for k, name in enumerate(names)]
    words = f"effect of rows on columns, up to {decimal(largest)}"
    height = int(bottom + 110)
    return drawing(words, [label(words, "170", "16", anchor="start"), *body], height=height), height


def _strongest(matrix: Float[np.ndarray, "pre post"]) -> np.ndarray:
    off = np.abs(matrix - np.diag(np.diag(matrix)))
    reach = np.maximum(off.max(axis=0), off.max(axis=1))
    return np.sort(np.argsort(-reach, kind="stable")[:_LARGEST])


def _paths(finding: Finding) -> Panel:
    """The responses of the strongest responders over leads."""
    table = finding.effects
    names = list(dict.fromkeys(table["post"]))[:_CURVES]
    curves = [table.loc[table["post"] == name, "effect"].tolist() for name in names]
    leads = [float(lead) for lead in range(len(curves[0]) + 1)]
    pushed = "+".join(finding.summary["pushed"])
    return _curves(names, leads, [[0.0, *curve] for curve in curves], f"frames after a push to {pushed}", "response")


def _spectra(finding: Finding) -> Panel:
    """The share of the variance in the first components, of the model and of the recording."""
    table = finding.effects
    names = list(dict.fromkeys(table["of"]))
    curves = [[0.0, *table.loc[table["of"] == name, "effect"].cumsum().tolist()] for name in names]
    count = [float(number) for number in range(len(curves[0]))]
    return _curves(names, count, curves, "principal components", "share of the variance")


def _curves(names: Sequence[str], x: list[float], curves: list[list[float]], across: str, up: str) -> Panel:
    every = [value for curve in curves for value in curve]
    found = axis_over(x)
    whole = Axis(0.0, x[-1], tuple(t for t in found.ticks if t == round(t)), 0)
    plot = Plot(whole, padded(axis_over([0.0, *every])), 300)
    lines = [plot.curve(x[: len(curve)], curve, f"c{k}") for k, curve in enumerate(curves)]
    keys = [label(name, "97%", f"{36 + 17 * k}", css=f"c{k}", anchor="end") for k, name in enumerate(names)]
    told = "; ".join(f"{name}: {decimal(max(curve, key=abs))}" for name, curve in zip(names, curves, strict=True))
    return plot.drawn(up, told, [plot.frame(across, up), plot.stretched(lines), *keys]), 300


def _bars(finding: Finding) -> Panel:
    """By how much the error of the most affected neurons rises."""
    rows = finding.effects.head(_BARS)
    axis = axis_over([0.0, *rows["effect"].tolist()], n_ticks=8)
    bottom, body = 34 + 20 * len(rows), []
    for k, (name, value) in enumerate(zip(rows["post"], rows["effect"], strict=True)):
        y = 30 + 20 * k
        zero, end = sorted((float(axis.at(0.0).rstrip("%")), float(axis.at(float(value)).rstrip("%"))))
        bar = Markup('<rect class="{}" x="{:.2f}%" width="{:.2f}%" y="{}" height="12"/>')
        body.append(bar.format("more" if value > 0 else "less", zero, end - zero, y - 9))
        body.append(label(name, "4%", f"{y + 2}", anchor="end"))
    words = f"rise of the mean absolute error without {'+'.join(finding.summary['lesioned'])}, standard deviations"
    body += [label(words, "50%", "14"), tick_labels(axis, f"{bottom + 8}")]
    return drawing(words, [grid(axis), *body], height=bottom + 14), bottom + 14


_PANELS = {"jacobian": _matrix, "attribute": _matrix, "stimulate": _paths, "lesion": _bars, "dimension": _spectra}
_WHOLE = {
    "stimulate": "mean strength of all responses, other neurons pushed",
    "lesion": "mean rise of the error, other neurons silenced",
    "dimension": "participation ratio, neurons unrelated",
}
