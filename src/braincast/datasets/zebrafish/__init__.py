"""Larval zebrafish."""
