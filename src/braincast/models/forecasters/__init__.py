"""Models that say what a recording does next."""
