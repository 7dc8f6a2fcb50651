"""Writes umap_learn.json: what umap-learn makes of points that integers describe, and how well it embeds 2000 MNIST digits."""

import gzip
import json
import pathlib
import time

import numpy
import sklearn
import umap
from sklearn.manifold import trustworthiness
from umap.umap_ import find_ab_params, fuzzy_simplicial_set, smooth_knn_dist

DATA = pathlib.Path(__file__).parents[2] / "data/mnist/t10k-images-idx3-ubyte.gz"
N, D, K = 400, 4, 15

# The curve 1 / (1 + a d^2b) for some min_dist and spread.
curves = [[min_dist, spread, *map(float, find_ab_params(spread, min_dist))] for min_dist, spread in [(0, 1), (0.1, 1), (0.5, 1), (0.25, 2)]]

# The graph. Rows i and i + 303 are equal, so that there are distances of 0; of equal distances the lowest row is first.
i, j = numpy.meshgrid(numpy.arange(N), numpy.arange(D), indexing="ij")
points = ((i * i * (j + 3) + 7 * i * j) % 101) + (i % 3) * (j + 1) * 19.0  # integers, so that distances are exact
distances = numpy.sqrt(((points[:, None, :] - points[None]) ** 2).sum(2))
numpy.fill_diagonal(distances, -1)  # first, also among its equals
indices = numpy.argsort(distances, axis=1, kind="stable")[:, :K]
nearest = numpy.maximum(numpy.take_along_axis(distances, indices, 1), 0).astype(numpy.float32)
sigmas, rhos = smooth_knn_dist(nearest, float(K))
graph, *_ = fuzzy_simplicial_set(points, K, None, "euclidean", knn_indices=indices, knn_dists=nearest)
graph = graph.tocsr()
graph.sort_indices()
rows = [[int(r), graph[r].indices.tolist(), graph[r].data.tolist()] for r in (0, 1, 50, 310, 399)]

# 2000 digits, pixels in [0, 1].
with gzip.open(DATA) as file:
    digits = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 784)[:2000].astype(numpy.float32) / 255
quality = []
for dims, min_dist in [(2, 0.1), (2, 0.0), (10, 0.0)]:
    found, seconds = [], []
    for seed in range(3):
        begin = time.time()
        embedding = umap.UMAP(n_components=dims, min_dist=min_dist, random_state=seed).fit_transform(digits)
        seconds.append(time.time() - begin)
        found.append(float(trustworthiness(digits, embedding, n_neighbors=15)))
    print(dims, min_dist, found, seconds)
    quality.append({"components": dims, "min_dist": min_dist, "trustworthiness": found})

result = {
    "made_by": {"umap-learn": umap.__version__, "sklearn": sklearn.__version__, "numpy": numpy.__version__},
    "curves": curves,
    "sigmas": sigmas[:20].tolist(),
    "rhos": rhos[:20].tolist(),
    "edges": graph.nnz,
    "weight": float(graph.sum()),
    "rows": rows,
    "digits": quality,
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
