"""Forecasts of each neuron from its own past: moments, ridge regressions, iteration."""
