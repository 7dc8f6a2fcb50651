"""Points of scikit-learn's make_moons and make_circles without noise, in its own order. Run: .venv/bin/python tests/reference/synthetic.py"""
import json
import pathlib
import sklearn
from sklearn.datasets import make_circles, make_moons

moons, moon_labels = make_moons(n_samples=10, shuffle=False, noise=None)
rings, ring_labels = make_circles(n_samples=12, shuffle=False, noise=None, factor=0.6)
out = {
    "origin": {"scikit-learn": sklearn.__version__, "seed": None, "data": "make_moons(10), make_circles(12, factor=0.6)"},
    "moons": {"points": moons.tolist(), "labels": moon_labels.tolist()},
    "rings": {"factor": 0.6, "points": rings.tolist(), "labels": ring_labels.tolist()},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, indent=1) + "\n")
