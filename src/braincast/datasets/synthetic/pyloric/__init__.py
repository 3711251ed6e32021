"""Simulated animals with the crab's pyloric circuit, recorded before and while a modulator is applied."""
