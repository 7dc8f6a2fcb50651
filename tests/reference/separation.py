"""Writes separation.json: scikit-learn's silhouette, Calinski-Harabasz and Davies-Bouldin of points that integers describe."""

import json
import pathlib

import numpy
import sklearn
from sklearn import metrics

N = 400
cases = []
for columns, clusters in [(1, 2), (4, 3), (9, 7), (30, 40)]:
    i, j = numpy.meshgrid(numpy.arange(N), numpy.arange(columns), indexing="ij")
    points = numpy.sqrt((i * i * (j + 3) + 7 * i * j + 1) % 1009) + (i % clusters) * (3 + j % 2)
    labels = (numpy.arange(N) + numpy.arange(N) % 5 // 4) % clusters  # a fifth is in the next cluster
    cases.append(
        {
            "columns": columns,
            "clusters": clusters,
            "silhouette": float(metrics.silhouette_score(points, labels)),
            "silhouette_of_cluster_0": float(metrics.silhouette_samples(points, labels)[labels == 0].mean()),
            "calinski_harabasz": float(metrics.calinski_harabasz_score(points, labels)),
            "davies_bouldin": float(metrics.davies_bouldin_score(points, labels)),
        }
    )
result = {"made_by": {"sklearn": sklearn.__version__, "numpy": numpy.__version__}, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
