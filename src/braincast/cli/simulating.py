"""`braincast simulate`: brains that spike, circuits and networks of cells."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.circuits import circuit
from braincast.cli.networks import network
from braincast.cli.options import Data, Force, Json, Out, Quiet, Seed
from braincast.cli.result_files import with_report
from braincast.cli.session import console, print_json, resumable, session
from braincast.errors import BraincastError

if TYPE_CHECKING:
    from braincast.experiments.simulation.chosen import Directory
    from braincast.experiments.simulation.job import Loaded
    from braincast.experiments.simulation.protocol import Asked, Protocol
    from braincast.experiments.simulation.screening import Question
    from braincast.experiments.simulation.wiring import Wiring

app = typer.Typer(help="Simulate a brain, a circuit or a network.", no_args_is_help=True, rich_markup_mode=None)
app.command("circuit")(circuit)
app.command("network")(network)

_ONE_IN = 200  # neurons are driven where nothing is said: a fly's 693, about the broadest drive that does not tip it


@app.callback()
def simulate() -> None:
    """Simulate a brain, a circuit or a network."""


@app.command("fly")
def fly(
    data: Data = None,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="A made-up wiring with the fly's statistics; so without --data.")
    ] = False,
    neurons: Annotated[int | None, typer.Option("--neurons", help="Of the synthetic fly (138,639).")] = None,
    edges: Annotated[int | None, typer.Option("--edges", help="Of the synthetic fly (109 for each neuron).")] = None,
    signs: Annotated[
        str | None,
        typer.Option("--signs", metavar="RULE", help="What to assume where signs are unknown (edges left out)."),
    ] = None,
    stimulate: Annotated[
        str | None,
        typer.Option(
            "--stimulate",
            metavar="K|A,B|@FILE",
            help="Neurons to drive: how many, or ids and types (one in 200, drawn, outside of screens).",
        ),
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
    screen: Annotated[
        str | None, typer.Option("--screen", metavar="activate|silence", help="One condition after another.")
    ] = None,
    among: Annotated[
        str | None, typer.Option("--among", metavar="A,B|each:TYPE|K|all", help="A screen's neurons or types.")
    ] = None,
    readout: Annotated[
        str | None, typer.Option("--readout", metavar="A,B|@FILE", help="Whose rates a screen keeps (all).")
    ] = None,
    phenotypes: Annotated[
        Path | None,
        typer.Option("--phenotypes", metavar="TABLE.csv", help="What was measured: condition, readout, expected."),
    ] = None,
    nulls: Annotated[
        str | None, typer.Option("--nulls", metavar="A,B", help="Wrong wirings that phenotypes are compared on.")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", metavar="N", help="Of each wrong wiring.")] = 19,
    threshold: Annotated[
        float, typer.Option("--threshold", metavar="HZ", help="Above it a readout is active, or changed.")
    ] = 1.0,
    threads: Annotated[
        int | None, typer.Option("--threads", metavar="N", help="All cores without it; changes no result.")
    ] = None,
    seed: Seed = 0,
    out: Out = None,
    json_: Json = False,
    quiet: Quiet = False,
    force: Force = False,
) -> None:
    """Simulate a fly's whole brain. Drive neurons, silence others, see who follows; or screen thousands of both."""
    from braincast.datasets.cache import home
    from braincast.experiments.folder import numbered_folder, require_place
    from braincast.experiments.simulation.protocol import Asked
    from braincast.files import real_path

    asked = Asked(stimulate, rate, duration, trials, seed, silence, input_spikes)
    asks = {"among": among, "readout": readout, "phenotypes": phenotypes, "nulls": nulls}
    question = _question(screen, asks, {"n_draws": draws, "threshold_hz": threshold})
    source = {**_source(data, synthetic, neurons, edges), "signs": signs, "seed": seed}
    n_threads = _threads(threads)
    path = real_path(out or numbered_folder(home() / "simulations", "fly"))
    require_place(path, force=force)
    with session(quiet=quiet), resumable(f"the same command with --out {shlex.quote(str(path))}"):
        document = _carry_out(source, asked, question, n_threads, path, force)
    if json_:
        print_json(document)
    else:
        _show(document)


def _question(screen: str | None, asks: Mapping[str, Any], numbers: Mapping[str, Any]) -> Question | None:
    """What a screen is asked; its words without --screen are E305."""
    if screen is not None:
        from braincast.experiments.simulation.screening import Question

        return Question(screen, **asks, **numbers)
    for name, value in asks.items():
        if value is not None:
            raise BraincastError("E305", f"--{name}", "only a screen knows what to do with it", "Add --screen activate")
    return None


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


def _carry_out(
    source: Mapping[str, Any], asked: Asked, question: Question | None, n_threads: int, path: Path, force: bool
) -> dict[str, Any]:
    from braincast.experiments.simulation.chosen import Directory
    from braincast.experiments.simulation.job import loaded
    from braincast.experiments.simulation.protocol import protocol

    wiring = _opened(source)
    table = wiring.connectome.neurons
    directory = Directory(table)
    if question is None and asked.stimulate is None and asked.input_spikes is None:
        asked = replace(asked, stimulate=str(max(1, len(table) // _ONE_IN)))
    planned = protocol(asked, table, directory)
    network = loaded(wiring)
    if question is None:
        return _simulate(network, planned, n_threads, path, force)
    return _screen(network, planned, directory, question, n_threads, path, force)


def _simulate(network: Loaded, planned: Protocol, n_threads: int, path: Path, force: bool) -> dict[str, Any]:
    from braincast.experiments.folder import run_folder
    from braincast.experiments.simulation.job import configuration, simulated
    from braincast.experiments.simulation.writing import NAMES, document, write_results
    from braincast.reports.spiking.page import simulation_page

    with run_folder(path, configuration(network, planned), force=force) as folder:
        result = simulated(network, planned, n_threads=n_threads, into=folder.path / NAMES["spikes"])
        write_results(folder.path, result)
        made = document(result, path)
        return with_report(made, folder.path, path, lambda whole, command: simulation_page(whole, result, command))


def _screen(
    network: Loaded,
    planned: Protocol,
    directory: Directory,
    question: Question,
    n_threads: int,
    path: Path,
    force: bool,
) -> dict[str, Any]:
    from braincast.experiments.folder import run_folder
    from braincast.experiments.simulation.answers import screen_document, write_answers
    from braincast.experiments.simulation.job import configuration
    from braincast.experiments.simulation.screening import plan, screened
    from braincast.files import sha256_of_json
    from braincast.reports.spiking.screen_page import screen_page

    asks = plan(question, planned, network, directory)
    configured = configuration(network, planned, **asks.to_dict())
    with run_folder(path, configured, force=force) as folder:
        source = sha256_of_json(configured)
        result = screened(folder.path, network, asks, source=source, n_threads=n_threads)
        write_answers(folder.path, result)
        made = screen_document(result, path)
        return with_report(made, folder.path, path, lambda whole, command: screen_page(whole, result, command))


def _opened(source: Mapping[str, Any]) -> Wiring:
    from braincast.experiments.simulation.wiring import opened_wiring
    from braincast.progress import step

    with step("Making up a synthetic fly" if source["data"] is None else f"Reading {source['data']}"):
        return opened_wiring(**source)


def _show(document: Mapping[str, Any]) -> None:
    from braincast.reports.spiking.terminal import show_screen, show_simulation

    show = show_screen if "screen" in document else show_simulation
    show(document, console())
