"""What is known of cells of the fly's optic lobe: the facts that answers to stimuli are held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from braincast.tasks.card import Declaration


class Facts(Declaration):
    """Facts about cell types, none of which enters any training.

    `polarity`: 1 for a type that light makes more active, -1 for one that darkness does; those of the `receptors` are
    right in any model whose input is light. `selective`: types that tell directions, each with the contrast of the
    edges it answers to, and in `preferred_deg` its preferred direction (counter-clockwise from the right); types
    `not_selective` are known not to. `tuning`: peak responses to edges that move in each of `tuning_angles_deg`.
    `best_frequency_hz`: of a drifting grating.
    """

    polarity: Mapping[str, Literal[1, -1]]
    receptors: tuple[str, ...]
    selective: Mapping[str, Literal["on", "off"]]
    not_selective: tuple[str, ...]
    preferred_deg: Mapping[str, float]
    tuning_angles_deg: tuple[float, ...]
    tuning: Mapping[str, tuple[float, ...]]
    best_frequency_hz: float = Field(gt=0)
    sources: Mapping[str, str]

    @property
    def types(self) -> set[str]:
        """Every cell type that a fact is about."""
        return {
            *self.polarity,
            *self.receptors,
            *self.selective,
            *self.not_selective,
            *self.preferred_deg,
            *self.tuning,
        }


_ON = ("L5", "C3", "CT1(M10)", "Mi1", "Mi4", "Tm3", "T4a", "T4b", "T4c", "T4d")
_OFF = ("L1", "L2", "L3", "L4", "CT1(Lo1)", "Mi9", "Tm1", "Tm2", "Tm4", "Tm9", "T5a", "T5b", "T5c", "T5d")
_RECEPTORS = tuple(f"R{number}" for number in range(1, 9))
_ANSWERED: Mapping[int, Literal["on", "off"]] = {4: "on", 5: "off"}
_DIRECTIONS = {"a": 180.0, "b": 0.0, "c": 90.0, "d": 270.0}

FLY_MOTION = Facts(
    polarity={**dict.fromkeys((*_RECEPTORS, *_ON), 1), **dict.fromkeys(_OFF, -1)},
    receptors=_RECEPTORS,
    selective={f"T{number}{way}": contrast for number, contrast in _ANSWERED.items() for way in "abcd"},
    not_selective=("Tm1", "Tm2", "Tm4", "Tm9", "CT1(Lo1)", "Mi1", "Tm3", "Mi4", "Mi9", "CT1(M10)"),
    preferred_deg={f"T{number}{way}": degrees for number in (4, 5) for way, degrees in _DIRECTIONS.items()},
    tuning_angles_deg=tuple(30.0 * step for step in range(12)),
    tuning={
        "T4a": (0.04, 0.05, 0.165, 0.19, 0.29, 0.5, 1.0, 0.585, 0.31, 0.11, 0.06, 0.04),
        "T4b": (0.745, 0.785, 0.305, 0.265, 0.25, 0.335, 0.285, 0.23, 0.14, 0.11, 0.26, 0.775),
        "T4c": (0.04, 0.2, 0.57, 0.775, 0.715, 0.325, 0.22, 0.13, 0.13, 0.22, 0.155, 0.11),
        "T4d": (0.07, 0.07, 0.12, 0.17, 0.21, 0.14, 0.21, 0.29, 0.67, 0.655, 0.7, 0.51),
        "T5a": (0.2, 0.295, 0.265, 0.2, 0.25, 0.65, 1.0, 0.59, 0.29, 0.21, 0.2, 0.22),
        "T5b": (0.83, 0.855, 0.405, 0.16, 0.175, 0.24, 0.3, 0.25, 0.13, 0.2, 0.3, 0.655),
        "T5c": (0.2, 0.44, 0.69, 0.595, 0.745, 0.525, 0.34, 0.255, 0.34, 0.295, 0.26, 0.28),
        "T5d": (0.17, 0.21, 0.21, 0.2, 0.19, 0.15, 0.185, 0.42, 0.85, 0.79, 0.685, 0.565),
    },
    best_frequency_hz=1.0,
    sources={
        "polarity": "the list of Lappalainen et al. 2024, Nature 634:1132, from recordings of many groups; Tm9 among "
        "the OFF types (Serbe et al. 2016, Neuron 89:829)",
        "selective": "Maisak et al. 2013, Nature 500:212 (T4, T5); their inputs: Behnia et al. 2014, Nature 512:427; "
        "Serbe et al. 2016; Arenz et al. 2017, Curr Biol 27:929; Strother et al. 2017, Neuron 94:168; CT1: Meier & "
        "Borst 2019, Curr Biol 29:1545",
        "preferred_deg": "Maisak et al. 2013: a front to back, b back to front, c up, d down; as angles of this eye "
        "180, 0, 90 and 270 degrees (Lappalainen et al. 2024)",
        "tuning": "Maisak et al. 2013, Fig. 3g, h, as digitised for the comparison of Lappalainen et al. 2024; read "
        "off a drawing, so that the second digit is uncertain",
        "best_frequency_hz": "Maisak et al. 2013: T4 and T5 answer gratings best at about 1 Hz in flies at rest; at 2 "
        "to 5 Hz when octopamine is mimicked (Arenz et al. 2017), so that an octave is not much of an error",
    },
)
