"""All themes, in the order in which braincast grew."""

from __future__ import annotations

from promises import answers, board, circuits, eye, forecasts, main_job, networks, spiking, wiring, worm, zebrafish

_FILES = (main_job, worm, forecasts, answers, networks, zebrafish, wiring, spiking, board, circuits, eye)
THEMES = tuple(file.THEME for file in _FILES)
