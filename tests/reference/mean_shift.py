"""Writes mean_shift.json: scikit-learn's MeanShift and estimate_bandwidth on the points of density_points.py."""

import json
import pathlib
import warnings

import numpy
import sklearn
from density_points import density_points
from sklearn.cluster import MeanShift, estimate_bandwidth

warnings.simplefilter("error")
cases = []
for n, columns, given in [
    (600, 1, {"bandwidth": 0.2}),
    (600, 2, {}),
    (600, 2, {"bandwidth": 0.5}),
    (600, 2, {"bandwidth": 0.35, "cluster_all": False}),
    (600, 2, {"bandwidth": 0.4, "bin_seeding": True}),
    (600, 3, {"bandwidth": 0.5, "bin_seeding": True, "min_bin_freq": 6, "cluster_all": False}),
    (600, 3, {"quantile": 0.1}),
    (600, 3, {"bandwidth": 0.4, "max_iter": 2}),
    (600, 3, {"bandwidth": 0.4, "max_iter": 0}),
    (600, 6, {"quantile": 0.15, "bin_seeding": True}),
    (400, 20, {"quantile": 0.2}),
]:
    points = density_points(n, columns)
    of_model = {name: value for name, value in given.items() if name != "quantile"}
    bandwidth = given.get("bandwidth") or float(estimate_bandwidth(points, quantile=given.get("quantile", 0.3)))
    model = MeanShift(**{**of_model, "bandwidth": bandwidth}).fit(points)
    print(n, columns, given, bandwidth, numpy.unique(model.labels_, return_counts=True)[1].tolist(), model.n_iter_)
    cases.append(
        {
            "n": n,
            "columns": columns,
            "given": given,
            "bandwidth": bandwidth,
            "labels": model.labels_.tolist(),
            "centers": model.cluster_centers_.tolist(),
            "iterations": int(model.n_iter_),
        }
    )
result = {"made_by": {"sklearn": sklearn.__version__, "numpy": numpy.__version__}, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
