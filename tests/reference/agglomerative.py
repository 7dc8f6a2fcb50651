"""Writes agglomerative.json: scikit-learn's AgglomerativeClustering of the points of density_points.py, and SciPy's join lengths."""

import json
import pathlib

import numpy
import scipy
import sklearn
from density_points import density_points
from scipy.cluster.hierarchy import linkage as scipy_linkage
from sklearn.cluster import AgglomerativeClustering

cases = []
for n, columns in [(500, 2), (500, 7), (300, 12)]:
    points = density_points(n, columns)
    for linkage in ("ward", "single", "complete", "average"):
        labels = {k: AgglomerativeClustering(k, linkage=linkage).fit(points).labels_.tolist() for k in (2, 3, 11, 60)}
        lengths = scipy_linkage(points, linkage)[:, 2]
        cases.append({"n": n, "columns": columns, "linkage": linkage, "labels": labels, "lengths": lengths[-20:].tolist()})
made_by = {"sklearn": sklearn.__version__, "scipy": scipy.__version__, "numpy": numpy.__version__}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"made_by": made_by, "cases": cases}) + "\n")
