"""Scoring of forecasts of recordings: streamed tiles, block resamples, scorecards."""
