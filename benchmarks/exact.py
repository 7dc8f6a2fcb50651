"""k-means in float64 with NumPy, as plain as can be: what every program's result is judged by."""

import math
from dataclasses import dataclass

import numpy as np


def blocks(n: int, size: int) -> list[slice]:
    return [slice(i, min(n, i + size)) for i in range(0, n, size)]


def nearest(x: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """The nearest centroid of each row, the lowest of equals.

    ‖c‖² − 2x·c finds it fast; where the second best is within that form's rounding error, differences decide.
    """
    centroids = np.asarray(centroids, dtype=np.float64)
    middle = centroids.mean(axis=0)
    centred = centroids - middle
    half = 0.5 * np.einsum("ij,ij->i", centred, centred)
    labels = np.empty(len(x), dtype=np.int64)
    for part in blocks(len(x), 4096):
        rows = x[part].astype(np.float64) - middle
        scores = half - rows @ centred.T
        best = scores.argmin(axis=1)
        if len(centroids) > 1:
            at = np.arange(len(rows))
            least = scores[at, best]
            scores[at, best] = np.inf
            error = 1e-12 * x.shape[1] * (np.einsum("ij,ij->i", rows, rows) + half.max())
            for i in np.flatnonzero(scores.min(axis=1) - least <= error):
                best[i] = ((rows[i] - centred) ** 2).sum(axis=1).argmin()
        labels[part] = best
    return labels


def inertia(x: np.ndarray, centroids: np.ndarray, labels: np.ndarray) -> float:
    """Σ ‖x − centroid of its label‖², by differences."""
    centroids = np.asarray(centroids, dtype=np.float64)
    parts = [((x[part].astype(np.float64) - centroids[labels[part]]) ** 2).sum() for part in blocks(len(x), 4096)]
    return math.fsum(parts)


def means(x: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """The mean of each label's rows. Raises ValueError where a label has none: what then is right is not one thing."""
    counts = np.bincount(labels, minlength=k)
    if not counts.all():
        raise ValueError(f"cluster {int(counts.argmin())} lost all its rows")
    sums = np.zeros((k, x.shape[1]))
    for part in blocks(len(x), 4096):
        order = np.argsort(labels[part], kind="stable")
        used, first = np.unique(labels[part][order], return_index=True)
        sums[used] += np.add.reduceat(x[part][order].astype(np.float64), first, axis=0)
    return sums / counts[:, None]


@dataclass
class Clusters:
    labels: np.ndarray
    centroids: np.ndarray
    iterations: int


def lloyd(x: np.ndarray, centroids: np.ndarray, max_iter: int) -> Clusters:
    """Until no label changes; iterations are counted as scikit-learn does."""
    centroids = np.asarray(centroids, dtype=np.float64)
    previous = None
    for iteration in range(1, max_iter + 1):
        labels = nearest(x, centroids)
        if previous is not None and np.array_equal(labels, previous):
            return Clusters(labels, centroids, iteration)
        centroids = means(x, labels, len(centroids))
        previous = labels
    return Clusters(nearest(x, centroids), centroids, max_iter)
