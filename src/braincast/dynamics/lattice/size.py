"""How large an eye would be, before it is built."""

from __future__ import annotations

import os
from pathlib import Path

from braincast.dynamics.lattice.hexagon import n_columns
from braincast.errors import BraincastError

# Both ends and the offset of an edge in eight bytes each, twice while the pieces are joined.
BYTES_PER_EDGE = 48
_SHARE = 0.5  # of the memory that is free: the rest is for what is done with the eye


def most_edges(extent: int, n_offsets: int) -> int:
    """More edges than an eye of this extent can have: every offset from every column."""
    return n_columns(extent) * n_offsets


def require_room(extent: int, n_offsets: int, bytes_per_edge: int = BYTES_PER_EDGE) -> None:
    """E913 for an eye of negative extent, and for one that would take over half of the memory that is free."""
    if extent < 0:
        fix = "Give 0 for a single column, or more"
        raise BraincastError("E913", "extent", f"there is no eye of extent {extent}", fix)
    largest = _largest(n_offsets, bytes_per_edge, free_memory_bytes())
    require_bytes(extent, most_edges(extent, n_offsets) * bytes_per_edge, f"Ask for at most {largest}")


def require_bytes(extent: int, needed: int, fix: str) -> None:
    """E913 for what is done with an eye if it would take over half of the memory that is free."""
    free = free_memory_bytes()
    if needed > _SHARE * free:
        what = (
            f"an eye of extent {extent:,} has {n_columns(extent):,} columns and needs {_size(needed)}, "
            f"but {_size(free)} are free"
        )
        raise BraincastError("E913", "extent", what, fix)


def free_memory_bytes() -> int:
    """Memory that can be used without swapping, as far as the system says; else all there is."""
    listed = Path("/proc/meminfo")
    if listed.is_file():
        for line in listed.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _largest(n_offsets: int, bytes_per_edge: int, free: int) -> int:
    extent = 0
    while most_edges(extent + 1, n_offsets) * bytes_per_edge <= _SHARE * free:
        extent += 1
    return extent


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:,.3g} GB" if n_bytes < 1e15 else "more than a million GB"
