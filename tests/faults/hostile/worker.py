"""The process in which mutated submissions are read: one after the other, under the limits of the validator's child.

The first line of standard input is what each task expects, every later one a task and a path, as JSON; each is answered
by one line: the problems, or the traceback of what should never come out.
"""

from __future__ import annotations

import json
import resource
import sys
import traceback
from typing import Any

from braincast.forecasts.submissions.bundle import open_bundle
from braincast.forecasts.submissions.contents import problems_of

from braincast.errors import BraincastError
from braincast.forecasts.expected import Expected


def main() -> None:
    """Answer until standard input ends."""
    expected = {name: Expected.from_dict(found) for name, found in json.loads(sys.stdin.readline()).items()}
    for line in sys.stdin:
        task, path = json.loads(line)
        print(json.dumps({**_answer(path, expected[task]), "peak_bytes": _peak_bytes()}), flush=True)  # noqa: T201


def _answer(path: str, expected: Expected) -> dict[str, Any]:
    try:
        with open_bundle(path) as bundle:
            return {"problems": [problem.to_dict() for problem in problems_of(bundle, expected)]}
    except BraincastError as error:
        return {"problems": [error.to_dict()]}
    except Exception:  # noqa: BLE001 (this is what is looked for)
        return {"crash": traceback.format_exc()}


def _peak_bytes() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
