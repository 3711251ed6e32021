"""Synthetic brains: activity whose law, wiring and noise floor are known."""
