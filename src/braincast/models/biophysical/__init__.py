"""Models that are equations of cells: channels and synapses, whose conductances are known, guessed or fitted."""
