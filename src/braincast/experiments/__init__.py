"""What we ask of many: the run, the wiring test, the leakage audit."""
