"""Writes bisecting_kmeans.json: scikit-learn's BisectingKMeans (float64, tol 0) from the first and the last row of each split.

The points are MNIST's test images / 255, the first 3000, and integers that gmm.py has too.
"""

import gzip
import json
import pathlib

import numpy
import sklearn
from sklearn.cluster import BisectingKMeans

DATA = pathlib.Path(__file__).parents[2] / "data/mnist"
with gzip.open(DATA / "t10k-images-idx3-ubyte.gz") as file:
    pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 784)[:3000] / 255.0
i, j = numpy.meshgrid(numpy.arange(400), numpy.arange(4), indexing="ij")
integers = ((i * i * (j + 3) + 7 * i * j) % 101) / 25.0 + (i % 3) * (j + 1) * 0.75
integers[:, 3] += 0.5 * integers[:, 0]


def first_and_last(rows, k, random_state):
    return rows[[0, -1]]


cases = []
for name, points, k in [("mnist", pixels, 16), ("integers", integers, 9)]:
    for strategy in ("biggest_inertia", "largest_cluster"):
        for weighted in (False, True):
            weights = numpy.arange(len(points)) % 3 + 1.0 if weighted else None
            if weighted and strategy == "largest_cluster":
                continue  # it counts rows there, we weigh them
            model = BisectingKMeans(k, init=first_and_last, bisecting_strategy=strategy, tol=0)
            found = model.fit(points, sample_weight=weights)
            assert (found.predict(points) == found.labels_).all()
            cases.append(
                {
                    "points": name,
                    "k": k,
                    "strategy": strategy,
                    "weighted": weighted,
                    "inertia": found.inertia_,
                    "labels": "".join(f"{label:x}" for label in found.labels_),
                    "of_reversed_columns": "".join(f"{label:x}" for label in found.predict(points[:500, ::-1].copy())),
                }
            )
made_by = {"sklearn": sklearn.__version__, "numpy": numpy.__version__}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"made_by": made_by, "cases": cases}) + "\n")
