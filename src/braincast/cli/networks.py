"""`braincast simulate network`: thousands of adaptive cells in the proportions of CA1."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import Force, Json, Out, Quiet, Seed
from braincast.cli.result_files import with_report
from braincast.cli.session import console, print_json, resumable, session
from braincast.errors import BraincastError

if TYPE_CHECKING:
    from braincast.experiments.simulation.network import NetworkAsked


def network(
    cells: Annotated[int, typer.Option("--cells", metavar="N", help="Of all kinds together.")] = 20_000,
    duration: Annotated[float, typer.Option("--duration", metavar="S", help="Seconds.")] = 1.0,
    seed: Seed = 0,
    out: Out = None,
    json_: Json = False,
    quiet: Quiet = False,
    force: Force = False,
) -> None:
    """Simulate a network of adaptive cells. Spikes; kinds and numbers of inputs are those of a hippocampus."""
    from braincast.datasets.cache import home
    from braincast.experiments.folder import numbered_folder, require_place
    from braincast.experiments.simulation.network import NetworkAsked
    from braincast.files import real_path

    if not 0 < duration < float("inf"):
        raise BraincastError("E107", "--duration", f"{duration} s", "Give seconds above 0")
    asked = NetworkAsked(cells, duration, seed)
    path = real_path(out or numbered_folder(home() / "simulations", "network"))
    require_place(path, force=force)
    with session(quiet=quiet), resumable(f"the same command with --out {shlex.quote(str(path))}"):
        document = _carry_out(asked, path, force)
    if json_:
        print_json(document)
    else:
        _show(document)


def _carry_out(asked: NetworkAsked, path: Path, force: bool) -> dict[str, Any]:
    from braincast.experiments.folder import run_folder
    from braincast.experiments.simulation.network import configuration, document, simulated_network
    from braincast.reports.spiking.network_page import network_page

    with run_folder(path, configuration(asked), force=force) as folder:
        found = simulated_network(asked, folder.path)
        made = document(found, path)
        return with_report(made, folder.path, path, lambda whole, command: network_page(whole, found, command))


def _show(document: dict[str, Any]) -> None:
    from braincast.reports.spiking.terminal import show_network

    show_network(document, console())
