"""Shoal from Python.

    import shoal
    result = shoal.run("experiment.yaml", {"groups.k": 20})   # a whole experiment, by the program beside this package
    result.metrics("quality.acc")

    from shoal.cluster import KMeans                          # clusterers as scikit-learn estimators, in this process
    labels = KMeans(n_clusters=10, random_state=0).fit_predict(X)
"""

from ._errors import CheckError, Diagnostic, RunError, ShoalError
from ._experiments import Checked, Row, Run, check, load, run
from ._places import cmake_dir, program
from ._threads import get_threads, set_threads, threads

__all__ = [
    "CheckError",
    "Checked",
    "Diagnostic",
    "Row",
    "Run",
    "RunError",
    "ShoalError",
    "check",
    "cmake_dir",
    "get_threads",
    "load",
    "program",
    "run",
    "set_threads",
    "threads",
]
