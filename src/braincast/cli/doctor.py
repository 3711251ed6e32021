"""`braincast doctor`: is this machine ready?"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import typer

from braincast.cli.options import Json, Offline, Quiet
from braincast.cli.run import n_cores
from braincast.cli.session import console, print_json
from braincast.errors import EXIT_INPUT

_PACKAGES = ("numpy", "scipy", "numba", "pandas", "xarray", "zarr", "h5py", "pydantic", "pip")


def doctor(json_: Json = False, quiet: Quiet = False, offline: Offline = False) -> None:
    """Check packages, cache, disk and data. Says what to do about what is missing."""
    findings = [*_packages(), _cores(), _cache(), _disk(), *_data()]
    if json_:
        print_json({"ready": all(f["ok"] for f in findings), "findings": findings})
    else:
        from braincast.reports.terminal import show_table

        rows = [("ok" if f["ok"] else "PROBLEM", f["what"], f["found"], f["fix"]) for f in findings]
        show_table("braincast doctor", ("", "what", "found", "what to do"), rows, console())
    if not all(f["ok"] for f in findings):
        raise typer.Exit(EXIT_INPUT)


def _finding(what: str, found: str, *, ok: bool = True, fix: str = "") -> dict[str, Any]:
    return {"what": what, "found": found, "ok": ok, "fix": "" if ok else fix}


def _packages() -> list[dict[str, Any]]:
    findings = []
    for name in _PACKAGES:
        try:
            findings.append(_finding(name, version(name)))
        except PackageNotFoundError:
            findings.append(_finding(name, "missing", ok=False, fix=f"pip install {name}"))
    return findings


def _cores() -> dict[str, Any]:
    return _finding("cores", str(n_cores()))


def _cache() -> dict[str, Any]:
    from braincast.datasets.cache import home
    from braincast.errors import BraincastError
    from braincast.files import write_text

    probe = home() / ".doctor"
    try:
        write_text(probe, "")
        probe.unlink()
    except (BraincastError, OSError) as error:
        return _finding(
            "cache", str(home()), ok=False, fix=f"set BRAINCAST_HOME to a folder you may write to ({error})"
        )
    return _finding("cache", str(home()))


def _disk() -> dict[str, Any]:
    import shutil

    from braincast.datasets.cache import home

    place = next((folder for folder in (home(), *home().parents) if folder.exists()), home())
    free = shutil.disk_usage(place).free
    return _finding("free disk", f"{free / 1e9:.1f} GB", ok=free > 500e6, fix="free at least 0.5 GB for data and runs")


def _data() -> list[dict[str, Any]]:
    from braincast.datasets.cache import source_path
    from braincast.datasets.registry import check, dataset_card, dataset_names
    from braincast.errors import BraincastError

    findings = []
    for name in dataset_names():
        if dataset_card(name).stores:
            findings.append(_finding(f"data {name}", "read in place (braincast data get keeps a copy)"))
            continue
        if not all(source_path(source).exists() for source in dataset_card(name).files):
            findings.append(_finding(f"data {name}", _missing(name)))
            continue
        try:
            check(name)
            findings.append(_finding(f"data {name}", "whole"))
        except BraincastError as error:
            findings.append(_finding(f"data {name}", "damaged", ok=False, fix=str(error)))
    return findings


def _missing(name: str) -> str:
    from braincast.datasets.registry import dataset_card

    if any(source.kind == "brought" for source in dataset_card(name).files):
        return f"not here (braincast data get {name} --from PATH brings it)"
    return "not fetched yet (braincast data get fetches it)"
