"""What the responses to other stimuli say about a pair of neurons: rates, covariances, and answers to like stimuli.

Nothing here looks at how a pair answered, nor at any stimulus of its class: `keep[case, stimulus]` says which training
stimuli a case may be described with. A held-out case is described with all of them, a training case with those of
other classes, so that both are described alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float, Int
from scipy.special import logit

from braincast.models.responses.propensity import shrunk_rates
from braincast.tasks.training import Training

Described = Float[np.ndarray, "case neuron"]
Keep = Float[np.ndarray, "case stimulus"]
Similarities = Mapping[str, Float[np.ndarray, "neuron neuron"]]

# A caveat of each model whose features these are.
HOW_DECIDED = (
    "Its features were decided by inner folds of all outer training sets together, which between them contain every "
    "stimulus."
)
_PSEUDO_COUNT = 20.0  # of stimuli, for rates
# Single responses are heavy-tailed: beyond about 0.25 dF/F, more says little more.
_SATURATION_DFF = 0.25
_SHRINK_COVARIANCE = 10.0  # stimuli
_SHRINK_AMPLITUDE = 5.0  # stimuli
_SHRINK_LIKE = 0.6  # of the most similar stimulus


@dataclass(frozen=True, eq=False)
class SeenResponses:
    """Training responses as arrays: 0 where nothing was measured; `neuron_class` numbers the classes of the neurons."""

    drive: Float[np.ndarray, "stimulus neuron"]
    measured: Float[np.ndarray, "stimulus neuron"]
    responded: Float[np.ndarray, "stimulus neuron"]
    amplitude: Float[np.ndarray, "stimulus neuron"]
    neuron_class: Int[np.ndarray, " neuron"]

    @classmethod
    def of(cls, training: Training) -> SeenResponses:
        """Gather them, once for each `training`; amplitudes are tanh(mean response / 0.25 dF/F)."""
        if training not in _gathered:
            _gathered[training] = cls._gather(training)
        return _gathered[training]

    @classmethod
    def _gather(cls, training: Training) -> SeenResponses:
        amplitude = np.tanh(np.nan_to_num(training.mean_response) / _SATURATION_DFF)
        _, neuron_class = np.unique(np.array(training.cell_classes), return_inverse=True)
        measured = training.measured.astype(np.float64)
        return cls(training.cases.drive, measured, np.nan_to_num(training.responds), amplitude, neuron_class)

    @property
    def members(self) -> Float[np.ndarray, "neuron class"]:
        """1 where a neuron belongs to a class."""
        return np.eye(int(self.neuron_class.max()) + 1)[self.neuron_class]

    def all_kept(self, n_cases: int) -> Float[np.ndarray, "case stimulus"]:
        """A `keep` that leaves nothing out, for held-out cases."""
        return np.ones((n_cases, len(self.drive)))


# Each candidate setting learns from the same training sets.
_gathered: WeakKeyDictionary[Training, SeenResponses] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class OwnFeatures:
    """The features of each case and neuron that follow from responses alone, whatever neurons are alike."""

    rates: _Rates
    features: Mapping[str, Described]
    of_covarying: Mapping[str, Described]


def own_features(seen: SeenResponses, drive: Described, keep: Keep) -> OwnFeatures:
    """Rates, covariances, and the answers to stimuli of neurons that covary with the stimulated one."""
    rates = _Rates.of(seen, keep)
    binary = _covariance(seen, seen.responded, rates.of_neuron, drive, keep)
    graded = _covariance(seen, seen.amplitude, rates.amplitude, drive, keep)
    covarying = np.maximum(graded, 0.0) @ seen.drive.T * (drive @ seen.drive.T == 0)
    features = {
        **rates.features(drive),
        **_reverse(seen, rates.overall, drive, keep),
        "covariance": binary,
        "amplitude_covariance": graded,
        "class_covariance": _class_covariance(seen, seen.amplitude, rates.amplitude, drive, keep),
    }
    return OwnFeatures(rates, features, _like(seen, rates, {"covarying": covarying}, keep))


def response_features(
    seen: SeenResponses, drive: Described, keep: Keep, similarities: Similarities, own: OwnFeatures | None = None
) -> dict[str, Described]:
    """Named features of each case and neuron, from the training stimuli that `keep` leaves in.

    `drive` says which neurons a case stimulates; what is said of a stimulated neuron is summed over them.
    `similarities` name ways in which neurons are alike (≥ 0, [neuron, neuron], the diagonal is not used).
    `own` are the `own_features` of the same question, where they are known.
    """
    own = own_features(seen, drive, keep) if own is None else own
    alike = {name: drive @ _without_diagonal(matrix) @ seen.drive.T for name, matrix in similarities.items()}
    return {**own.features, **_like(seen, own.rates, alike, keep), **own.of_covarying}


@dataclass(frozen=True, eq=False)
class _Rates:
    """For each case, from the stimuli it may look at: how often and how strongly each neuron responds."""

    overall: Float[np.ndarray, "case 1"]
    of_neuron: Described
    of_class: Described
    amplitude: Described
    magnitude: Described

    @classmethod
    def of(cls, seen: SeenResponses, keep: Keep) -> _Rates:
        responses, measured = keep @ seen.responded, keep @ seen.measured
        of_class = shrunk_rates(responses @ seen.members, measured @ seen.members, _PSEUDO_COUNT)
        overall = (responses.sum(axis=1, keepdims=True) + 1.0) / (measured.sum(axis=1, keepdims=True) + 2.0)
        return cls(
            overall=overall,
            of_neuron=shrunk_rates(responses, measured, _PSEUDO_COUNT),
            of_class=of_class[:, seen.neuron_class],
            amplitude=keep @ seen.amplitude / (measured + 1.0),
            magnitude=keep @ np.abs(seen.amplitude) / (measured + _SHRINK_AMPLITUDE),
        )

    def features(self, drive: Described) -> dict[str, Described]:
        of_neuron = logit(self.of_neuron)
        stimulated = {"rate": of_neuron, "amplitude": self.amplitude, "magnitude": self.magnitude}
        return {
            "responder_rate": of_neuron,
            "responder_class_rate": logit(self.of_class),
            **{
                f"stimulated_{what}": np.broadcast_to((drive * values).sum(axis=1, keepdims=True), drive.shape)
                for what, values in stimulated.items()
            },
        }


def _reverse(seen: SeenResponses, overall: np.ndarray, drive: Described, keep: Keep) -> dict[str, Described]:
    """How the stimulated neuron answered when the other one was stimulated, if it was; else 0."""
    answered = (seen.responded @ drive.T).T - overall * (seen.measured @ drive.T).T
    amplitude = (seen.amplitude @ drive.T).T
    return {
        "reverse_response": (keep * answered) @ seen.drive,
        "reverse_amplitude": (keep * amplitude) @ seen.drive,
    }


def _covariance(
    seen: SeenResponses, values: np.ndarray, expected: Described, drive: Described, keep: Keep
) -> Described:
    """Correlation, over stimuli at which both were measured, of each neuron's and the stimulated neuron's responses.

    Around `expected`, and shrunk towards 0 by ten stimuli, as many pairs share few.
    """
    m = seen.measured
    own_measured = keep * (m @ drive.T).T
    own = keep * (values @ drive.T).T - (drive * expected).sum(axis=1, keepdims=True) * own_measured
    product = own @ values - expected * (own @ m)
    squares = keep @ values**2 - 2 * expected * (keep @ values) + expected**2 * (keep @ m)
    spread = np.sqrt(np.maximum(squares, 0.0) / (keep @ m + 1.0) + 0.01)
    own_spread = (drive * spread).sum(axis=1, keepdims=True)
    return product / (own_spread * spread) / (own_measured @ m + _SHRINK_COVARIANCE) * (drive == 0)


def _class_covariance(
    seen: SeenResponses, values: np.ndarray, expected: Described, drive: Described, keep: Keep
) -> Described:
    """The covariance averaged over all pairs of the two neurons' classes: homologues share what they know."""
    stimulated = (drive > 0) @ seen.members
    case, classmate = np.nonzero(stimulated @ seen.members.T)
    one_by_one = _covariance(seen, values, expected[case], np.eye(drive.shape[1])[classmate], keep[case])
    of_case = (case[None, :] == np.arange(len(drive))[:, None]).astype(np.float64)
    of_case /= of_case.sum(axis=1, keepdims=True)
    share = seen.members / seen.members.sum(axis=0)
    return (of_case @ one_by_one @ share)[:, seen.neuron_class]


def _like(seen: SeenResponses, rates: _Rates, alike: Mapping[str, Keep], keep: Keep) -> dict[str, Described]:
    """How each neuron answered to the stimuli that are alike, in each of several ways."""
    return {
        f"{what}_like_{name}": _answers_to_like(values, seen.measured, expected, weights * keep)
        for name, weights in alike.items()
        for what, values, expected in (
            ("response", seen.responded, rates.of_neuron),
            ("amplitude", seen.amplitude, rates.amplitude),
        )
    }


def _answers_to_like(values: np.ndarray, measured: np.ndarray, expected: Described, weights: Keep) -> Described:
    """Weighted mean of what each neuron did beyond its own mean, over stimuli alike; shrunk towards 0."""
    beyond = weights @ values - expected * (weights @ measured)
    return beyond / (weights @ measured + _SHRINK_LIKE * weights.max(axis=1, keepdims=True) + 1e-9)


def _without_diagonal(matrix: np.ndarray) -> np.ndarray:
    return matrix * (1.0 - np.eye(len(matrix)))
