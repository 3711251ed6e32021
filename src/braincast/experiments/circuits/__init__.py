"""What a circuit of conductance-based cells does, and whether the steps were short enough to say so."""
