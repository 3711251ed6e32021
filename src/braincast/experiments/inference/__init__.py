"""Which conductances could have made a rhythm: their whole distribution, by simulation-based inference."""

from braincast.experiments.inference.posterior import Posterior, rhythm_posterior
from braincast.experiments.inference.prior import Prior

__all__ = ["Posterior", "Prior", "rhythm_posterior"]
