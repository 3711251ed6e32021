"""Circuits that come with braincast, and the library of currents and synapses that circuits may name."""
