"""`braincast simulate`: brains that spike."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import Data, Force, Json, Out, Quiet, Seed
from braincast.cli.session import console, print_json, resumable, session
from braincast.errors import BraincastError

if TYPE_CHECKING:
    from braincast.experiments.simulation.job import Loaded
    from braincast.experiments.simulation.protocol import Asked
    from braincast.experiments.simulation.wiring import Wiring

app = typer.Typer(help="Simulate a brain from its wiring.", no_args_is_help=True, rich_markup_mode=None)

_RESULT, _REPORT = "simulation.json", "report.html"


@app.callback()
def simulate() -> None:
    """Simulate a brain from its wiring."""


@app.command("fly")
def fly(
    data: Data = None,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="A made-up wiring with the fly's statistics; so without --data.")
    ] = False,
    neurons: Annotated[int | None, typer.Option("--neurons", help="Of the synthetic fly (138,639).")] = None,
    edges: Annotated[int | None, typer.Option("--edges", help="Of the synthetic fly (15,100,000).")] = None,
    stimulate: Annotated[
        str | None,
        typer.Option("--stimulate", metavar="K|A,B|@FILE", help="Neurons to drive: how many, or ids and types."),
    ] = None,
    rate: Annotated[float, typer.Option("--rate", metavar="HZ", help="Of the Poisson drive of each.")] = 150.0,
    duration: Annotated[float, typer.Option("--duration", metavar="S", help="Seconds of each trial.")] = 1.0,
    trials: Annotated[int, typer.Option("--trials", metavar="T", help="How often.")] = 1,
    silence: Annotated[
        str | None, typer.Option("--silence", metavar="K|A,B|@FILE", help="Neurons whose spikes reach nobody.")
    ] = None,
    input_spikes: Annotated[
        Path | None, typer.Option("--input-spikes", metavar="FILE", help="Spikes (parquet) instead of a Poisson drive.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option("--threads", metavar="N", help="All cores without it; changes no result.")
    ] = None,
    seed: Seed = 0,
    out: Out = None,
    json_: Json = False,
    quiet: Quiet = False,
    force: Force = False,
) -> None:
    """Spikes of a fly's whole brain: drive neurons, silence others, see who follows."""
    from braincast.datasets.cache import home
    from braincast.experiments.folder import numbered_folder, require_place
    from braincast.experiments.simulation.protocol import Asked

    asked = Asked(stimulate, rate, duration, trials, seed, silence, input_spikes)
    source = _source(data, synthetic, neurons, edges)
    n_threads = _threads(threads)
    path = (out or numbered_folder(home() / "simulations", "fly")).resolve()
    require_place(path, force=force)
    with session(quiet=quiet), resumable(f"the same command with --out {shlex.quote(str(path))}"):
        document = _carry_out(source, asked, n_threads, path, force)
    if json_:
        print_json(document)
    else:
        _show(document)


def _source(data: Path | None, synthetic: bool, neurons: int | None, edges: int | None) -> Mapping[str, Any]:
    """What to open; sizes, or --synthetic, together with --data are E305."""
    given = {"--synthetic": synthetic or None, "--neurons": neurons, "--edges": edges}
    for option, value in given.items():
        if data is not None and value is not None:
            fix = "Leave out --data for the synthetic fly, or this option for the wiring in --data"
            raise BraincastError("E305", option, "it is about a synthetic wiring, and --data names another", fix)
    sizes = {"n_neurons": neurons, "n_edges": edges}
    return {"data": data, **{name: size for name, size in sizes.items() if size is not None}}


def _threads(threads: int | None) -> int:
    from braincast.cli.run import n_cores

    if threads is not None and threads < 1:
        raise BraincastError("E305", "--threads", f"{threads} is not possible", "Give 1 or more")
    return threads or n_cores()


def _carry_out(source: Mapping[str, Any], asked: Asked, n_threads: int, path: Path, force: bool) -> dict[str, Any]:
    from braincast.cli.run import command_line
    from braincast.experiments.folder import run_folder
    from braincast.experiments.simulation.chosen import Directory
    from braincast.experiments.simulation.job import configuration, simulated
    from braincast.experiments.simulation.protocol import protocol
    from braincast.experiments.simulation.writing import NAMES, document, write_results
    from braincast.files import write_json, write_text
    from braincast.reports.spiking.page import simulation_page

    wiring, read_s = _opened(source)
    table = wiring.connectome.neurons
    planned = protocol(asked, table, Directory(table))
    loaded = _loaded(wiring)
    with run_folder(path, configuration(loaded, planned), force=force) as folder:
        result = simulated(loaded, planned, n_threads=n_threads, into=folder.path / NAMES["spikes"])
        made = document(result, path, read_s=read_s)
        write_results(folder.path, result)
        made["files"] |= {"report": str(path / _REPORT), "result": str(path / _RESULT)}
        write_text(folder.path / _REPORT, simulation_page(made, result, command_line()))
        write_json(folder.path / _RESULT, made)
    return made


def _opened(source: Mapping[str, Any]) -> tuple[Wiring, float]:
    import time

    from braincast.experiments.simulation.wiring import opened_wiring
    from braincast.progress import step

    started = time.perf_counter()
    with step("Making up a synthetic fly" if source["data"] is None else f"Reading {source['data']}"):
        wiring = opened_wiring(**source)
    return wiring, time.perf_counter() - started


def _loaded(wiring: Wiring) -> Loaded:
    from braincast.experiments.simulation.job import loaded

    return loaded(wiring)


def _show(document: Mapping[str, Any]) -> None:
    from braincast.reports.spiking.terminal import show_simulation

    show_simulation(document, console())
