"""A sheet of columns under a hexagonal eye: where columns lie, which cells and edges they hold, how those move."""
