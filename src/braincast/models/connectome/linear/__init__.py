"""Linear forecasters on the wiring: which pairs may act on each other, and how their steps are applied."""
