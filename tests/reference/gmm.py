"""Writes gmm.json: scikit-learn's GaussianMixture of points that integers describe, from the same responsibilities.

Every example starts with the nearest of three given rows: the parameters that scikit-learn itself estimates from these
labels are handed to it as weights_init, means_init and precisions_init.
"""

import json
import pathlib

import numpy
import sklearn
from sklearn.mixture import GaussianMixture
from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky, _estimate_gaussian_parameters

N, D, K = 400, 4, 3
i, j = numpy.meshgrid(numpy.arange(N), numpy.arange(D), indexing="ij")
points = ((i * i * (j + 3) + 7 * i * j) % 101) / 25.0 + (i % 3) * (j + 1) * 0.75  # three overlapping groups
points[:, 3] += 0.5 * points[:, 0]  # columns that hang together
first = points[:K]
labels = ((points[:, None, :] - first[None]) ** 2).sum(2).argmin(1)
shares = numpy.eye(K)[labels]

cases = []
for covariance_type in ("full", "diag"):
    weights, means, covariances = _estimate_gaussian_parameters(points, shares, 1e-6, covariance_type)
    cholesky = _compute_precision_cholesky(covariances, covariance_type)
    precisions = cholesky**2 if covariance_type == "diag" else numpy.array([c @ c.T for c in cholesky])
    model = GaussianMixture(
        K, covariance_type=covariance_type, weights_init=weights / N, means_init=means, precisions_init=precisions, max_iter=300
    ).fit(points)
    cases.append(
        {
            "covariance_type": covariance_type,
            "iterations": model.n_iter_,
            "log_likelihood": model.lower_bounds_[-1],
            "weights": model.weights_.tolist(),
            "means": model.means_.tolist(),
            "covariances": model.covariances_.reshape(-1, D).tolist(),
            "labels": "".join(map(str, model.predict(points))),
            "log_density_of_row_0": float(model.score_samples(points[:1])[0]),
        }
    )
result = {"made_by": {"sklearn": sklearn.__version__, "numpy": numpy.__version__}, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
