"""Writes fasterpam.json: FasterPAM, BUILD and alternating of the PyPI package kmedoids, of points that integers describe, without ties.

In the order of the rows (n_cpu=1, no seed), in float64; distances by scikit-learn. Run with a Python that has kmedoids, numpy and scikit-learn.
"""

import importlib.metadata
import json
import pathlib

import kmedoids
import numpy
import sklearn
from sklearn.metrics import pairwise_distances

N, D = 500, 4
i, j = numpy.meshgrid(numpy.arange(N), numpy.arange(D), indexing="ij")
points = ((i * i * (j + 3) + 7 * i * j) % 101) / 25.0 + (i % 3) * (j + 1) * 0.75 + (i * i * (2 * j + 3) * 7919 + (i + 1) * (j + 1) * 104729) % 2**20 * 2654435761 % 2**32 / 2**32

cases = []
for metric in ("euclidean", "sqeuclidean", "cosine", "manhattan"):
    distances = pairwise_distances(points, metric=metric)
    for k in (2, 7, 40):
        first = numpy.arange(k, dtype=numpy.uint64)
        pam = kmedoids.fasterpam(distances, first.copy(), n_cpu=1)
        slow = kmedoids.alternating(distances, first.copy())
        build = kmedoids.pam_build(distances, k)
        cases.append(
            {
                "metric": metric,
                "k": k,
                "fasterpam": {"medoids": pam.medoids.tolist(), "loss": pam.loss, "iterations": pam.n_iter, "swaps": pam.n_swap},
                "alternate": {"medoids": slow.medoids.tolist(), "loss": slow.loss},
                "build": {"medoids": build.medoids.tolist(), "loss": build.loss},
            }
        )
made_by = {"kmedoids": importlib.metadata.version("kmedoids"), "sklearn": sklearn.__version__, "numpy": numpy.__version__}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"made_by": made_by, "cases": cases}) + "\n")
