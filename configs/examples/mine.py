"""The code behind python.yaml: data, features and a metric in plain NumPy."""

import numpy as np


def rings(n=600, noise=0.05, random_state=0):
    """Points on three circles around one centre: examples (n, 2), labels (n), names."""
    rng = np.random.default_rng(random_state)
    labels = np.arange(n) % 3
    angles = rng.uniform(0, 2 * np.pi, n)
    radii = labels + 1 + noise * rng.standard_normal(n)
    points = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)
    return points.astype(np.float32), labels, ["inner", "middle", "outer"]


class Radius:
    """How far each example is from the mean of those it was fitted to, in units of their mean distance."""

    def fit(self, X):
        self.mean_ = X.mean(axis=0)
        self.scale_ = np.linalg.norm(X - self.mean_, axis=1).mean()
        return self

    def transform(self, X):
        return np.linalg.norm(X - self.mean_, axis=1, keepdims=True) / self.scale_


def share_of_neighbours(features, predicted, k=5):
    """Of each example's k nearest, the share in its own cluster: the mean over all examples, and the worst one."""
    squared = np.square(features[:, None] - features[None]).sum(axis=2)
    np.fill_diagonal(squared, np.inf)
    nearest = np.argsort(squared, axis=1, kind="stable")[:, :k]
    shares = (predicted[nearest] == predicted[:, None]).mean(axis=1)
    return {"mean": shares.mean(), "worst": shares.min()}
