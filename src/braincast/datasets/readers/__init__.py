"""Recordings and connectomes in the files that laboratories have, one format a module."""
