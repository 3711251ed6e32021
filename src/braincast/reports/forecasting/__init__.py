"""The report of a forecast task."""
