"""Models that are given the wiring."""
