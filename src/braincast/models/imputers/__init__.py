"""Models that say what hidden neurons do, given what the others do at the same time."""
