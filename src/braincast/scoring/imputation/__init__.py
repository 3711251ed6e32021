"""Scoring imputations: every neuron by the answers in which it was hidden."""
