"""Times dataset/csv beside pandas.read_csv (C engine) on 200000 × 50 normal numbers, in turns; prints the ratios.

    python plugins/datasets/csv/compare_pandas.py build/release/tests/csv_test      (needs pandas, and 200 MB in /tmp)
"""

import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import pandas

ROWS, COLUMNS, TURNS = 200_000, 50, 5


def shoal(program, path, threads):
    """Seconds, those of the processor, and the sum of all numbers."""
    out = subprocess.run(
        [program, "--gtest_also_run_disabled_tests", "--gtest_filter=*SecondsOfAReading"],
        env={**os.environ, "SHOAL_CSV": str(path), "SHOAL_THREADS": str(threads)},
        check=True, capture_output=True, text=True).stdout
    return [float(x) for x in re.search(r"seconds (\S+) cpu (\S+) sum (\S+)", out).groups()]


def pandas_(path):
    """The same of pandas."""
    begin, cpu = time.perf_counter(), time.process_time()
    frame = pandas.read_csv(path)
    return time.perf_counter() - begin, time.process_time() - cpu, frame.to_numpy().sum()


program = sys.argv[1]
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "x.csv"
    x = numpy.random.default_rng(0).standard_normal((ROWS, COLUMNS))
    for digits in (17, 6):
        names = ",".join(f"x{j}" for j in range(COLUMNS))
        numpy.savetxt(path, x, fmt=f"%.{digits}g", delimiter=",", header=names, comments="")
        times = {"pandas": [], "shoal, 1 thread": [], "shoal, 2 threads": []}
        for _ in range(TURNS):
            sums = []
            for name, taken in times.items():
                *seconds, total = pandas_(path) if name == "pandas" else shoal(program, path, 2 if "2" in name else 1)
                taken.append(seconds)
                sums.append(total)
            assert max(sums) - min(sums) < 1e-6, sums
        base = [statistics.median(column) for column in zip(*times["pandas"])]
        for name, taken in times.items():
            wall, cpu = [statistics.median(column) for column in zip(*taken)]
            print(f"{digits} digits, {path.stat().st_size / 1e6:.0f} MB: {name}: {wall:.3f} s, {wall / base[0]:.2f} of pandas'; "
                  f"processor {cpu:.3f} s, {cpu / base[1]:.2f}")
print("pandas", pandas.__version__, "numpy", numpy.__version__)
