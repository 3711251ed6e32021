"""The worm's signal-propagation atlas, with wiring, expression and extrasynaptic maps of the same 300 neurons."""
