"""Responses: what each neuron did after each stimulated neuron, averaged over trials and animals."""
# A signal-propagation atlas is neither a Recording (it has no running time axis) nor a connectome; see
# docs/decisions. Axis order everywhere in braincast is [stimulated, responding], as effect[pre, post].
