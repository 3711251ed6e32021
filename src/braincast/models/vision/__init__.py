"""Models of what cells of a fly's eye answer to movies."""
