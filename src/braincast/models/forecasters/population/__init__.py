"""Forecasts of neurons from all neurons: moments, ridge regressions, factors, latent systems."""
