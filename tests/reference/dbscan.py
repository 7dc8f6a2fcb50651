"""Writes dbscan.json: scikit-learn's DBSCAN labels of the points of density_points.py."""

import json
import pathlib

import numpy
import sklearn
from density_points import density_points
from sklearn.cluster import DBSCAN

cases = []
for n, columns, eps, min_samples, weighted in [
    (900, 1, 0.01, 12, False),
    (900, 2, 0.06, 5, False),
    (900, 2, 0.09, 12, True),
    (900, 3, 0.12, 4, False),
    (900, 3, 0.16, 9, True),
    (900, 6, 0.22, 6, False),
    (900, 6, 0.25, 9, True),
    (300, 2, 0.001, 5, False),
]:
    weights = numpy.arange(n) % 4 if weighted else None
    model = DBSCAN(eps=eps, min_samples=min_samples).fit(density_points(n, columns), sample_weight=weights)
    print(n, columns, eps, numpy.unique(model.labels_, return_counts=True), len(model.core_sample_indices_))
    cases.append(
        {
            "n": n,
            "columns": columns,
            "eps": eps,
            "min_samples": min_samples,
            "weighted": weighted,
            "labels": model.labels_.tolist(),
            "core": len(model.core_sample_indices_),
        }
    )
result = {"made_by": {"sklearn": sklearn.__version__, "numpy": numpy.__version__}, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
