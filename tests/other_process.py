"""A program in a process of its own, with braincast, the helpers of tests and a test's own folder at hand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Set
from pathlib import Path

import braincast


def told(program: str, folder: Path, **environment: str) -> str:
    """What a program prints; it must end well. `folder` is where it finds modules beside those in tests."""
    path = (folder, Path(__file__).parent, Path(braincast.__file__).parent.parent)
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), **environment}
    done = subprocess.run([sys.executable, "-c", program], env=around, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def told_on(cores: Set[int], program: str, folder: Path) -> str:
    """The same, held to some cores before anything is imported; it compiles itself, as it would on these cores."""
    program = f"import os; os.sched_setaffinity(0, {sorted(cores)}); {program}"
    return told(program, folder, JAX_ENABLE_COMPILATION_CACHE="false")
