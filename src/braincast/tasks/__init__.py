"""What is asked: cases, splits, task definitions."""
