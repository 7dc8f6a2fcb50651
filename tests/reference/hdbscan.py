"""Writes hdbscan.json: scikit-learn's HDBSCAN labels of the points of density_points.py.

Many edges of a tree of mutual reachability are equally long. scikit-learn sorts them by numpy's default, which puts equal
ones in an order that depends on the processor; here they are sorted stably, and how far the labels of both agree is
printed and kept. numpy must be below 2.3: with a later one scikit-learn 1.9.1 stops at cluster_selection_epsilon.
"""

import json
import pathlib

import numpy
import sklearn
from density_points import density_points
from sklearn.cluster import HDBSCAN
from sklearn.cluster._hdbscan import hdbscan as module
from sklearn.metrics import adjusted_rand_score

as_it_is = module._process_mst


def stable(tree):
    return module.make_single_linkage(tree[numpy.argsort(tree["distance"], kind="stable")])


cases = []
for n, columns, given in [
    (900, 2, {}),
    (900, 2, {"min_cluster_size": 15}),
    (900, 2, {"min_cluster_size": 15, "min_samples": 3}),
    (900, 2, {"min_cluster_size": 8, "cluster_selection_method": "leaf"}),
    (900, 2, {"min_cluster_size": 5, "cluster_selection_epsilon": 0.08}),
    (900, 2, {"min_cluster_size": 5, "cluster_selection_method": "leaf", "cluster_selection_epsilon": 0.06}),
    (900, 2, {"min_cluster_size": 400, "allow_single_cluster": True}),
    (900, 2, {"min_cluster_size": 400, "allow_single_cluster": True, "cluster_selection_epsilon": 0.2}),
    (900, 2, {"min_cluster_size": 400}),
    (900, 6, {"min_cluster_size": 20}),
    (900, 6, {"min_cluster_size": 10, "min_samples": 1}),
    (900, 6, {"min_cluster_size": 6, "cluster_selection_method": "leaf"}),
    (900, 6, {"min_cluster_size": 6, "cluster_selection_epsilon": 0.3, "allow_single_cluster": True}),
    (700, 12, {"min_cluster_size": 10}),
]:
    labels = {}
    for module._process_mst in (as_it_is, stable):
        labels[module._process_mst] = HDBSCAN(copy=True, **given).fit(density_points(n, columns)).labels_
    agreement = adjusted_rand_score(labels[as_it_is], labels[stable])
    print(n, columns, given, numpy.unique(labels[stable], return_counts=True)[1], agreement)
    cases.append({"n": n, "columns": columns, "given": given, "labels": labels[stable].tolist(), "ari_of_unstable": agreement})
result = {"made_by": {"sklearn": sklearn.__version__, "numpy": numpy.__version__}, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
