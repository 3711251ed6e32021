"""How metrics are headed where activity is standardised: errors lie around 1, so that three digits do."""

from __future__ import annotations

from dataclasses import replace

from braincast.reports.entries import MetricTitle, metric_title

DIGITS = 3


def forecast_title(key: str) -> MetricTitle:
    """The metric's title with three digits."""
    return replace(metric_title(key), digits=DIGITS)
