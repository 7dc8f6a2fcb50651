#!/usr/bin/env python3
"""Times shoal.cluster.KMeans beside the program's clusterer/kmeans and scikit-learn's KMeans, in turn, on MNIST's training set
as float32 (60000 × 784, k = 10), and what a call costs on ten points.

    PYTHONPATH=build/release/python python benchmarks/compare_estimators.py [ROUNDS]

Needs numpy and scikit-learn. Fails where the estimator's labels are not the program's to the byte; of times it judges
none. (The estimator's has the inertia in it, which the program takes besides.)
"""

import gzip
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import sklearn.cluster

import shoal
from shoal.cluster import KMeans

EXPERIMENT = """shoal: 1
name: compare
nodes:
  points: {use: dataset/npy, with: {path: points.npy}}
  kmeans: {use: clusterer/kmeans, in: {data: points}, with: {k: 10}}
"""


def mnist():
    file = Path(__file__).resolve().parent.parent / "data" / "mnist" / "train-images-idx3-ubyte.gz"
    with gzip.open(file) as data:
        return np.frombuffer(data.read(), np.uint8, offset=16).reshape(60000, 784).astype(np.float32)


def seconds(call, times=1):
    begin = time.perf_counter()
    for _ in range(times):
        found = call()
    return (time.perf_counter() - begin) / times, found


def main(rounds):
    X = mnist()
    threads = shoal.get_threads()
    print(f"scikit-learn {sklearn.__version__}, {threads} threads, medians of {rounds} rounds in turn")
    taken = {name: [] for name in ("program", "estimator", "estimator, given centres", "scikit-learn, given centres")}
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "points.npy", X)
        (Path(folder) / "compare.yaml").write_text(EXPERIMENT)
        for i in range(rounds):
            row = shoal.run(Path(folder) / "compare.yaml", out=Path(folder) / str(i), cache=False).rows[0]
            taken["program"].append(row.metrics["kmeans.fit_seconds"])
            spent, ours = seconds(lambda: KMeans(10, random_state=0).fit(X))
            taken["estimator"].append(spent)
            assert ours.labels_.tobytes() == row.artifacts["kmeans.labels"].tobytes()
            spent, ours = seconds(lambda: KMeans(10, init=X[:10], tol=0).fit(X))
            taken["estimator, given centres"].append(spent)
            spent, theirs = seconds(lambda: sklearn.cluster.KMeans(10, init=X[:10], n_init=1, tol=0).fit(X))
            taken["scikit-learn, given centres"].append(spent)
    for name, each in taken.items():
        print(f"  {name:28} {statistics.median(each):7.3f} s   ({min(each):.3f} … {max(each):.3f})")
    print(f"  iterations: ours {ours.n_iter_}, scikit-learn {theirs.n_iter_}; inertia {ours.inertia_:.6g}, {theirs.inertia_:.6g}")

    points = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [0, 2], [9, 9], [9, 8], [8, 9], [8, 8], [9, 7]], dtype=np.float64)
    for name, make in (("shoal", KMeans), ("scikit-learn", sklearn.cluster.KMeans)):
        model = make(2, random_state=0, n_init=1).fit(points)
        fit, _ = seconds(lambda: make(2, random_state=0, n_init=1).fit(points), 500)
        predict, _ = seconds(lambda: model.predict(points), 500)
        print(f"  ten points, {name:13} fit {fit * 1e6:6.0f} µs, predict {predict * 1e6:6.0f} µs")
    for name, of in (("medians", statistics.median), ("least times", min)):
        print(f"estimator / program, {name}: {of(taken['estimator']) / of(taken['program']):.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
