"""Mechanistic simulations: a wiring that spikes, what is done to it, and what its neurons do then."""
