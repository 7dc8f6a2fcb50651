"""Estimators whose behaviour can be told by hand, and ones that misbehave. Row i goes into cluster i mod n_clusters."""

import sys
import time

import numpy as np


class Deal:
    """Tells by print all that it was given."""

    def __init__(self, n_clusters=2, init="first", n_init=10, random_state=None, shape=None, n_jobs=None):
        self.given = dict(n_clusters=n_clusters, init=init, n_init=n_init, random_state=random_state, shape=shape, n_jobs=n_jobs)
        self.n_clusters = n_clusters

    def fit(self, X, sample_weight=None):
        print("address", X.__array_interface__["data"][0], "strides", X.strides, X.dtype, "writeable", X.flags.writeable)
        for name, value in self.given.items():
            print(name, "is", value.tolist() if isinstance(value, np.ndarray) else repr(value))
        print("weights are", None if sample_weight is None else sample_weight.tolist())
        sys.stderr.write("half a line, ")
        sys.stderr.write("and the other half\n")
        self.labels_ = np.arange(len(X)) % self.n_clusters
        self.cluster_centers_ = np.stack([X[self.labels_ == c].mean(axis=0) for c in range(self.n_clusters)])
        self.n_iter_ = 4
        return self

    def predict(self, X):
        return np.square(X[:, None] - self.cluster_centers_).sum(axis=2).argmin(axis=1)


class NoWeights:
    """With nothing but labels."""

    def __init__(self, eps=0.5):
        pass

    def fit(self, X):
        self.labels_ = np.where(np.arange(len(X)) == 0, -1, 0)


class Raises:
    def __init__(self, n_clusters=2):
        pass

    def fit(self, X):
        raise ValueError("the first line\nand the second")


class Returns:
    """What no clustering looks like."""

    def __init__(self, n_clusters=2, fault=""):
        self.n_clusters, self.fault = n_clusters, fault

    def fit(self, X):
        n = len(X)
        self.labels_ = np.zeros(n, dtype=np.int32)
        self.cluster_centers_ = np.zeros((self.n_clusters, X.shape[1]))
        if self.fault == "label too large":
            self.labels_[3] = self.n_clusters
        if self.fault == "label below -1":
            self.labels_[2] = -2
        if self.fault == "labels of half":
            self.labels_ = np.full(n, 0.5)
        if self.fault == "one label":
            self.labels_ = self.labels_[:1]
        if self.fault == "nan":
            self.cluster_centers_[1, 0] = np.nan
        if self.fault == "other columns":
            self.cluster_centers_ = np.zeros((self.n_clusters, X.shape[1] + 1))
        if self.fault == "one cluster":
            self.cluster_centers_ = self.cluster_centers_[:1]


class Keeps:
    """Keeps the features that it was lent: where one sees it, or deep within."""

    def __init__(self, deep=False):
        self.deep = deep

    def fit(self, X):
        self.kept = [X[1:]] if self.deep else X[1:]
        self.labels_ = np.zeros(len(X), dtype=int)

    def predict(self, X):
        return np.full(len(X), int(self.kept[0][0]))


class Slow:
    """0.1 s to be made, 0.2 s to be fitted; or it never ends."""

    def __init__(self, forever=False):
        self.forever = forever
        time.sleep(0.1)

    def fit(self, X):
        time.sleep(0.2)
        while self.forever:
            pass
        self.labels_ = np.zeros(len(X), dtype=int)


class KeepsLast:
    """Keeps the features that it was last asked about."""

    def __init__(self, deep=False, fails=False):
        self.deep, self.fails = deep, fails

    def fit(self, X):
        self.labels_ = np.zeros(len(X), dtype=int)
        self.last = np.zeros((1, 1))

    def predict(self, X):
        before = self.last[0] if isinstance(self.last, list) else self.last
        self.last = [X] if self.deep else X
        if self.fails:
            raise ValueError("no")
        return np.full(len(X), int(before[0, 0]))


class AsksStdout:
    """What libraries ask of sys.stdout."""

    def fit(self, X):
        try:
            sys.stdout.fileno()
        except OSError:
            print("no fileno", sys.stdout.encoding, sys.stdout.closed, sys.stdout.writable(), sys.stdout.isatty())
        self.labels_ = np.zeros(len(X), dtype=int)
