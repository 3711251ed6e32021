"""The part of a document that a script writes: what stands between two markers."""

from __future__ import annotations

from pathlib import Path

from braincast.files import write_text

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def put_between_markers(page: Path, text: str) -> None:
    """Replace what stands between the markers of a page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    write_text(page, f"{before}{BEGIN}\n{text}\n{END}{after}")
