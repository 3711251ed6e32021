"""Simulations as people see them: the raster, the rates, the map."""
