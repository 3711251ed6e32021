"""MATLAB files of all versions."""
