"""Scoring rollouts by statistics: is the climate of a model that of the brain?"""
