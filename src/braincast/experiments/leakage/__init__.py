"""The leakage audit, one module for each kind of task."""
