"""What clusterer/python costs: one estimator fitted by `shoal run` and by Python alone, in turn.

    python compare_python.py [--shoal ../build/release/bin/shoal] [--rows 20000] [--columns 50] [--k 50] [--repeat 5] [--threads 2]

Same features (overlapping Gaussians in one .npy, mapped by both), same initial centroids, same number of iterations, same
threads and OMP_WAIT_POLICY, a process of its own each time, in which the first fit warms up and the second is timed. Prints
the ratio of the best times; exits 1 where one is above 1.1. Run it by the python whose packages are meant: Shoal gets it as
SHOAL_PYTHON.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy

HERE = pathlib.Path(__file__).resolve().parent
LIMIT = 1.1

# name: component, its parameters, and the same in Python
CONTESTS = {
    "sklearn-kmeans": ("algorithm: lloyd, max_iter: {iterations}, tol: 0",
                       "from sklearn.cluster import KMeans as E; made = lambda: E({k}, init=init, n_init=1, max_iter={iterations}, tol=0)"),
    "sklearnex-kmeans": ("max_iter: {iterations}, tol: 0",
                         "from sklearnex.cluster import KMeans as E; made = lambda: E({k}, init=init, n_init=1, max_iter={iterations}, tol=0)"),
    "faiss-kmeans": ("max_iter: {iterations}", """
import faiss
faiss.omp_set_num_threads({threads})
class E:
    def fit(self, x):
        trained = faiss.Kmeans(x.shape[1], {k}, niter={iterations}, min_points_per_centroid=1, max_points_per_centroid=len(x))
        trained.train(x, init_centroids=init)
        trained.index.search(x, 1)
made = E"""),
}

# The warm-up is another row of the matrix, with two iterations.
EXPERIMENT = """shoal: 1
name: compare-python
nodes:
  points: {{use: dataset/npy, with: {{path: {folder}/x.npy}}}}
  init:   {{use: dataset/npy, with: {{path: {folder}/init.npy}}}}
  groups: {{use: clusterer/{name}, in: {{data: points, init: init}}, with: {{k: {k}, {with_}}}}}
matrix: {{groups.max_iter: [2, {iterations}]}}
report: [groups.fit_seconds, groups.convert_seconds, groups.inertia]
"""

DIRECT = """
import sys, time, numpy
x, init = numpy.load("{folder}/x.npy", mmap_mode="r"), numpy.load("{folder}/init.npy")
x = numpy.asarray(x)
{made}
made().fit(x)
begin = time.perf_counter()
made().fit(x)
print(time.perf_counter() - begin)
"""


def by_shoal(options, folder, name, environment):
    with_ = CONTESTS[name][0].format(**vars(options))
    (folder / "compare.yaml").write_text(EXPERIMENT.format(folder=folder, name=name, with_=with_, k=options.k, iterations=options.iterations))
    out = folder / "run"
    subprocess.run(["rm", "-rf", out], check=True)
    subprocess.run([options.shoal.resolve(), "run", "compare.yaml", "--out", out, "--quiet", "--threads", str(options.threads)],
                   check=True, cwd=folder, stdout=subprocess.DEVNULL, env=environment | {"SHOAL_PYTHON": sys.executable})
    row = json.loads((out / "results.json").read_text())["rows"][-1]
    return row["metrics"]["groups.fit_seconds"], row["metrics"]["groups.convert_seconds"]


def by_python(options, folder, name, environment):
    script = DIRECT.format(folder=folder, made=CONTESTS[name][1].format(**vars(options)))
    return float(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, env=environment).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shoal", default=HERE / "../build/release/bin/shoal", type=pathlib.Path)
    parser.add_argument("--only", choices=CONTESTS, action="append")
    for name, value in {"rows": 20000, "columns": 50, "k": 50, "iterations": 40, "repeat": 5, "threads": 2}.items():
        parser.add_argument(f"--{name}", default=value, type=int)
    options = parser.parse_args()
    random = numpy.random.default_rng(0)
    centers = random.normal(size=(options.k, options.columns)) * 2
    x = (centers[random.integers(options.k, size=options.rows)] + random.normal(size=(options.rows, options.columns))).astype(numpy.float32)
    threads = str(options.threads)
    environment = os.environ | {"OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
    worst = 0.0
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = pathlib.Path(name_of_folder)
        numpy.save(folder / "x.npy", x)
        numpy.save(folder / "init.npy", x[random.choice(len(x), options.k, replace=False)])
        print(f"{options.rows} × {options.columns} float32, k = {options.k}, {options.iterations} iterations, {threads} threads; "
              f"best (median) of {options.repeat}, in turn; load average {os.getloadavg()[0]:.1f}")
        for name in options.only or CONTESTS:
            ours, theirs, converting = [], [], []
            for _ in range(options.repeat):
                fit, convert = by_shoal(options, folder, name, environment)
                ours.append(fit)
                converting.append(convert)
                theirs.append(by_python(options, folder, name, environment))
            ratio = min(ours) / min(theirs)
            worst = max(worst, ratio)
            print(f"{name}: in shoal {min(ours):.4f} ({statistics.median(ours):.4f}) s, from Python {min(theirs):.4f} "
                  f"({statistics.median(theirs):.4f}) s, ratio {ratio:.3f}; converting {min(converting):.4f} s", flush=True)
    return 1 if worst > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
