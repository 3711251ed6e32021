"""Models by name: built in, and those of other packages through entry points."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from braincast.errors import unknown_name

if TYPE_CHECKING:
    from braincast.models.interface import AnyModel

_BUILT_IN = {
    "constant": "braincast.models.baselines.constant:Constant",
    "responder-propensity": "braincast.models.baselines.responder_propensity:ResponderPropensity",
    "response-lookup": "braincast.models.baselines.response_lookup:ResponseLookup",
    "mean-course": "braincast.models.baselines.mean_course:MeanCourse",
    "responder-course": "braincast.models.baselines.responder_course:ResponderCourse",
    "course-regression": "braincast.models.connectome.course_regression:CourseRegression",
    "distance": "braincast.models.baselines.distance:Distance",
    "response-regression": "braincast.models.baselines.response_regression:ResponseRegression",
    "direct-weights": "braincast.models.connectome.direct_weights:DirectWeights",
    "connectome-propagator": "braincast.models.connectome.propagator:ConnectomePropagator",
    "signed-propagator": "braincast.models.connectome.signed_propagator:SignedPropagator",
    "extrasynaptic-propagator": "braincast.models.connectome.extrasynaptic_propagator:ExtrasynapticPropagator",
    "communicability": "braincast.models.connectome.communicability:Communicability",
    "diffusion": "braincast.models.connectome.communicability:Diffusion",
    "nearest-class": "braincast.models.connectome.nearest_class:NearestClass",
    "factorisation": "braincast.models.connectome.factorisation:Factorisation",
    "connectome-regression": "braincast.models.connectome.regression:ConnectomeRegression",
    "gain-propagator": "braincast.models.connectome.gain_propagator:GainPropagator",
    "graph-network": "braincast.models.connectome.graph_network:GraphNetwork",
    "linear-dynamics": "braincast.models.connectome.linear_dynamics:LinearDynamics",
    "joint-regression": "braincast.models.connectome.joint_regression:JointRegression",
    "boosted-features": "braincast.models.connectome.boosted_features:BoostedFeatures",
    "mean": "braincast.models.forecasters.mean:Mean",
    "persistence": "braincast.models.forecasters.persistence:Persistence",
    "ar": "braincast.models.forecasters.ar:Autoregression",
    "pooled-linear": "braincast.models.forecasters.pooled_linear:PooledLinear",
    "drift": "braincast.models.forecasters.drift:Drift",
    "ar-direct": "braincast.models.forecasters.ar_direct:DirectAutoregression",
    "nlinear": "braincast.models.forecasters.nlinear:NLinear",
    "dlinear": "braincast.models.forecasters.dlinear:DLinear",
    "seasonal-average": "braincast.models.forecasters.seasonal_average:SeasonalAverage",
    "var": "braincast.models.forecasters.var:VectorAutoregression",
    "var-direct": "braincast.models.forecasters.var_direct:DirectVectorAutoregression",
    "reduced-rank-var": "braincast.models.forecasters.reduced_rank_var:ReducedRankVar",
    "dmd": "braincast.models.forecasters.dmd:DynamicModes",
    "factor-embedding": "braincast.models.forecasters.factor_embedding:FactorEmbedding",
    "lds": "braincast.models.forecasters.lds:LatentSystem",
    "nvar": "braincast.models.forecasters.nvar:NonlinearVectorAutoregression",
    "linear": "braincast.models.blackbox.linear:Linear",
    "tsmixer": "braincast.models.blackbox.tsmixer:TSMixer",
    "itransformer": "braincast.models.blackbox.itransformer:ITransformer",
    "patchtst": "braincast.models.blackbox.patchtst:PatchTST",
    "poco": "braincast.models.blackbox.poco:POCO",
    "gru": "braincast.models.blackbox.gru:Gru",
    "ssm": "braincast.models.blackbox.ssm:Ssm",
    "neural-ode": "braincast.models.blackbox.neural_ode:NeuralOde",
    "time-mix": "braincast.models.blackbox.time_mix:TimeMix",
    "tide": "braincast.models.blackbox.tide:TiDE",
    "embedding": "braincast.models.blackbox.embedding:EmbeddingForecaster",
    "unet": "braincast.models.blackbox.unet:UNetForecaster",
    "masked-lds": "braincast.models.connectome.masked_lds:MaskedLds",
    "expression-var": "braincast.models.connectome.expression_var:ExpressionVar",
    "graph-ode": "braincast.models.connectome.graph_ode:GraphOde",
    "graph-forecaster": "braincast.models.connectome.graph_forecaster:GraphForecaster",
    "graph-mixer": "braincast.models.connectome.graph_mixer:GraphMixer",
    "hopf": "braincast.models.connectome.hopf:Hopf",
    "masked-var": "braincast.models.connectome.masked_var:MaskedVar",
    "graph-var": "braincast.models.connectome.graph_var:GraphVar",
    "rate-network": "braincast.models.connectome.rate_network:RateNetwork",
    "rate-residual": "braincast.models.connectome.rate_residual:RateResidual",
    "class-mean": "braincast.models.imputers.class_mean:ClassMean",
    "best-correlated": "braincast.models.imputers.best_correlated:BestCorrelated",
    "ridge-rest": "braincast.models.imputers.ridge_rest:RidgeRest",
    "neighbours": "braincast.models.imputers.neighbours:Neighbours",
    "factor-analysis": "braincast.models.imputers.factor_analysis:FactorAnalysis",
    "stimulus-average": "braincast.models.forecasters.stimulus_average:StimulusAverage",
    "optic-network": "braincast.models.vision.optic_network:OpticNetwork",
    "optic-published-start": "braincast.models.vision.optic_published_start:OpticPublishedStart",
    "optic-untrained": "braincast.models.vision.optic_untrained:OpticUntrained",
    "pyloric-wiring": "braincast.models.biophysical.pyloric_wiring:PyloricWiring",
    "pyloric-fitted": "braincast.models.biophysical.pyloric_fitted:PyloricFitted",
    "pyloric-informed": "braincast.models.biophysical.pyloric_fitted:PyloricInformed",
    "pyloric-oracle": "braincast.models.biophysical.pyloric_oracle:PyloricOracle",
    "hassenstein-reichardt": "braincast.models.vision.hassenstein_reichardt:HassensteinReichardtModel",
    "barlow-levick": "braincast.models.vision.barlow_levick:BarlowLevickModel",
    "three-arm": "braincast.models.vision.three_arm:ThreeArmModel",
    "motion-energy": "braincast.models.vision.motion_energy:MotionEnergyModel",
}


def model_names() -> list[str]:
    """Names of all models known here."""
    return sorted({*_BUILT_IN, *(entry.name for entry in entry_points(group="braincast.models"))})


def load_model(name: str) -> AnyModel:
    """A model by name; an unknown name is E303.

    >>> load_model("connectome-propagator").card.uses
    ('connectome',)
    """
    if name in _BUILT_IN:
        module, _, class_name = _BUILT_IN[name].partition(":")
        return getattr(importlib.import_module(module), class_name)()
    for entry in entry_points(group="braincast.models", name=name):
        return entry.load()()
    raise unknown_name("E303", "model", name, model_names())
