"""clusterer/gmm beside scikit-learn's GaussianMixture: MNIST PCA-50, k = 10, a fixed number of iterations from the same start.

    python compare_gmm.py [--shoal ../build/release/bin/shoal] [--iterations 20] [--repeat 3]

Both run in turn with one thread each, so that on a machine that others use no BLAS thread spins while it waits; times are
of the fit alone, scikit-learn's without its k-means.
"""

import argparse
import gzip
import json
import os
import pathlib
import subprocess
import tempfile
import time
import warnings

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")  # before NumPy is loaded

import numpy
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky, _estimate_gaussian_parameters

HERE = pathlib.Path(__file__).parent
K = 10
parser = argparse.ArgumentParser()
parser.add_argument("--shoal", default=HERE / "../build/release/bin/shoal", type=pathlib.Path)
parser.add_argument("--iterations", default=20, type=int)
parser.add_argument("--repeat", default=3, type=int)
options = parser.parse_args()

with gzip.open(HERE / "../data/mnist/train-images-idx3-ubyte.gz") as file:
    pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 784) / 255.0
x = PCA(50, svd_solver="covariance_eigh").fit_transform(pixels)
init = x[numpy.random.default_rng(0).choice(len(x), K, replace=False)]
shares = numpy.eye(K)[((x[:, None, :] - init[None]) ** 2).sum(2).argmin(1)]

EXPERIMENT = """shoal: 1
name: gmm
nodes:
  points: {{use: dataset/npy, with: {{path: {folder}/x.npy}}}}
  init:   {{use: dataset/npy, with: {{path: {folder}/init.npy}}}}
  groups: {{use: clusterer/gmm, in: {{data: points, init: init}}, with: {{k: {k}, covariance_type: {kind}, tol: 0, max_iter: {iterations}}}}}
report: [groups.fit_seconds]
"""


def ours(folder, kind):
    (folder / "gmm.yaml").write_text(EXPERIMENT.format(folder=folder, k=K, kind=kind, iterations=options.iterations))
    out = folder / f"run-{time.time_ns()}"
    run = [options.shoal.resolve(), "run", folder / "gmm.yaml", "--out", out, "--quiet", "--threads", "1"]
    subprocess.run(run, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    return json.loads((out / "results.json").read_text())["rows"][0]["metrics"]["groups.fit_seconds"]


def theirs(kind):
    weights, means, covariances = _estimate_gaussian_parameters(x, shares, 1e-6, kind)
    model = GaussianMixture(K, covariance_type=kind, tol=0, max_iter=options.iterations, init_params="random")
    begin = time.perf_counter()
    model.weights_, model.means_, model.covariances_ = weights / len(x), means, covariances
    model.precisions_cholesky_ = _compute_precision_cholesky(covariances, kind)
    for _ in range(options.iterations):
        _, log_shares = model._e_step(x)
        model._m_step(x, log_shares)
    model._e_step(x)
    return time.perf_counter() - begin


warnings.simplefilter("ignore")
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    numpy.save(folder / "x.npy", x)
    numpy.save(folder / "init.npy", init)
    for kind in ("full", "diag"):
        pairs = [(ours(folder, kind), theirs(kind)) for _ in range(options.repeat)]
        best = [min(times) for times in zip(*pairs)]
        print(f"{kind}: shoal {best[0]:.2f} s, scikit-learn {best[1]:.2f} s, ratio {best[1] / best[0]:.2f};", pairs)
