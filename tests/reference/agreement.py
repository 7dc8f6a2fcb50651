"""Writes agreement.json: scikit-learn's measures of agreement, clustering accuracy by SciPy and normalised clustering
accuracy by genieclust, for random labellings."""

import json
import pathlib

import genieclust
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


def partition_measures(labels, predicted):
    """Those for which a label is but a name, −1 too."""
    return {
        "nmi": metrics.normalized_mutual_info_score(labels, predicted),
        "ami": metrics.adjusted_mutual_info_score(labels, predicted),
        "ari": metrics.adjusted_rand_score(labels, predicted),
        "homogeneity": metrics.homogeneity_score(labels, predicted),
        "completeness": metrics.completeness_score(labels, predicted),
        "v_measure": metrics.v_measure_score(labels, predicted),
        "rand": metrics.rand_score(labels, predicted),
        "fowlkes_mallows": metrics.fowlkes_mallows_score(labels, predicted),
        "pair_confusion": metrics.cluster.pair_confusion_matrix(labels, predicted).tolist(),
    }


def nca(table):
    """genieclust 1.3 takes square tables: columns that are missing are filled with zeros; of more it knows nothing."""
    rows, columns = table.shape
    if rows == 1:
        return 0.0  # ours by definition: one class in several clusters
    if columns <= rows:
        return genieclust.compare_partitions.normalized_clustering_accuracy(numpy.pad(table, ((0, 0), (0, rows - columns))))
    shares = table / table.sum(axis=1, keepdims=True)
    return (shares[linear_sum_assignment(shares, maximize=True)].sum() - 1) / (rows - 1)


cases, with_noise = [], []
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
            **partition_measures(labels, predicted),
            "nca": nca(table),
            "purity": table.max(axis=0).sum() / n,
            "acc": matched / n,
            "accuracy": metrics.accuracy_score(labels, predicted),
        }
    )
for n, clusters in [(1000, 7), (300, 250), (40, 2)]:
    labels, predicted = labelling_pair(n, clusters, clusters, 0.5)
    labels, predicted = labels - (labels == 0), predicted - (predicted == 0)  # 0 is no label, −1 is
    with_noise.append({"labels": labels.tolist(), "predicted": predicted.tolist(), **partition_measures(labels, predicted)})

made_by = {"sklearn": sklearn.__version__, "scipy": scipy.__version__, "numpy": numpy.__version__}
made_by |= {"genieclust": genieclust.__version__, "seed": SEED}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"made_by": made_by, "cases": cases, "with_noise": with_noise}) + "\n")
