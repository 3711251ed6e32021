"""What people see of a run about an eye: movies of its cells, polar tuning, which facts each model has right."""
