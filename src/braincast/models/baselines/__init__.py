"""Floors: what can be said without structure."""
