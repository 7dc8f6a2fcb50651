"""Our k-means beside scikit-learn's, scikit-learn-intelex's, faiss's and geokmeans's: same data, same start, same end.

    python benchmarks/compare_kmeans.py             # all of it: hours on two cores
    python benchmarks/compare_kmeans.py --quick     # small data, a few minutes
    python benchmarks/compare_kmeans.py --growth    # ours alone, against n, k and d

README.md beside this says how to install the peers and what the numbers mean. Every program runs in a process of its
own, in turn (A B C A B C …), and what it returned is judged here, in float64.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import exact
import machine
import numpy as np
import tables
from kmeans_data import DataSet, initial_rows, make_sets, mixture, saved

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PEERS = ["sklearn-lloyd", "sklearn-elkan", "sklearnex", "faiss", "geokmeans"]
# A neighbour's slow minute is longer than a short fit: all programs fit again, in turn, until ours have taken so many
# seconds, at most so many times as often as asked.
SHORT, SHORT_REPEATS = 1.0, 3


def say(*words: object) -> None:
    print(*words, file=sys.stderr, flush=True)


class Failure(Exception):
    """Why a program has no time: 'over 300 s', or the last line that it wrote."""


@dataclass
class Programs:
    """Runs our program and the peers', all under the same environment."""

    build: Path
    threads: int
    limit_s: float
    wait: str
    plugin_path: list[str]
    folder: Path  # for what they write

    def environment(self, blas_threads: int | None) -> dict[str, str]:
        threads = str(self.threads)
        env = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
        env |= {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
        env["OPENBLAS_NUM_THREADS"] = str(blas_threads or self.threads)
        if self.wait != "default":
            env["OMP_WAIT_POLICY"] = self.wait
        return env

    def run(self, command: list[str], blas_threads: int | None = None) -> dict[str, Any]:
        env = self.environment(blas_threads)
        try:
            done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=self.limit_s, check=False)
        except subprocess.TimeoutExpired:
            raise Failure(f"over {self.limit_s:.0f} s") from None
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or ["no message"]
            reason = lines[-1] if "Traceback" in done.stderr else lines[0]  # ours says first what is wrong
            raise Failure(f"failed: {reason[:160]}" if done.returncode > 0 else f"killed by signal {-done.returncode}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def ours(self, data: Path, *arguments: str) -> dict[str, Any]:
        paths = [part for folder in self.plugin_path for part in ("--plugin-path", folder)]
        command = [str(self.build / "bin/shoal_fit"), "--data", str(data), "--threads", str(self.threads)]
        return self.run([*command, *paths, *arguments])

    def peer(self, blas_threads: int | None = None, **task: Any) -> dict[str, Any]:
        spec = json.dumps(task | {"threads": self.threads})
        return self.run([sys.executable, str(HERE / "contestants.py"), spec], blas_threads)

    def file(self, name: str) -> str:
        return str(self.folder / name)


@dataclass
class Row:
    """One program on one data set and k."""

    data: str
    k: int
    program: str
    seconds: list[float] = field(default_factory=list)
    iterations: int = 0
    inertia: float | None = None
    failure: str = ""
    notes: list[str] = field(default_factory=list)
    labels: np.ndarray | None = None

    @property
    def is_ours(self) -> bool:
        return self.program.startswith("shoal")

    def best(self) -> float | None:
        return min(self.seconds, default=None)

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "labels"}


# --- fitting ---------------------------------------------------------------------------------------------------------


def our_name(variant: str, of_bytes: bool = False) -> str:
    return "shoal" + ("" if variant == "default" else f" {variant}") + (" (uint8)" if of_bytes else "")


