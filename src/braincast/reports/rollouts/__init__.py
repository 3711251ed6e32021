"""Reports of rollout runs."""
