"""A small brain whose courses are known: wired pairs answer fast and up, the others slowly and down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from made_brains import made_brain, made_card

from braincast.brain.specimen import Specimen
from braincast.tasks.card import MetricUse, TaskCard
from braincast.tasks.task import Task

LEAD_S = (1.0, 2.0, 5.0, 10.0, 20.0)
KEYS = ("r2", "correlation", "course_correlation", "mae", "mse")
FAST, SLOW = (1.0, 0.5), (0.1, -0.2)  # rate per s, factor


def made_courses(seed: int = 0) -> Specimen:
    """Nine in ten pairs have a kernel, zero in the others; each factor is multiplied by a gain of its own pair."""
    specimen = made_brain(seed=seed)
    rng = np.random.default_rng([seed, 1])
    wired = specimen.connectome.adjacency().toarray() > 0
    shape = wired.shape
    gain = rng.uniform(0.2, 2.0, shape) * (rng.random(shape) < 0.9)
    rate, factor = (np.where(wired, fast, slow) for fast, slow in zip(FAST, SLOW, strict=True))
    nothing = np.zeros(wired.size)
    terms = np.column_stack([rate.ravel(), (factor * gain).ravel(), nothing, nothing])
    offsets = np.arange(wired.size + 1)
    responses = replace(specimen.responses, kernel_terms=terms, kernel_offsets=offsets)
    return replace(specimen, responses=responses)


def course_card(specimen: Specimen, **changes: Any) -> TaskCard:
    """A task of courses on that brain."""
    declared = {
        "name": "made-courses",
        "answer": "course",
        "lower": None,
        "upper": None,
        "lead_s": LEAD_S,
        "leads": tuple(f"{lead:g} s" for lead in LEAD_S),
        "pulse_s": 5.0,
        "metrics": tuple(MetricUse(key=key, target="course") for key in KEYS),
        "primary": "r2",
        "baselines": ("mean-course", "responder-course"),
        "baseline": "responder-course",
        "lineup": ("mean-course", "responder-course", "course-regression"),
    }
    return made_card(specimen, **{**declared, **changes})


def course_task(seed: int = 0, **changes: Any) -> Task:
    """The task, in memory."""
    specimen = made_courses(seed)
    return Task(course_card(specimen, **changes), lambda: specimen)
