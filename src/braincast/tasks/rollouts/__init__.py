"""Rollout tasks: models run freely for a long time, and their climate is compared with the brain's."""
