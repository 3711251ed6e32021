"""The classical detectors of motion, on the columns of a hexagonal eye."""
