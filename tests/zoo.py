"""Names of the built-in models that answer with probabilities and are fitted without any randomness."""

CLOSED_FORMS = (
    "constant",
    "responder-propensity",
    "distance",
    "response-regression",
    "direct-weights",
    "connectome-propagator",
    "signed-propagator",
    "extrasynaptic-propagator",
    "communicability",
    "diffusion",
    "nearest-class",
    "factorisation",
    "connectome-regression",
    "joint-regression",
)
