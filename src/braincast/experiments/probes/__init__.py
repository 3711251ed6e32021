"""Experiments on a fitted model in place of a brain: neurons pushed, silenced, shuffled; its map and its dimension."""