def fit_once(programs: Programs, data: DataSet, row: Row, rows_file: Path, max_iter: int, variant: str | None) -> None:
    """Fits and adds the time to `row`; the first time, the result is judged too."""
    labels, centroids = programs.file("labels.npy"), programs.file("centroids.npy")
    of_bytes = row.program.endswith("(uint8)")
    if variant is not None:
        parameters = [f"k={row.k}", "tol=0", f"max_iter={max_iter}"]
        parameters += [] if variant == "default" else [f"algorithm={variant}"]
        features = data.pixels if of_bytes and data.pixels is not None else data.features
        written = ["--init", str(rows_file), "--labels", labels, "--centroids", centroids]
        said = programs.ours(features, *written, *parameters)
        said |= {"seconds": said["seconds"][0], "note": "; ".join(said["log"])}
    else:
        said = programs.peer(
            peer=row.program, task="fit", data=str(data.features), k=row.k, init=str(rows_file), max_iter=max_iter,
            labels=labels, centroids=centroids,
        )  # fmt: skip
    row.seconds.append(said["seconds"])
    if len(row.seconds) > 1:
        return
    row.iterations = said["iterations"]
    row.notes += [said["note"]] if said["note"] else []
    found = np.load(centroids) / (255 if of_bytes else 1)
    if not found.any():
        return  # geokmeans at max_iter; its note says so
    x = data.load()
    nearest = exact.nearest(x, found)
    row.inertia = exact.inertia(x, found, nearest)
    row.labels = np.load(labels)
    different = int((row.labels != nearest).sum())  # by float32's rounding, or as they are of the pass before the last
    if different:
        row.notes.append(f"{different} labels are not its centroids' nearest")


def compare_fits(programs: Programs, data: DataSet, k: int, args: argparse.Namespace) -> list[Row]:
    rows_file = initial_rows(args.folder, len(np.load(data.features, mmap_mode="r")), k)
    contestants: list[tuple[Row, str | None]] = [(Row(data.name, k, our_name(v)), v) for v in args.variants]
    if data.pixels is not None:
        contestants.append((Row(data.name, k, our_name(args.variants[0], of_bytes=True)), args.variants[0]))
    contestants += [(Row(data.name, k, peer), None) for peer in args.peers]
    ours = contestants[0][0]
    for repeat in range(SHORT_REPEATS * args.repeat):
        if repeat >= args.repeat and (ours.failure or sum(ours.seconds) >= SHORT):
            break
        for row, variant in contestants:
            if row.failure:
                continue
            try:
                fit_once(programs, data, row, rows_file, args.max_iter, variant)
                say(f"{data.name} k={k}, {repeat + 1}: {row.program}: {row.seconds[-1]:.3f} s")
            except Failure as failure:
                row.failure = str(failure)
                row.notes += [f"then {failure}"] if row.seconds else []
                say(f"{data.name} k={k} {row.program}: {failure}")
    return [row for row, _ in contestants]


def verify(data: DataSet, rows: list[Row], args: argparse.Namespace) -> str:
    """Our first variant against a plain Lloyd in float64, in one sentence."""
    ours = rows[0]
    if ours.labels is None or ours.inertia is None:
        return f"{data.name}, k = {ours.k}: nothing to verify"
    x = data.load()
    init = x[np.load(initial_rows(args.folder, len(x), ours.k))]
    try:
        truth = exact.lloyd(x, init, args.max_iter)
    except ValueError as reason:
        return f"{data.name}, k = {ours.k}: not verified, as {reason}"
    inertia = exact.inertia(x, truth.centroids, truth.labels)
    return (
        f"{data.name}, k = {ours.k}: {int((truth.labels != ours.labels).sum())} of {len(x)} labels differ, "
        f"{ours.iterations} iterations for {truth.iterations}, inertia {ours.inertia / inertia - 1:+.1e}"
    )


# --- seeding and mini-batches ----------------------------------------------------------------------------------------


def judge(data: DataSet, centroids: str) -> float:
    x, found = data.load(), np.load(centroids)
    return exact.inertia(x, found, exact.nearest(x, found))


def peer_by_seed(programs: Programs, data: DataSet, k: int, seed: int, what: str, blas_threads: int) -> dict[str, Any]:
    centroids = programs.file("centroids.npy")
    task = {"peer": "sklearn", "task": what, "data": str(data.features), "k": k, "seed": seed, "centroids": centroids}
    said = programs.peer(blas_threads, **task)
    return {"seconds": said["seconds"], "inertia": judge(data, centroids)}


def ours_by_seed(programs: Programs, data: DataSet, k: int, seed: int, what: str) -> dict[str, Any]:
    arguments = ["--seed", str(seed), f"k={k}"]
    if what == "seeding":
        said = programs.ours(data.features, "--seeding-only", *arguments)
        return {"seconds": said["seconds"][0], "inertia": said["potential"][0]}
    centroids = programs.file("centroids.npy")
    component = ["--component", "clusterer/minibatch-kmeans", "--centroids", centroids, "batch_size=1024"]
    said = programs.ours(data.features, *component, *arguments)
    return {"seconds": said["seconds"][0], "inertia": judge(data, centroids)}


