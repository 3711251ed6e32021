"""Rhythms of small circuits, read off spike times: bursts, periods, duty cycles, phases, and what kind it is."""

from braincast.dynamics.rhythm.analysis import analysis_of
from braincast.dynamics.rhythm.bursts import Bursts, activity_of, bursts_of
from braincast.dynamics.rhythm.criteria import PYLORIC, Criteria
from braincast.dynamics.rhythm.cycles import Cycles, Phase, cycles_of, duty_cycle, phase_of
from braincast.dynamics.rhythm.judgement import Judgement, judged

__all__ = [
    "PYLORIC",
    "Bursts",
    "Criteria",
    "Cycles",
    "Judgement",
    "Phase",
    "activity_of",
    "analysis_of",
    "bursts_of",
    "cycles_of",
    "duty_cycle",
    "judged",
    "phase_of",
]
