"""`braincast simulate circuit`: a circuit of conductance-based cells."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import Force, Json, Out, Quiet, parsed_pairs
from braincast.cli.result_files import with_report
from braincast.cli.session import console, print_json, resumable, session
from braincast.errors import BraincastError

if TYPE_CHECKING:
    from braincast.dynamics.conductance import Circuit
    from braincast.experiments.circuits.job import Asked

_INTEGRATORS = ("exponential-euler", "staggered", "adaptive")


def circuit(
    name: Annotated[str, typer.Argument(metavar="NAME|TOML", help="hh, stg-cell, pyloric, or a file of your own.")],
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="K=V", help="current=10, LP.A=x0.5, temperature=15, MODULATOR=1, AB/PD-PY=…"),
    ] = None,
    duration_ms: Annotated[
        float | None, typer.Option("--duration-ms", metavar="D", help="What the file says without it.")
    ] = None,
    dt_ms: Annotated[
        float | None, typer.Option("--dt-ms", metavar="H", help="The step; what the file says without it.")
    ] = None,
    integrator: Annotated[
        str, typer.Option("--integrator", metavar="|".join(_INTEGRATORS), help="Order 1, order 2, or a referee.")
    ] = "staggered",
    check_convergence: Annotated[
        bool, typer.Option("--check-convergence", help="Also with half and a quarter of the step.")
    ] = False,
    out: Out = None,
    json_: Json = False,
    quiet: Quiet = False,
    force: Force = False,
) -> None:
    """Simulate a circuit of conductance-based cells. Voltages, spikes, rhythm; modulators and temperature by --set."""
    from braincast.datasets.cache import home
    from braincast.dynamics.conductance import check_steps, read_circuit
    from braincast.experiments.circuits.job import Asked
    from braincast.experiments.folder import numbered_folder, require_place
    from braincast.files import real_path

    if integrator not in _INTEGRATORS:
        fix = f"Choose {', '.join(_INTEGRATORS)}"
        raise BraincastError("E305", "--integrator", f"there is no integrator {integrator!r}", fix)
    changes = parsed_pairs("--set", sets or [], "current=10")
    read = read_circuit(name)
    times = (
        read.duration if duration_ms is None else duration_ms,
        read.step if dt_ms is None else dt_ms,
    )
    asked = Asked(name, changes, *times, integrator)
    check_steps(read.changed(changes), *times)
    path = real_path(out or numbered_folder(home() / "simulations", read.name))
    require_place(path, force=force)
    with session(quiet=quiet), resumable(f"the same command with --out {shlex.quote(str(path))}"):
        document = _carry_out(read.changed(changes), asked, check_convergence, path, force)
    if json_:
        print_json(document)
    else:
        _show(document)


def _carry_out(changed: Circuit, asked: Asked, check_convergence: bool, path: Path, force: bool) -> dict[str, Any]:
    from braincast.experiments.circuits.job import configuration, document, simulated, write_voltage
    from braincast.experiments.folder import run_folder
    from braincast.reports.circuits.page import circuit_page

    with run_folder(path, configuration(changed, asked, check_convergence), force=force) as folder:
        found = simulated(changed, asked, check_convergence=check_convergence)
        write_voltage(folder.path, found)
        made = document(found, path)
        return with_report(made, folder.path, path, lambda whole, command: circuit_page(whole, found, command))


def _show(document: dict[str, Any]) -> None:
    from braincast.reports.circuits.terminal import show_circuit

    show_circuit(document, console())
