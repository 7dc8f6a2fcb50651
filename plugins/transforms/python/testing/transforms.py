"""Transformers whose results can be told by hand, and ones that misbehave."""

import random

import numpy as np


class Centre:
    """x − mean, times `factor`; columns after `keep` are left out."""

    def __init__(self, factor=1, keep=None, random_state=None, n_jobs=None):
        self.factor, self.keep = factor, keep
        print("random_state", random_state, "n_jobs", n_jobs)

    def fit(self, X):
        print("fit to", X.dtype, "writeable", X.flags.writeable)
        self.mean_ = X.mean(axis=0)

    def transform(self, X):
        return ((X - self.mean_) * self.factor)[:, :self.keep]


class Twice:
    """Learns nothing."""

    def transform(self, X):
        return 2 * X.astype(float)


class Draws:
    def transform(self, X):
        return np.full((len(X), 3), [np.random.random(), random.random(), np.random.default_rng(1).random()])


class Returns:
    def __init__(self, fault):
        self.fault = fault

    def transform(self, X):
        out = X.astype(float)
        if self.fault == "one row":
            return out[:1].repeat(2, axis=0)[:max(1, len(out) - 1)]
        if self.fault == "vector":
            return out[:, 0]
        if self.fault == "text":
            return out.astype(str)
        if self.fault == "nan":
            out[-1, 1] = np.nan if len(out) > 1 else 0
        if self.fault == "too large":
            out[-1, 0] = 1e300
        if self.fault == "other width":
            return out if len(out) == 1 else out[:, :1]
        return out


class Raises:
    def fit(self, X):
        raise ValueError("the first line\nand the second")

    def transform(self, X):
        return X


class Unpicklable(Twice):
    def fit(self, X):
        self.how = lambda x: x


class OnlyFits:
    def fit_transform(self, X):
        return X


class Forever(Twice):
    def fit(self, X):
        while True:
            pass


KEPT = []


class KeepsElsewhere(Twice):
    def fit(self, X):
        KEPT.append(X[1:])


class KeepsLast:
    """The sum of what it was last given; its own the first time."""

    def transform(self, X):
        last, self.last = getattr(self, "last", X), X
        return np.full((len(X), 1), last.sum())


class Imports(Twice):
    def fit(self, X):
        import halves

        self.by = halves.HALF

    def transform(self, X):
        return X * self.by
