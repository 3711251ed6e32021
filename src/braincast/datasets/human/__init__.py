"""Human brains: whole-brain BOLD and the diffusion connectome of the same subjects."""
