"""The model cells and synapses of which Prinz, Bucher & Marder made 20 million pyloric networks.

Prinz, Bucher & Marder 2004, Nat Neurosci 7:1345, Table 2 and Methods.
"""

from __future__ import annotations

CURRENTS = ("Na", "CaT", "CaS", "A", "KCa", "Kd", "H", "leak")

# Maximal conductances in mS/cm², in the order of CURRENTS; each row is a cell that alone fires as its type does.
MODEL_CELLS: dict[str, tuple[tuple[float, ...], ...]] = {
    "AB/PD": (
        (400, 2.5, 6, 50, 10, 100, 0.01, 0),
        (100, 2.5, 6, 50, 5, 100, 0.01, 0),
        (200, 2.5, 4, 50, 5, 50, 0.01, 0),
        (200, 5, 4, 40, 5, 125, 0.01, 0),
        (300, 2.5, 2, 10, 5, 125, 0.01, 0),
    ),
    "LP": (
        (100, 0, 8, 40, 5, 75, 0.05, 0.02),
        (100, 0, 6, 30, 5, 50, 0.05, 0.02),
        (100, 0, 10, 50, 5, 100, 0, 0.03),
        (100, 0, 4, 20, 0, 25, 0.05, 0.03),
        (100, 0, 6, 30, 0, 50, 0.03, 0.02),
    ),
    "PY": (
        (100, 2.5, 2, 50, 0, 125, 0.05, 0.01),
        (200, 7.5, 0, 50, 0, 75, 0.05, 0),
        (200, 10, 0, 50, 0, 100, 0.03, 0),
        (400, 2.5, 2, 50, 0, 75, 0.05, 0),
        (500, 2.5, 2, 40, 0, 125, 0.01, 0.03),
        (500, 2.5, 2, 40, 0, 125, 0, 0.02),
    ),
}

SYNAPSES_NS = (0.0, 1.0, 3.0, 10.0, 30.0, 100.0)
