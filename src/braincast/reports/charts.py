"""The charts of the report: rows of interval plots on a shared axis, and the strip of null draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from braincast.reports.axis import Axis, axis_over
from braincast.reports.entries import Entry, Score, score_of
from braincast.reports.marks import band, drawing, grid, label, mark, rule, tick_labels, whisker
from braincast.reports.numbers import decimal, interval, typographic

_DOT_RADIUS = 2.6
# In per cent of the width: a dot's diameter at 400 pixels.
_DOT_WIDTH = 1.3
_STACK_HEIGHT = 38
_STRIP_HEIGHT = 66
_STRIP_TOP = 22


def axis_head(axis: Axis, title: str, *, signed: bool = False) -> Markup:
    """The axis above a column of interval plots."""
    ends = f"Axis: {title}, {decimal(axis.lower, axis.digits)} to {decimal(axis.upper, axis.digits)}"
    body = [label(title, "50%", "13", css="axis-title"), tick_labels(axis, "32", signed=signed)]
    return drawing(ends, body, height=40)


def score_axis(entries: Sequence[Entry], key: str) -> Axis:
    """An axis for a metric over these entries, intervals and all."""
    return axis_over([end for entry in entries for end in _ends(entry.score(key))])


def score_row(axis: Axis, entry: Entry, key: str, floors: Sequence[float | None]) -> Markup:
    """One entry's score with its interval; the first floor is the one that skill refers to."""
    lines = [rule(axis.at(v), "floor" if i == 0 else "floor minor") for i, v in enumerate(floors) if v is not None]
    score = entry.score(key)
    return drawing(_told(entry.name, score), [grid(axis), *lines, *_interval(axis, entry.role, score)])


def group_axis(entries: Sequence[Entry], group: str) -> Axis:
    """An axis for the primary metric inside the groups of pairs of one kind."""
    scores = [score for entry in entries for score in entry.groups.get(group, {}).values()]
    return axis_over([end for score in scores for end in _ends(score)])


def group_row(axis: Axis, entries: Sequence[Entry], group: str, name: str) -> Markup:
    """The entries' scores inside one group of pairs, one below the other."""
    body, told = [grid(axis)], []
    for index, entry in enumerate(entries):
        score = entry.in_group(group, name)
        body += _interval(axis, entry.role, score, f"{100 * (index + 1) / (len(entries) + 1):.1f}%")
        told.append(_told(entry.name, score))
    return drawing(name, body, description="; ".join(told))


def drop_row(axis: Axis, entry: Entry) -> Markup:
    """The primary metric in distribution (filled) and out of it (open), one below the other."""
    body, told = [grid(axis)], []
    for label_, y, css in (("in", "34%", "inside"), ("out", "66%", "outside")):
        score = entry.in_group("distribution", label_)
        body += _interval(axis, entry.role, score, y, css=css)
        told.append(_told(label_, score))
    return drawing(entry.name, body, description="; ".join(told))


def difference_axis(scores: Sequence[Score]) -> Axis:
    """An axis for differences that always shows zero."""
    return axis_over([0.0, *(end for score in scores for end in _ends(score))])


def difference_row(axis: Axis, entry: Entry, score: Score) -> Markup:
    """A difference with its interval, beside zero."""
    body = [grid(axis), rule(axis.at(0.0), "zero"), *_interval(axis, entry.role, score)]
    return drawing(_told(entry.name, score, signed=True), body)


def lead_axis(arms: Sequence[Mapping[str, Any]], margin: float) -> Axis:
    """An axis for leads over nulls that always shows zero and the equivalence margin."""
    ends = [bound for arm in arms for bound in (arm["ci"] or ())]
    return axis_over([*ends, *(arm["difference"] for arm in arms), -2 * margin, 2 * margin])


def lead_row(axis: Axis, arm: Mapping[str, Any], margin: float) -> Markup:
    """One null's row of the forest plot: the model's lead over it, zero, and the equivalence margin."""
    score = score_of({"value": arm["difference"], "ci": arm["ci"]})
    css = "decisive" if arm["decisive"] else ""
    frame = [band(axis, -margin, margin), grid(axis), rule(axis.at(0.0), "zero")]
    told = _told(f"Lead over {arm['arm']}", score, signed=True)
    return drawing(told, [*frame, *_interval(axis, arm["role"], score, css=css)])


