"""Writes birch.json: scikit-learn's Birch on the points of density_points.py, as a whole and in batches."""

import json
import pathlib

import numpy
import sklearn
from density_points import density_points
from sklearn.cluster import Birch

cases = []
for n, columns, threshold, branching_factor, k, batch in [
    (900, 1, 0.02, 4, 3, 900),
    (900, 2, 0.05, 50, 3, 900),
    (900, 2, 0.05, 3, 5, 900),
    (900, 3, 0.11, 7, None, 900),
    (900, 3, 0.08, 2, 4, 250),
    (900, 6, 0.2, 10, 6, 900),
    (900, 20, 0.3, 20, 3, 400),
    (900, 2, 0.6, 50, 3, 900),
]:
    points = density_points(n, columns)
    model = Birch(threshold=threshold, branching_factor=branching_factor, n_clusters=k)
    for start in range(0, n, batch):
        model.partial_fit(points[start : start + batch])
    print(n, columns, threshold, len(model.subcluster_centers_), numpy.unique(model.predict(points), return_counts=True)[1])
    cases.append(
        {
            "n": n,
            "columns": columns,
            "threshold": threshold,
            "branching_factor": branching_factor,
            "k": k,
            "batch": batch,
            "subclusters": len(model.subcluster_centers_),
            "sum": model.subcluster_centers_.sum(axis=0).tolist(),
            "labels": model.predict(points).tolist(),
        }
    )
result = {"made_by": {"sklearn": sklearn.__version__, "numpy": numpy.__version__}, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
