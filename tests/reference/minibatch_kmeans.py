"""Writes minibatch_kmeans.json: centroids after each step of scikit-learn's MiniBatchKMeans.partial_fit. Run with .venv/bin/python.

Without reassignment and with given centroids a step draws no random number, so any implementation takes the same one."""

import json
import pathlib

import numpy
import sklearn
from sklearn.cluster import MiniBatchKMeans

SEED = 20240503
random = numpy.random.default_rng(SEED)
init = random.normal(size=(4, 3))
batches = random.normal(size=(6, 20, 3)) + 3
model = MiniBatchKMeans(4, init=init, n_init=1, reassignment_ratio=0)
centroids = [model.partial_fit(batch).cluster_centers_.tolist() for batch in batches]

made_by = {"sklearn": sklearn.__version__, "numpy": numpy.__version__, "seed": SEED}
data = {"made_by": made_by, "init": init.tolist(), "batches": batches.tolist(), "centroids": centroids}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(data) + "\n")
