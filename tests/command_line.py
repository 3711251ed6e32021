"""The command line as its users have it: a process of its own, whose two streams and exit code are looked at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import made_example
import preloaded

import braincast

_SOURCE = Path(braincast.__file__).parent.parent
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class CommandLine:
    """`braincast` with an environment; each call is a process with nothing on its standard input."""

    environment: dict[str, str]
    one_core: bool = False

    def __call__(self, *words: object, timeout_s: float = 300, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run to the end; a process that starts quickly, where that makes no difference."""
        if preloaded.can_fork(environment):
            chosen = {"one_core": self.one_core, "timeout_s": timeout_s}
            return preloaded.run([*map(str, words)], self.environment | environment, **chosen)
        return self.anew(*words, timeout_s=timeout_s, **environment)

    def anew(self, *words: object, timeout_s: float = 300, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run to the end, from the start of Python on."""
        process = self.start(*words, **environment)
        out, err = process.communicate(timeout=timeout_s)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def start(self, *words: object, **environment: str) -> subprocess.Popen[str]:
        """Begin, in a process group of its own, and do not wait."""
        return subprocess.Popen(
            [sys.executable, "-m", "braincast", *map(str, words)],
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            preexec_fn=_keep_one_core if self.one_core and hasattr(os, "sched_setaffinity") else None,
        )

    def fork(self, *words: object, **environment: str) -> subprocess.Popen[str] | preloaded.Started:
        """Begin, in a process group of its own, where it makes no difference that all packages are loaded already."""
        if preloaded.can_fork(environment):
            return preloaded.Started([*map(str, words)], self.environment | environment, one_core=self.one_core)
        return self.start(*words, **environment)

    def document(self, *words: object, **environment: str) -> Any:
        """The JSON document that a command prints with --json; it must end well and print nothing else."""
        done = self(*words, "--json", **environment)
        assert done.returncode == 0, done.stderr
        return one_document(done.stdout)

    def refusal(self, code: str, exit_code: int, *words: object, **environment: str) -> str:
        """The one line that a command ends with when it refuses: a code and no traceback, and nothing on stdout."""
        done = self(*words, "--quiet", **environment)
        assert done.returncode == exit_code, (done.returncode, done.stderr)
        assert done.stderr.startswith(f"{code} "), done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
        assert done.stdout == ""
        return done.stderr.rstrip("\n")


def one_document(text: str) -> Any:
    """Exactly one JSON document, without NaN or infinity."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    document, end = json.JSONDecoder(parse_constant=refuse).raw_decode(text)
    assert text[end:] == "\n"
    return document


def with_home(home: Path) -> CommandLine:
    """The command line with a cache folder."""
    return CommandLine(_environment(home, _SOURCE))


def with_example(folder: Path, *, one_core: bool = True) -> CommandLine:
    """The command line with an empty cache and the example package (task `made-task`) installed beside it.

    On one core it starts no workers, which would take longer than the small work that there is.
    """
    made_example.install(folder / "site")
    return CommandLine(_environment(folder / "home", _SOURCE, folder / "site", _HERE), one_core)


def _keep_one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _environment(home: Path, *path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BRAINCAST_")}
    return {**kept, "BRAINCAST_HOME": str(home), "PYTHONPATH": os.pathsep.join(map(str, path)), "COLUMNS": "140"}
