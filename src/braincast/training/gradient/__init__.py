"""How networks learn: batches, steps, evaluations, checkpoints."""
