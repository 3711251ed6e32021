"""What every simulation leaves beside its data: the document that `--json` prints, and a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

_RESULT, _REPORT = "simulation.json", "report.html"


def with_report(
    made: dict[str, Any], folder: Path, path: Path, page: Callable[[dict[str, Any], str], str]
) -> dict[str, Any]:
    """Write the document and `page` of it (and of the command) into `folder`, which will lie at `path`.

    Returned is the document with the places of both.
    """
    from braincast.cli.run import command_line
    from braincast.files import write_json, write_text

    files = {**made["files"], "report": str(path / _REPORT), "result": str(path / _RESULT)}
    whole = {**made, "files": files}
    write_text(folder / _REPORT, page(whole, command_line()))
    write_json(folder / _RESULT, whole)
    return whole
