"""Coded errors: what is wrong, where, and the next step, in one line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

EXIT_DONE, EXIT_USAGE, EXIT_INPUT, EXIT_INTERRUPTED = 0, 2, 3, 4

CODES: dict[str, str] = {
    # What a brain is
    "E101": "a neuron id occurs twice",
    "E102": "an edge names a neuron that is not in the table",
    "E103": "an edge weight is negative or not finite",
    "E104": "time is not strictly increasing or not finite",
    "E105": "a unit is missing",
    "E106": "shapes or axes do not fit together",
    "E107": "a value is outside its vocabulary or range",
    "E108": "a column is missing",
    "E109": "condition intervals overlap or leave the recording",
    "E110": "a value is not finite where it must be",
    "E111": "a saved brain cannot be read",
    "E112": "neurons are constant or were never observed",
    "E113": "whole numbers are saturated or have overflowed",
    "E114": "frames are repeated",
    "E115": "a file is not safe to read",
    "E116": "a unit of time is unknown or looks wrong",
    "E117": "a file is unreadable, truncated or of no known format",
    "E118": "a file holds nothing of the kind that was asked for",
    "E119": "several series are equally good",
    "E120": "time steps are too uneven",
    "E121": "recordings do not go together",
    "E122": "a recording is too short for what is asked",
    "E123": "a sidecar has an unknown key or an impossible value",
    # What is answered
    "E201": "no forecast store there",
    "E202": "a store was never finished",
    "E203": "a file of a store is missing or does not belong to it",
    "E204": "neuron order differs from the task",
    "E205": "a neuron is missing",
    "E206": "a neuron was not asked for",
    "E207": "a neuron occurs twice",
    "E208": "a prediction is not finite",
    "E209": "wrong data type",
    "E210": "a file's bytes differ from its checksum",
    "E211": "cases differ from the task",
    "E212": "leads or shape differ from the task",
    "E213": "a link or special file inside a store",
    "E214": "a prediction is outside the task's range",
    "E215": "the forecast answers another task or another version of it",
    # Names and settings
    "E301": "unknown dataset",
    "E302": "unknown task",
    "E303": "unknown model",
    "E304": "unknown metric",
    "E305": "a setting is unknown or has an impossible value",
    "E306": "this model cannot answer this kind of task",
    "E307": "this part of the data does not exist",
    "E308": "a neuron or a type of neurons is unknown or named twice",
    # Getting data
    "E401": "not in the cache, and no network may be used",
    "E402": "checksum differs",
    "E403": "an archive is damaged or truncated",
    "E404": "a download failed",
    "E405": "no such file or folder",
    "E406": "expected content is missing from an archive",
    # Writing results
    "E501": "the output exists already",
    "E502": "the folder holds a run of another configuration",
    "E503": "not a finished run",
    "E504": "another process is writing there",
    "E505": "cannot write",
    "E506": "the system refused a file, memory or another resource",
    # What is submitted
    "E601": "a submission cannot be read",
    "E602": "a file's name is not allowed",
    "E603": "a submission is too large, or inflates too much",
    "E604": "a file does not belong in a submission",
    "E605": "submission.toml is missing or not readable",
    "E606": "a field of submission.toml is missing, unknown or of the wrong type",
    "E607": "a field of submission.toml has an impossible value",
    "E608": "a text holds markup, a formula or hidden characters",
    "E609": "a link is not a plain https address",
    "E610": "reading took more memory or time than it may",
    "E611": "a JSON file is malformed, too large or too deep",
    "E612": "the task does not have this track",
    # How models learn
    "E701": "a training diverged",
    "E702": "a checkpoint does not fit the network",
    "E703": "a checkpoint was written by another version",
    "E704": "there is nothing to learn from",
    "E705": "a fit cannot begin from this other fit",
    "E706": "no trial of a sweep succeeded",
    # What models are asked about themselves
    "E711": "this probe cannot be put to this fit",
    # Boards
    "E801": "no board there, or one that cannot be read",
    "E802": "a board of another version",
    "E803": "the database cannot be used",
    "E804": "the board has no such task, entry, author or token",
    "E805": "a hidden truth does not fit its task",
    "E806": "a hidden truth is public",
    "E807": "no try is left on a hidden task",
    "E808": "scoring took more memory or time than it may",
    "E809": "a score cannot be made again",
    "E810": "a backup is damaged",
    "E811": "not allowed",
    "E812": "an upload does not go on where it stopped",
    "E813": "too many requests",
    "E814": "an idempotency key was used for another request",
    "E815": "an entry is not in a state for this",
    "E816": "the board has another version of this task",
    # Circuits
    "E901": "a circuit file cannot be read, or a key in it is unknown or missing",
    "E902": "a current, cell, synapse or modulator is unknown or named twice",
    "E903": "a quantity has an impossible unit or value",
    "E904": "the time step is too coarse",
    "E905": "a voltage exploded or is no number",
    "E906": "a morphology cannot be read or makes no tree",
    "E911": "a movie has the wrong shape, or a value that is no light",
    "E912": "a movie's rate is too coarse or not possible",
    "E913": "an eye is too large for this machine's memory, or has no such extent",
    "E914": "a stimulus cannot be made as asked",
}

# Wrong words on the command line, or an output in the way, are usage; everything else is bad input.
_MANY_NAMES, _NEAREST_NAMES = 30, 8  # all of a few names are shown; of more, the nearest
_USAGE_CODES = frozenset({"E301", "E302", "E303", "E304", "E305", "E306", "E307", "E308", "E501", "E502"})


class BraincastError(Exception):
    """An error that a user can act on.

    `code` is listed in docs/reference/errors.md; `where` names the file, field or option; `what` says what was found
    and expected; `fix` says what to do next. `str(error)` is one line.

    >>> error = BraincastError("E405", "brain.nwb", "there is no such file", "Name one that is there")
    >>> print(error)
    E405 brain.nwb: there is no such file. Name one that is there.
    >>> error.exit_code
    3
    """

    code: str
    where: str
    what: str
    fix: str

    def __init__(self, code: str, where: str, what: str, fix: str) -> None:
        self.code, self.where, self.what, self.fix = code, where, what, fix
        super().__init__(code, where, what, fix)

    def __str__(self) -> str:
        line = " ".join(f"{self.code} {self.where}: {_sentence(self.what)} {_sentence(self.fix)}".split())
        # A file's name or a label may hold anything; nothing in it may steer the terminal.
        return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)

    def to_dict(self) -> dict[str, str]:
        """Its four parts as plain data, uncut and unescaped."""
        return {"code": self.code, "where": self.where, "what": self.what, "fix": self.fix}

    @property
    def exit_code(self) -> int:
        """2 for bad usage, 3 for bad input (see the command-line contract)."""
        return EXIT_USAGE if self.code in _USAGE_CODES else EXIT_INPUT


def unknown_name(code: str, kind: str, name: str, known: Iterable[str]) -> BraincastError:
    """The error for a name that is not in a registry, with the nearest known name; of many names the nearest alone."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    listed = f"Known: {', '.join(known)}"
    if len(known) > _MANY_NAMES:
        nearest = difflib.get_close_matches(name, known, n=_NEAREST_NAMES, cutoff=0.0)
        listed = f"The nearest of {len(known)} are {', '.join(nearest)}"
    return BraincastError(code, kind, f"there is no {kind} named {name!r}{hint}", listed)


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "?", "!")) else text + "."


def catalogue() -> str:
    """All codes as a page in Markdown: `python -m braincast.errors > docs/reference/errors.md`."""
    rows = "\n".join(
        f"| {code} | {meaning} | {EXIT_USAGE if code in _USAGE_CODES else EXIT_INPUT} |"
        for code, meaning in CODES.items()
    )
    opening = "Each is one line on standard error: the code, where, what was found and expected, and what to do."
    return f"# Errors\n\n{opening}\n\n| code | meaning | exit code |\n|---|---|---|\n{rows}\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(catalogue())
