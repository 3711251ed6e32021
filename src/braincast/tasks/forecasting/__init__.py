"""Forecast tasks: windows in recordings, split in blocks."""
