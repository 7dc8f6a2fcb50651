"""Runs one peer once, in a process of its own, and prints one JSON line.

Usage: contestants.py '{"peer": "faiss", "task": "fit", …}'; the keys are those of Task. A process of its own, because
scikit-learn-intelex replaces parts of scikit-learn, and so that one peer's threads never wait beside another's.
`seconds` is the call alone: the data is in memory, and a small fit before has started the threads.
"""

import ctypes
import json
import sys
import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass
class Task:
    peer: str  # sklearn-lloyd, sklearn-elkan, sklearnex, faiss, geokmeans or geokmeans-ALGORITHM
    task: str  # fit, seeding or minibatch
    data: str  # .npy (N, D)
    k: int
    threads: int
    init: str = ""  # .npy, numbers of the rows that are the initial centroids; of fit
    max_iter: int = 100
    seed: int = 0  # of seeding and minibatch
    labels: str = ""  # where to write them
    centroids: str = ""


@dataclass
class Fit:
    seconds: float
    iterations: int
    labels: np.ndarray
    centroids: np.ndarray
    note: str = ""


def timed(call: Any) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = call()
    return time.perf_counter() - begin, result


def fit_sklearn(estimator: type, x: np.ndarray, init: np.ndarray, task: Task, algorithm: str) -> Fit:
    def make(k: int, first: np.ndarray) -> Any:
        return estimator(k, init=first, n_init=1, tol=0, max_iter=task.max_iter, algorithm=algorithm)

    make(2, x[:2]).fit(x[:1000])
    seconds, model = timed(lambda: make(task.k, init).fit(x))
    return Fit(seconds, int(model.n_iter_), model.labels_, model.cluster_centers_)


def run_sklearn(x: np.ndarray, init: np.ndarray, task: Task) -> Fit:
    from sklearn.cluster import KMeans

    return fit_sklearn(KMeans, x, init, task, task.peer.removeprefix("sklearn-"))


def run_sklearnex(x: np.ndarray, init: np.ndarray, task: Task) -> Fit:
    import logging

    import daal4py

    daal4py.daalinit(task.threads)
    from sklearnex.cluster import KMeans

    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("sklearnex").addHandler(handler)
    logging.getLogger("sklearnex").setLevel(logging.INFO)
    fit = fit_sklearn(KMeans, x, init, task, "lloyd")
    if not any("KMeans.fit: running accelerated version" in line for line in said):
        fit.note = "fell back to scikit-learn"
    return fit


def run_faiss(x: np.ndarray, init: np.ndarray, task: Task) -> Fit:
    import faiss

    faiss.omp_set_num_threads(task.threads)
    x = np.ascontiguousarray(x, dtype=np.float32)

    def make(k: int, iterations: int) -> Any:  # by default it would cluster 256·k of the rows only
        return faiss.Kmeans(
            x.shape[1], k, niter=iterations, max_points_per_centroid=x.shape[0], min_points_per_centroid=1
        )

    def train() -> tuple[Any, np.ndarray]:
        model = make(task.k, task.max_iter)
        model.train(x, init_centroids=np.ascontiguousarray(init, dtype=np.float32))
        return model, model.assign(x)[1]  # training gives no labels

    make(2, 2).train(x[:1000])
    seconds, (model, labels) = timed(train)
    return Fit(seconds, len(model.obj), labels, model.centroids)  # it stops where its objective falls no more


def rows_geokmeans_draws(n: int, k: int, seed: int) -> list[int]:
    """The rows that geokmeans 0.1.2 begins from: the first k of a shuffle by the C library's rand()."""
    libc = ctypes.CDLL(None)
    libc.srand(seed)
    n = n if n < 1_000_000 else 10_000
    moved: dict[int, int] = {}
    drawn = []
    for i in range(k):
        j = i + libc.rand() // ((2**31 - 1) // (n - i) + 1)
        moved[i], moved[j] = moved.get(j, j), moved.get(i, i)
        drawn.append(moved[i])
    return drawn


def run_geokmeans(x: np.ndarray, rows: np.ndarray, task: Task) -> Fit:
    """It takes no initial centroids: rows are exchanged until those that it will draw are the ones wanted.

    And columns, until the one that varies most is the last: its algorithms geo, lloyd and ball look at that one alone
    to see whether they are done, and stop after one iteration where it is constant, as in images.
    """
    from geokmeans import GeoKMeans

    seed = 1
    order = np.arange(len(x))
    place = np.arange(len(x))  # place[row]: where it is in order
    for at, row in zip(rows_geokmeans_draws(len(x), task.k, seed), rows, strict=True):
        there, here = place[row], order[at]
        order[there], order[at] = here, row
        place[here], place[row] = there, at
    columns = np.argsort(x.var(axis=0), kind="stable")
    shuffled = np.ascontiguousarray(x[order][:, columns], dtype=np.float64)

    algorithm = task.peer.removeprefix("geokmeans").removeprefix("-") or "geo"
    model = GeoKMeans(task.k, algorithm=algorithm, max_iter=task.max_iter, tol=0, random_state=seed)
    seconds, model = timed(lambda: model.fit(shuffled))
    labels = np.empty(len(x), dtype=np.int64)
    labels[order] = model.labels_
    centroids = np.empty_like(model.cluster_centers_)
    centroids[:, columns] = model.cluster_centers_
    note = "" if centroids.any() else "returns centroids of zeros when max_iter ends it"
    return Fit(seconds, model.n_iter_, labels, centroids, note)


def fit(task: Task) -> dict[str, Any]:
    x = np.load(task.data)
    rows = np.load(task.init)
    if task.peer.startswith("geokmeans"):
        found = run_geokmeans(x, rows, task)
    else:
        run = {"sklearnex": run_sklearnex, "faiss": run_faiss}.get(task.peer, run_sklearn)
        found = run(x, x[rows], task)
    np.save(task.labels, np.asarray(found.labels, dtype=np.int64))
    np.save(task.centroids, np.asarray(found.centroids, dtype=np.float64))
    return {"seconds": found.seconds, "iterations": found.iterations, "note": found.note}


def seeding(task: Task) -> dict[str, Any]:
    from sklearn.cluster import kmeans_plusplus

    x = np.load(task.data)
    kmeans_plusplus(x[:1000], 2, random_state=0)
    seconds, (centroids, _) = timed(lambda: kmeans_plusplus(x, task.k, random_state=task.seed))
    np.save(task.centroids, np.asarray(centroids, dtype=np.float64))
    return {"seconds": seconds}


def minibatch(task: Task) -> dict[str, Any]:
    from sklearn.cluster import MiniBatchKMeans

    x = np.load(task.data)
    MiniBatchKMeans(2, n_init=1, batch_size=1024).fit(x[:1000])
    model = MiniBatchKMeans(task.k, n_init=1, batch_size=1024, random_state=task.seed)
    seconds, model = timed(lambda: model.fit(x))
    np.save(task.centroids, np.asarray(model.cluster_centers_, dtype=np.float64))
    return {"seconds": seconds, "iterations": int(model.n_iter_)}


def main() -> None:
    warnings.simplefilter("ignore")  # that max_iter was reached, that rows coincide
    task = Task(**json.loads(sys.argv[1]))
    print(json.dumps({"fit": fit, "seeding": seeding, "minibatch": minibatch}[task.task](task)))


if __name__ == "__main__":
    main()
