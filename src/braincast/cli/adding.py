"""`braincast data add`: a recording or a connectome of one's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import Force, Json, Offline, Quiet
from braincast.cli.session import console, print_json, session

if TYPE_CHECKING:
    from braincast.datasets.readers.findings import Findings


class Kind(StrEnum):
    """What a file can give."""

    recording = "recording"
    connectome = "connectome"


def add(
    path: Annotated[Path, typer.Argument(help="A file or folder (docs/guides/your-recording.md lists the formats).")],
    name: Annotated[str | None, typer.Option("--name", metavar="N", help="The dataset's name.")] = None,
    kind: Annotated[Kind | None, typer.Option("--kind", help="What to take of the file.")] = None,
    series: Annotated[str | None, typer.Option("--series", metavar="S", help="Which matrix to take.")] = None,
    rate: Annotated[float | None, typer.Option("--rate", metavar="HZ", help="Frames per second.")] = None,
    bin_: Annotated[float | None, typer.Option("--bin", metavar="S", help="Seconds per bin, for spikes.")] = None,
    frames: Annotated[bool, typer.Option("--frames", help="Count frames, whatever the times between them.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Leave out neurons that cannot be used.")] = False,
    wiring: Annotated[
        str | None, typer.Option("--wiring", help="Whose wiring: same animal, another animal or atlas.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Add a recording or a connectome. Shows what was understood, then keeps it as a dataset."""
    from braincast.datasets.own import checked_name, own_folder, suggested_name

    name = checked_name(name) if name is not None else suggested_name(path.stem)
    from braincast.datasets import adding
    from braincast.datasets.readers.findings import preview
    from braincast.datasets.readers.reading import read

    with session(quiet=quiet, offline=offline):
        findings = read(
            path,
            kind=None if kind is None else kind.value,
            series=series,
            rate_hz=rate,
            bin_s=bin_,
            frames=frames,
            drop=drop,
        )
        if not json_:
            _show(findings)
        if not (yes or json_) and sys.stdin.isatty() and not typer.confirm(f"Add it as {name}?", err=True):
            typer.echo("Nothing was added.")
            return
        dataset = adding.add(findings, name, wiring=wiring, force=force)
    following = _next(name, bool(next(iter(dataset.specimens.values())).recordings))
    if json_:
        files = {"dataset": str(own_folder(name))}
        shown = preview(findings)
        print_json({"dataset": name, "hash": dataset.card.hash, "preview": shown, "next": following, "files": files})
        return
    typer.echo(f"Added dataset {name} ({dataset.card.hash[:12]})")
    typer.echo(f"Next: {following}")


def _next(name: str, has_recordings: bool) -> str:
    if has_recordings:
        from braincast.tasks.registry import task_names

        task = f"{name}-forecast"
        again = " --force" if task in task_names() else ""  # what it was made of has changed
        return f"braincast task new {task} --dataset {name}{again}"
    return f"braincast show dataset {name}"


def _show(findings: Findings) -> None:
    """What was understood, one fact a line."""
    from braincast.datasets.readers.findings import preview
    from braincast.reports.terminal import show_table

    show_table(f"Understood of {findings.path.name}", ("", ""), list(_facts(preview(findings))), console())


def _facts(shown: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("format", "species", "animal", "licence"):
        yield key, shown[key]
    for name, recording in shown["recordings"].items():
        yield "recording", name
        yield from ((key.replace("_", " "), _text(key, value)) for key, value in recording.items() if value != [])
    if shown["connectome"] is not None:
        for key, value in shown["connectome"].items():
            yield "told of neurons" if key == "columns" else key.replace("_", " "), _text(key, value)
    yield from (("note", note) for note in shown["notes"])
    yield from (("not taken", other) for other in shown["not_taken"])


def _text(key: str, value: Any) -> str:
    if value is None:
        return "unknown (frames are counted)" if key == "step_s" else "unknown"
    if key in ("jitter", "share_missing"):
        return f"{value:.2%}"
    if isinstance(value, list):
        return ", ".join(_text("", entry) for entry in value)
    return f"{value:.6g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
