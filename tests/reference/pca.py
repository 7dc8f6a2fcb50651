"""Writes pca.json: scikit-learn's PCA of points that integers describe, so that the test can make the same ones."""

import json
import pathlib

import numpy
import sklearn
from sklearn.decomposition import PCA

N, D, K = 300, 30, 5
i, j = numpy.meshgrid(numpy.arange(N), numpy.arange(D), indexing="ij")
points = ((i * i * (j + 3) + 7 * i * j) % 101) / 10.0 / (1 + j)  # exact quotients of small integers, decaying by column

pca = PCA(K, svd_solver="full").fit(points)
white = PCA(K, svd_solver="full", whiten=True).fit(points)
result = {
    "made_by": {"sklearn": sklearn.__version__, "numpy": numpy.__version__},
    "n": N,
    "d": D,
    "mean": pca.mean_.tolist(),
    "explained_variance": pca.explained_variance_.tolist(),
    "explained_variance_ratio": pca.explained_variance_ratio_.tolist(),
    "first_rows": pca.transform(points[:3]).tolist(),
    "first_rows_white": white.transform(points[:3]).tolist(),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
