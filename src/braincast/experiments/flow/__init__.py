"""How activity flows from the senses of a brain to its outputs, in a spiking model on its wiring."""
