"""Writes trustworthiness.json: scikit-learn's trustworthiness of points that integers describe, kept to their first columns."""

import json
import pathlib

import numpy
import sklearn
from sklearn.manifold import trustworthiness

N, D = 200, 6  # distances without ties
i, j = numpy.meshgrid(numpy.arange(N), numpy.arange(D), indexing="ij")
points = numpy.sqrt((i * i * (j + 3) + 7 * i * j + 1) % 1009)
values = {f"{columns},{k}": float(trustworthiness(points, points[:, :columns], n_neighbors=k)) for columns in (1, 2, 4, 6) for k in (1, 5, 30)}
result = {"made_by": {"sklearn": sklearn.__version__, "numpy": numpy.__version__}, "values": values}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