def compare_by_seed(
    programs: Programs, data: DataSet, k: int, seeds: int, what: str, blas_threads: list[int]
) -> list[dict[str, Any]]:
    """Ours and scikit-learn's seeding or mini-batch k-means, for seeds 0, 1, …: seconds and inertia of each.

    scikit-learn is taken once for each number of BLAS threads: two may cost it more than they bring.
    """
    runs: list[tuple[str, Any]] = [("shoal", lambda seed: ours_by_seed(programs, data, k, seed, what))]
    for blas in blas_threads:
        run = lambda seed, blas=blas: peer_by_seed(programs, data, k, seed, what, blas)  # noqa: E731
        runs.append((f"sklearn, BLAS on {blas}", run))
    nothing = {"data": data.name, "k": k, "failure": ""}
    rows: list[dict[str, Any]] = [nothing | {"program": name, "seconds": [], "inertia": []} for name, _ in runs]
    for seed in range(seeds):
        for row, (name, run) in zip(rows, runs, strict=True):
            if row["failure"]:
                continue
            try:
                measured = run(seed)
                row["seconds"].append(measured["seconds"])
                row["inertia"].append(measured["inertia"])
                say(f"{what} {data.name} k={k} seed {seed} {name}: {measured['seconds']:.3f} s")
            except Failure as failure:
                row["failure"] = str(failure)
                say(f"{what} {data.name} k={k} {name}: {failure}")
    return rows


# --- growth ----------------------------------------------------------------------------------------------------------


def growth(programs: Programs, args: argparse.Namespace) -> list[dict[str, Any]]:
    """Ours alone: 20 iterations on mixtures of 1000 Gaussians, of which n, k and d are varied one by one."""
    ns, ks, ds = [10_000, 30_000, 100_000, 300_000], [10, 30, 100, 300, 1000, 3000], [2, 8, 32, 128, 784]
    if args.quick:
        ns, ks, ds = [3_000, 10_000], [10, 100], [2, 32]
    n, k, d = ns[-2], 100, 32
    cases = [("n", size, k, d) for size in ns] + [("k", n, size, d) for size in ks]
    cases += [("d", min(n, 60_000), k, size) for size in ds]
    measured = []
    for varied, rows, clusters, columns in cases:
        path = args.folder / f"mixture-{rows}-{columns}-1000.npy"
        data = saved(path, lambda: mixture(rows, columns, 1000))  # noqa: B023
        init = initial_rows(args.folder, rows, clusters)
        parameters = [f"k={clusters}", "tol=0", "max_iter=20"]
        parameters += [] if args.variants[0] == "default" else [f"algorithm={args.variants[0]}"]
        case = {"varied": varied, "n": rows, "k": clusters, "d": columns}
        try:
            said = programs.ours(data, "--init", str(init), "--repeat", str(args.repeat), *parameters)
            kept = ("seconds", "iterations", "peak_rss_bytes", "rss_before_bytes", "log")
            case |= {name: said[name] for name in kept}
        except Failure as failure:
            case |= {"failure": str(failure)}
        measured.append(case)
        say("growth", case)
    return measured


