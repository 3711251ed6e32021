"""The process in which mutated submissions are read: one after the other, under the limits of the validator's child.

The first line of standard input is what each task expects, every later one a task and a path, as JSON; each is answered
by one line: the problems, or the traceback of what should never come out.
"""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any

from braincast.errors import BraincastError
from braincast.forecasts.expected import Expected
from braincast.forecasts.submissions.bundle import open_bundle
from braincast.forecasts.submissions.contents import examine, largest_bytes
from braincast.forecasts.submissions.limits import CPU_S, allow_cpu, confine, peak_bytes


def main() -> None:
    """Answer until standard input ends."""
    expected = {name: Expected.from_dict(found) for name, found in json.loads(sys.stdin.readline()).items()}
    confine()
    for line in sys.stdin:
        task, path = json.loads(line)
        allow_cpu(CPU_S)
        answer = {**_answer(path, expected[task]), "peak_bytes": peak_bytes()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _answer(path: str, expected: Expected) -> dict[str, Any]:
    problems: list[BraincastError] = []
    try:
        with open_bundle(path, largest_bytes(expected)) as bundle:
            problems += examine(bundle, expected, lambda n_bytes: None)[1]
    except BraincastError as error:
        problems.append(error)
    except Exception:  # noqa: BLE001 (this is what is looked for)
        return {"crash": traceback.format_exc()}
    return {"problems": [(problem.code, problem.where, str(problem)) for problem in problems]}


if __name__ == "__main__":
    main()
