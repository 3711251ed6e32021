"""The flyvis package's network on given parameters and movies: run by `fly_network.py` in an environment of its own.

`python benchmarks/flyvis_network.py FOLDER`: reads question.npz there, writes answer.npz and prints timings as JSON.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

folder = Path(sys.argv[1])
os.environ["FLYVIS_ROOT_DIR"] = str(folder / "flyvis")

import flyvis  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from flyvis.network import Network  # noqa: E402
from flyvis.network.stimulus import Stimulus  # noqa: E402

torch.set_num_threads(1)
asked = np.load(folder / "question.npz")
dt_s, n_repeats = float(asked["dt_s"]), int(asked["n_repeats"])
connectome = {"type": "ConnectomeFromAvgFilters", "file": "fib25-fib19_v2.2.json"}
network = Network(connectome={**connectome, "extent": int(asked["extent"]), "n_syn_fill": 1})

places = {
    "nodes_bias": ("resting", [(name,) for name in network.node_params["bias"].keys]),
    "nodes_time_const": ("time_constant_s", [(name,) for name in network.node_params["time_const"].keys]),
    "edges_syn_strength": ("strength", network.edge_params["syn_strength"].keys),
}
types, pairs = list(asked["cell_types"]), [tuple(pair) for pair in asked["pairs"]]
order = {}
for parameter, (name, keys) in places.items():
    rows = [pairs.index(tuple(key)) if len(key) == 2 else types.index(key[0]) for key in keys]
    order[name] = np.array(rows)
    getattr(network, parameter).data = torch.tensor(asked[name][rows], dtype=torch.float32)

light = torch.tensor(asked["light"], dtype=torch.float32)  # movie, frame, column


def forward():
    stimulus = Stimulus(network.connectome, *light.shape[:2])
    stimulus.add_input(light[:, :, None])
    return network(stimulus(), dt_s)


def training_step():
    network.zero_grad()
    loss = (forward() ** 2).mean()
    loss.backward()
    return loss


def timed(function):
    """Processor and wall seconds of each repeat, after one that is not counted."""
    function()
    processor_s, wall_s = [], []
    for _ in range(n_repeats):
        processor, wall = time.process_time(), time.perf_counter()
        function()
        processor_s.append(time.process_time() - processor)
        wall_s.append(time.perf_counter() - wall)
    return {"processor_s": processor_s, "wall_s": wall_s}


with torch.no_grad():
    voltages = forward().numpy()
    told = {"forward": timed(forward)}
loss = training_step()
found = {}
for parameter, (name, _) in places.items():
    found[name] = np.zeros(asked[name].shape, np.float32)
    found[name][order[name]] = getattr(network, parameter).grad.numpy()
told["training"] = timed(training_step)
np.savez(folder / "answer.npz", voltages=voltages, loss=loss.detach().numpy(), **found)
told |= {"peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "n_edges": int(network.n_edges)}
print(json.dumps({**told, "version": flyvis.__version__, "torch": torch.__version__}))
