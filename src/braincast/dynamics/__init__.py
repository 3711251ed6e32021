"""How brains move: pure equations and solvers."""
