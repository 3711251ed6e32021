"""What scripts write into documents: tables between two markers, from figures that were recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from braincast.files import write_text


def put_between_markers(page: Path, text: str, part: str = "figures") -> None:
    """Replace what stands between the markers of a part of a page."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    before, opened, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (opened and closed):
        raise ValueError(f"{page.name} has no markers {begin} and {end}")
    write_text(page, f"{before}{begin}\n{text}\n{end}{after}")


def rounded(value: Any) -> Any:
    """Figures as they are recorded: plain data with four decimals."""
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(entry) for entry in value]
    return round(value, 4) if isinstance(value, float) else value


def over_blocks(told: dict[str, Any]) -> str:
    """Over whom and what a scorecard's intervals are, and how often such intervals hold a known mean."""
    who = "one animal" if told["n_animals"] == 1 else f"{told['n_animals']} animals"
    flag = " **That is less than 90 %: take these intervals as too narrow.**" if told["flag"] else ""
    return (
        f"{who}, {told['n_blocks']} blocks of {told['block_frames']} frames; on surrogates such intervals hold the "
        f"known mean in {told['coverage']:.0%}.{flag}"
    )


def with_interval(found: dict[str, Any], spec: str = ".3f") -> str:
    """A recorded value with its 95 % interval, as tables show it."""
    lower, upper = found["ci"]
    return f"{found['value']:{spec}} ({lower:{spec}} to {upper:{spec}})"
