"""Scoring answers to stimuli: properties of cell types, the facts known of them, and the flow a model sees."""
