"""Reading submissions in a process with the limits of the validator's child, many in the time that one child takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any

from hostile.tasks import EXPECTED

LONGEST_S = 10


class Reader:
    """A process that reads submissions, one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hostile.worker"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.answered = 0
        self._send({name: expected.to_dict() for name, expected in EXPECTED.items()})

    def answer(self, task: str, path: Path) -> dict[str, Any]:
        """The worker's answer about one submission; one that died or took too long has crashed."""
        alarm = Timer(LONGEST_S, self._process.kill)
        alarm.start()
        try:
            self._send([task, str(path)])
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            alarm.cancel()
        self.answered += 1
        return json.loads(line) if line else {"crash": f"the process ended:\n{self.end()}", "peak_bytes": 0}

    def end(self) -> str:
        """End the process; what it wrote to standard error."""
        self._process.kill()
        return self._process.communicate()[1]

    def _send(self, value: Any) -> None:
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()
