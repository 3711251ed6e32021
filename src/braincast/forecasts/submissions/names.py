"""The list of a submission's files: names that mean the same file on every system, in bounded number and size."""

from __future__ import annotations

import re

from braincast.errors import BraincastError

LARGEST_NUMBER = 100_000
LONGEST_NAME, DEEPEST = 200, 8  # seed-0.zarr/activity/c/0/0/0/0, and one folder too many around everything
_MOST_PROBLEMS = 100
_PLAIN = re.compile(r"[A-Za-z0-9._@-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_FIX = "Use names of ASCII letters, digits and ._-@, as the stores of braincast have them"


class Listing:
    """The files of a submission, each entered once: `sizes` of those with fit names, `problems` of all others.

    More files or bytes than any submission needs are E603 at once, so that nobody walks through a million names.
    """

    def __init__(self, largest_bytes: int) -> None:
        self.sizes: dict[str, int] = {}
        self.problems: list[BraincastError] = []
        self._largest_bytes, self._n_bytes, self._n_entries = largest_bytes, 0, 0
        self._spellings: dict[str, tuple[str, bool]] = {}

    def add(self, name: str, n_bytes: int) -> bool:
        """Enter a file; whether its name is fit."""
        self._n_bytes += n_bytes
        if self._n_bytes > self._largest_bytes:
            what = f"its files take more than {self._largest_bytes:,} bytes, which no answer to this task needs"
            raise BraincastError("E603", name, what, "Submit only the stores that submission.toml lists")
        if name in self.sizes:
            self.refuse("E602", name, "two files have this name", "Keep one of them")
            return False
        fit = self._enter(name, is_folder=False)
        if fit:
            self.sizes[name] = n_bytes
        return fit

    def add_folder(self, name: str) -> bool:
        """Enter a folder; whether its name is fit."""
        return self._enter(name, is_folder=True)

    def refuse(self, code: str, name: str, what: str, fix: str) -> None:
        """Note a problem; after many of them the rest only count as refused."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(BraincastError(code, name or "a file without a name", what, fix))

    def _enter(self, name: str, *, is_folder: bool) -> bool:
        self._n_entries += 1
        if self._n_entries > LARGEST_NUMBER:
            what = f"there are more than {LARGEST_NUMBER:,} files"
            raise BraincastError("E603", name[:LONGEST_NAME], what, "Write fewer, larger chunks")
        reason = unfit(name) or self._twin(name, is_folder)
        if reason:
            self.refuse("E602", name[:LONGEST_NAME], reason, _FIX)
        return not reason

    def _twin(self, name: str, is_folder: bool) -> str:
        """Why this name, or that of a folder above it, cannot stand beside an earlier one."""
        parts = name.split("/")
        for depth in range(1, len(parts) + 1):
            entered = "/".join(parts[:depth]), is_folder or depth < len(parts)
            earlier = self._spellings.setdefault(entered[0].lower(), entered)
            if earlier[0] != entered[0]:
                return f"it differs from {earlier[0]!r} only in upper and lower case"
            if earlier[1] != entered[1]:
                return f"{earlier[0]!r} is a file and a folder at once"
        return ""


def unfit(name: str) -> str:
    """Why a file may not have this name, relative and with `/`; nothing for a fit one."""
    if len(name) > LONGEST_NAME:
        return f"its name has {len(name)} letters, at most {LONGEST_NAME} are allowed"
    parts = name.split("/")
    if len(parts) > DEEPEST:
        return f"it lies {len(parts)} levels deep, at most {DEEPEST} are allowed"
    if any(part in ("", ".", "..") for part in parts):
        return "its name is absolute, or leads out of the submission"
    if not all(_PLAIN.fullmatch(part) for part in parts):
        return "its name holds a letter that is not allowed"
    if any(part.endswith(".") or _RESERVED.fullmatch(part) for part in parts):
        return "its name means something else on Windows"
    return ""
