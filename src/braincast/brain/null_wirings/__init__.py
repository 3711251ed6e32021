"""How each null wiring is made from a connectome."""
