"""Writes kmeans_mnist.json: scikit-learn's KMeans (Lloyd, float64) on MNIST pixels / 255, from given rows. Run with .venv/bin/python."""

import gzip
import json
import pathlib

import numpy
import sklearn
from sklearn.cluster import KMeans

SEED = 20240502
DATA = pathlib.Path(__file__).parents[2] / "data/mnist"
random = numpy.random.default_rng(SEED)


def pixels(name, rows):
    with gzip.open(DATA / name) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 784)[:rows] / 255.0


cases = []
for name, rows, k in [("t10k-images-idx3-ubyte.gz", 10000, 10), ("train-images-idx3-ubyte.gz", 5000, 100)]:
    x = pixels(name, rows)
    init = random.choice(rows, k, replace=False)
    found = KMeans(k, init=x[init], n_init=1, algorithm="lloyd").fit(x)
    cases.append(
        {
            "file": name,
            "rows": rows,
            "init": init.tolist(),
            "inertia": found.inertia_,
            "iterations": found.n_iter_,
            "labels": "".join(f"{label:02x}" for label in found.labels_),  # two hexadecimal digits a row
        }
    )

# Best of ten starts on the test set, for k = 1 … 10.
x = pixels("t10k-images-idx3-ubyte.gz", 10000)
best = {k: KMeans(k, n_init=10, random_state=SEED).fit(x).inertia_ for k in range(1, 11)}

made_by = {"sklearn": sklearn.__version__, "numpy": numpy.__version__, "seed": SEED}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"made_by": made_by, "cases": cases, "best_of_ten": best}) + "\n")