# --- main ------------------------------------------------------------------------------------------------------------


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words = lambda text: text.split(",")  # noqa: E731
    numbers = lambda text: [int(part) for part in text.split(",")]  # noqa: E731
    parser.add_argument("--quick", action="store_true", help="10 000 rows and k up to 100: whether all of it works")
    parser.add_argument("--growth", action="store_true", help="instead: ours alone, against n, k and d")
    parser.add_argument("--verify", action="store_true", help="ours against a plain float64 Lloyd in NumPy: slow")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/clusterers.md")
    parser.add_argument("--variants", type=words, default=["auto"], metavar="A,B",
                        help="our values of `algorithm`; `default` gives none. Ratios are to the first (auto)")
    parser.add_argument("--peers", type=words, default=PEERS, metavar="A,B",
                        help=f"of {','.join(PEERS)}; geokmeans-hamerly and so on name its other algorithms")
    parser.add_argument("--tables", type=words, default=["fit", "seeding", "minibatch"], metavar="A,B")
    parser.add_argument("--data", type=words, default=[], metavar="A,B", help="only data sets of these names")
    parser.add_argument("--k", type=numbers, default=[], metavar="A,B")
    parser.add_argument("--repeat", type=int, default=3, help="of fits, more of short ones, and seedings (3)")
    parser.add_argument("--seeds", type=int, default=10, help="of mini-batches (10)")
    parser.add_argument("--max-iter", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--blas-threads", type=numbers, default=[1, 2], metavar="A,B",
                        help="BLAS threads that scikit-learn's seeding and mini-batches are tried with (1,2)")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a program is stopped (300)")
    parser.add_argument("--omp-wait", choices=["passive", "active", "default"], default="passive",
                        help="OMP_WAIT_POLICY of all: spinning threads lose where others use the machine too (passive)")
    parser.add_argument("--mnist", type=Path, default=ROOT / "data/mnist", metavar="DIR")
    parser.add_argument("--fashion", type=Path, default=Path("/usr/share/datasets/fashion-mnist"), metavar="DIR")
    parser.add_argument("--build", type=Path, default=ROOT / "build/bench", metavar="DIR")
    parser.add_argument("--plugin-path", action="append", default=[], metavar="DIR", help="handed to shoal_fit")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/benchmark-data", metavar="DIR",
                        help="where data and results are kept (build/benchmark-data)")
    return parser.parse_args()  # fmt: skip


def require_known(option: str, given: list[str], known: list[str]) -> None:
    for name in given:
        if name not in known:
            sys.exit(f"{option} has no '{name}'; there are {', '.join(known)}")


def main() -> int:
    args = parse_arguments()
    require_known("--peers", [peer for peer in args.peers if not peer.startswith("geokmeans-")], PEERS)
    require_known("--tables", args.tables, ["fit", "seeding", "minibatch"])
    began = time.monotonic()
    if not (args.build / "bin/shoal_fit").is_file():
        say(f"no {args.build}/bin/shoal_fit: cmake --preset bench && cmake --build --preset bench")
        return 1
    page, block = ROOT / "docs/clusterers.md", "growth" if args.growth else "benchmarks"
    if args.write:
        tables.require_markers(page, block)  # now, not after hours
    if os.getloadavg()[0] > 0.5:
        say(f"others use this machine (load {os.getloadavg()[0]:.1f}): times mean little, ratios not much more")
    head = machine.describe(ROOT, args.build / "bin/shoal_peak", args.threads)
    results: dict[str, Any] = {"head": head}
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(args.build, args.threads, args.limit, args.omp_wait, args.plugin_path, Path(folder))
        if args.growth:
            results["growth"] = growth(programs, args)
            text = tables.growth_page(head, results["growth"])
            (args.folder / "growth.vl.json").write_text(json.dumps(tables.growth_figure(results["growth"]), indent=1))
        else:
            sets = make_sets(args.folder, args.mnist, args.fashion, args.quick)
            require_known("--data", args.data, [s.name for s in sets])
            wanted = [(s, k) for s in sets if not args.data or s.name in args.data for k in args.k or s.ks]
            fits, verified, seedings, minibatches = [], [], [], []
            for data, k in wanted:
                if "fit" in args.tables:
                    rows = compare_fits(programs, data, k, args)
                    fits.append(rows)
                    verified += [verify(data, rows, args)] if args.verify else []
                if "seeding" in args.tables:
                    seedings.append(compare_by_seed(programs, data, k, args.repeat, "seeding", args.blas_threads))
                if "minibatch" in args.tables:
                    minibatches.append(compare_by_seed(programs, data, k, args.seeds, "minibatch", args.blas_threads))
            described = {s.name: (*np.load(s.features, mmap_mode="r").shape, s.description) for s, _ in wanted}
            results |= {"fits": [[row.to_json() for row in rows] for rows in fits], "verified": verified}
            results |= {"seeding": seedings, "minibatch": minibatches}
            text = tables.comparison_page(head, described, fits, verified, seedings, minibatches, args)
    minutes = (time.monotonic() - began) / 60
    text += f"\n\nMeasured within {minutes:.0f} minutes; load average at the end {os.getloadavg()[0]:.1f}."
    (args.folder / f"{block}.json").write_text(json.dumps(results, indent=1))
    print(text)
    if args.write:
        tables.write_between_markers(page, block, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
