"""How good it is: statistics, metrics, intervals, ceilings."""