def draw_strips(model: Entry, arms: Sequence[Entry], key: str) -> Markup:
    """The primary metric of every draw of every null, against the model's own."""
    observed = model.score(key).value
    drawn = [arm for arm in arms if len(_known(arm)) > 0]
    axis = axis_over([observed, *(value for arm in drawn for value in _known(arm))], n_ticks=8)
    frame = [grid(axis)]
    if observed is not None:
        # Left of the line unless that would leave the picture.
        anchor = "end" if observed > (axis.lower + axis.upper) / 2 else "start"
        words = f"\u2002{model.name}: {decimal(observed)}\u2002"
        frame += [rule(axis.at(observed), "observed"), label(words, axis.at(observed), "13", anchor=anchor)]
    bottom = _STRIP_TOP + len(drawn) * _STRIP_HEIGHT
    tops = range(_STRIP_TOP, bottom, _STRIP_HEIGHT)
    strips = [part for arm, top in zip(drawn, tops, strict=True) for part in _strip(axis, arm, top)]
    title = f"Draws of each null; the line is {model.name} at {decimal(observed)}"
    body = [*frame, *strips, tick_labels(axis, str(bottom + 16))]
    told = "; ".join(_drawn(arm) for arm in drawn)
    return drawing(title, body, description=told, height=bottom + 24, css="strips")


def legend_mark(role: str, css: str = "") -> Markup:
    """A symbol for a legend."""
    return Markup('<svg class="key" aria-hidden="true" width="16" height="14">{}</svg>').format(
        mark(role, "8", "7", css=css)
    )


def _interval(axis: Axis, role: str, score: Score, y: str = "50%", *, css: str = "") -> list[Markup]:
    if score.value is None:
        return [label("undefined", "50%", y, css="undefined")]
    line = [] if score.ci is None else [whisker(role, axis.at(score.ci[0]), axis.at(score.ci[1]), y)]
    return [*line, mark(role, axis.at(score.value), y, css=css)]


def _strip(axis: Axis, arm: Entry, top: int) -> list[Markup]:
    """The arm's name and its draws: one by its symbol, several as dots, stacked where they would overlap."""
    values = sorted(_known(arm))
    words = f"{arm.arm}, {len(values)} draw{'' if len(values) == 1 else 's'}"
    name = label(words, "0", str(top + 14), css="strip-name", anchor="start")
    base = top + _STRIP_HEIGHT - 10
    if len(values) == 1:
        return [name, mark(arm.role, axis.at(values[0]), str(base - 4))]
    stacks = _stacks([float(axis.at(value).rstrip("%")) for value in values])
    step = min(2 * _DOT_RADIUS, _STACK_HEIGHT / max(len(stack) for stack in stacks))
    dot = Markup('<circle class="draw {}" r="{}" cx="{:.2f}%" cy="{:.1f}"/>')
    dots = (
        dot.format(arm.role, _DOT_RADIUS, sum(stack) / len(stack), base - level * step)
        for stack in stacks
        for level in range(len(stack))
    )
    return [name, *dots]


def _stacks(places: Sequence[float]) -> list[list[float]]:
    """Ascending places grouped as in a dot plot: each group starts a dot's width behind the last (Wilkinson 1999)."""
    stacks: list[list[float]] = []
    for place in places:
        if stacks and place - stacks[-1][0] < _DOT_WIDTH:
            stacks[-1].append(place)
        else:
            stacks.append([place])
    return stacks


def _drawn(arm: Entry) -> str:
    values = _known(arm)
    return f"{arm.arm}: {len(values)} from {decimal(min(values))} to {decimal(max(values))}"


def _known(arm: Entry) -> list[float]:
    return [value for value in arm.replicates if value is not None]


def _ends(score: Score) -> tuple[float | None, ...]:
    return (score.value, *(score.ci or ()))


def _told(name: str, score: Score, *, signed: bool = False) -> str:
    ends = "" if score.ci is None else f", 95 % interval {interval(score.ci, signed=signed)}"
    return _numbers_after(f"{name}: ", f"{decimal(score.value, signed=signed)}{ends}")


def _numbers_after(words: str, numbers: str) -> str:
    """Words as they are, numbers with a true minus sign."""
    return words + typographic(numbers)
