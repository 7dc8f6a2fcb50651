"""Writes spherical_kmeans.json: spherical k-means in plain NumPy, of points that integers describe, from the first K rows.

Every row has length 1; each goes to the centroid of the greatest cosine; each centroid is the sum of its rows over its length
(Dhillon and Modha, Machine Learning 42, 2001). Ends when no label changes.
"""

import json
import pathlib

import numpy

N, D = 600, 5
i, j = numpy.meshgrid(numpy.arange(N), numpy.arange(D), indexing="ij")
points = ((i * i * (j + 3) + 7 * i * j) % 101) / 25.0 - 2 + (i % 4 == j) * 2.5  # about four of the axes, and around
points *= (1 + i % 7)  # lengths that must not matter
rows = points / numpy.linalg.norm(points, axis=1, keepdims=True)


def spherical(k, weights):
    centroids, labels = rows[:k], None
    for iteration in range(1, 1000):
        cosines = rows @ centroids.T
        new = cosines.argmax(1)
        if labels is not None and (new == labels).all():
            break
        labels = new
        sums = numpy.stack([(weights[:, None] * rows)[labels == c].sum(0) for c in range(k)])
        centroids = sums / numpy.linalg.norm(sums, axis=1, keepdims=True)
    best = numpy.sort(rows @ centroids.T, 1)
    assert (best[:, -1] - best[:, -2] > 1e-9).all(), "a label hangs on rounding"
    return labels, centroids, iteration, (weights * best[:, -1]).sum() / weights.sum()


cases = []
for k, weighted in [(4, False), (12, False), (12, True)]:
    labels, centroids, iterations, cosine = spherical(k, numpy.arange(N) % 3 + 1.0 if weighted else numpy.ones(N))
    cases.append(
        {
            "k": k,
            "weighted": weighted,
            "iterations": iterations,
            "cosine": cosine,
            "labels": "".join(f"{label:x}" for label in labels),
            "centroids": centroids.tolist(),
        }
    )
made_by = {"numpy": numpy.__version__}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"made_by": made_by, "cases": cases}) + "\n")
