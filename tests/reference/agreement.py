"""Writes agreement.json: scikit-learn's NMI and ARI, and clustering accuracy by SciPy, for random labellings."""

import json
import pathlib

import numpy
import scipy
import sklearn
from scipy.optimize import linear_sum_assignment
from sklearn import metrics

SEED = 20240501
random = numpy.random.default_rng(SEED)


def labelling_pair(n, classes, clusters, kept):
    """`kept` of the predictions follow the label, modulo the number of clusters; the others are drawn."""
    labels = random.integers(classes, size=n)
    predicted = numpy.where(random.random(n) < kept, labels % clusters, random.integers(clusters, size=n))
    return labels, predicted


cases = []
for n, classes, clusters, kept in [
    (1000, 10, 7, 0.6),
    (1000, 7, 10, 0.6),
    (1000, 10, 10, 0.9),
    (1000, 10, 100, 0.3),
    (1000, 10, 10, 0.0),
    (500, 1, 5, 0.0),
    (50, 40, 45, 0.5),
]:
    labels, predicted = labelling_pair(n, classes, clusters, kept)
    table = metrics.cluster.contingency_matrix(labels, predicted)
    matched = table[linear_sum_assignment(table, maximize=True)].sum()
    cases.append(
        {
            "labels": labels.tolist(),
            "predicted": predicted.tolist(),
            "nmi": metrics.normalized_mutual_info_score(labels, predicted),
            "ari": metrics.adjusted_rand_score(labels, predicted),
            "purity": table.max(axis=0).sum() / n,
            "acc": matched / n,
            "accuracy": metrics.accuracy_score(labels, predicted),
        }
    )

made_by = {"sklearn": sklearn.__version__, "scipy": scipy.__version__, "numpy": numpy.__version__, "seed": SEED}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"made_by": made_by, "cases": cases}) + "\n")
