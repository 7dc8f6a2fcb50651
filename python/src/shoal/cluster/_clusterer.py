"""Any clusterer of a plugin as an estimator, made from what the plugin declares."""

import functools
import inspect
import os
import re
import sys
import warnings

import numpy as np

from .. import _native, _shoal
from .._threads import get_threads
from ._base import BaseEstimator, ClusterMixin, check_features, check_fitted, check_weights, seed_of
from ._names import class_name


class Bound:
    """A plugin's clusterer with its parameters and what it has learnt; pickled where it can save that."""

    def __init__(self, name, parameters):
        self.name = name
        self.parameters = parameters
        self._is_empty_copy = False
        with in_our_words():
            self._native = _shoal.Clusterer(_native.plugins(), f"clusterer/{name}", parameters)

    def fit(self, X, weights, init, seed, verbose):
        """labels, centroids or None, clusters, iterations (−1: not known), whether it converged."""
        with in_our_words():
            labels, centroids, clusters, iterations, converged, messages = self._native.fit(
                X, weights, init, seed, get_threads())
        tell(messages, verbose)
        return np.asarray(labels), None if centroids is None else np.asarray(centroids), clusters, iterations, converged

    def partial_fit(self, X, seed, verbose):
        with in_our_words():
            tell(self._native.partial_fit(X, seed, get_threads()), verbose)

    def predict(self, X):
        if self._is_empty_copy:
            raise NotImplementedError(f"clusterer/{self.name} cannot save what it has learnt, so a copy of it has no "
                                      "labels for other examples")
        labels = np.empty(X.shape[0], dtype=np.int64)
        with in_our_words():
            self._native.predict(X, labels, get_threads())
        return labels

    def save(self):
        return {key: np.array(array) for key, array in self._native.save().items()}

    def load(self, state):
        with in_our_words():
            self._native.load(state)
        return self

    def __reduce__(self):
        state = self.save() if "state" in _native.component(self.name)["traits"] else None
        return _restore, (self.name, self.parameters, state)


def _restore(name, parameters, state):
    bound = Bound(name, parameters)
    if state is not None:
        return bound.load(state)
    bound._is_empty_copy = True
    return bound


class in_our_words:
    """Errors of the plugin, which calls k what is n_clusters here."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is ValueError and (text := _rename(str(error))) != str(error):
            raise ValueError(text) from None
        return False


def _rename(message):
    return re.sub(r"'k'|\bk(?= (is|must|≥)\b| ≥)", lambda k: "'n_clusters'" if k[0] == "'k'" else "n_clusters", message)


def tell(messages, verbose):
    """Warnings of a plugin as Python's; the rest of what it said is printed where `verbose` is set."""
    for level, line in messages:
        if level == "warning":
            warnings.warn(_rename(line), UserWarning, stacklevel=_stack_level())
        elif verbose:
            print(line)


def _stack_level():
    """Of the first caller outside this package."""
    frame, level = sys._getframe(1), 1
    while frame is not None and frame.f_globals.get("__name__", "").startswith("shoal."):
        frame, level = frame.f_back, level + 1
    return level - 1


def plain(value):
    """A parameter without NumPy's types."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def is_array(init):
    return not (init is None or isinstance(init, str) or callable(init))


class Clusterer(ClusterMixin, BaseEstimator):
    """What all clusterers have. Use a class made from a plugin: shoal.cluster.KMedoids, clusterer("kmedoids")."""

    _component = None  # what the plugin declares, as _native.component has it

    def fit(self, X, y=None):
        """Finds clusters of X (N, D) float32, float64 or uint8, which is read where it lies; anything else is copied.
        `y` is ignored. Throws ValueError for parameters and data that are wrong: the message says what and where."""
        return self._fit(X, None)

    def _fit(self, X, sample_weight):
        X = check_features(self, X, reset=True, dtypes=self._dtypes())
        weights = check_weights(sample_weight, X)
        init = getattr(self, "init", None)
        init = np.ascontiguousarray(init, dtype=X.dtype) if is_array(init) else None
        bound = Bound(self._name(), self._parameters())
        labels, centroids, clusters, iterations, converged = bound.fit(
            X, weights, init, self._seed(), getattr(self, "verbose", 0))
        self._bound = bound
        self._keep(X, labels, centroids, clusters, iterations, converged)
        return self

    def predict(self, X):
        """Labels (N) int64 of other examples. Throws NotImplementedError where the method has none."""
        check_fitted(self, "labels_")
        return self._bound.predict(check_features(self, X, reset=False, dtypes=self._dtypes()))

    def _keep(self, X, labels, centroids, clusters, iterations, converged):
        self.labels_ = labels
        self.n_clusters_ = clusters
        self.converged_ = converged
        for name, value in (("cluster_centers_", centroids), ("n_iter_", iterations if iterations >= 0 else None)):
            if value is not None:
                setattr(self, name, value)
            elif hasattr(self, name):
                delattr(self, name)
        self.inertia_ = _shoal.inertia(X, labels, clusters, centroids, None, get_threads())

    @classmethod
    def _name(cls):
        return cls._component["id"].partition("/")[2]

    @classmethod
    def _dtypes(cls):
        """Those that the plugin takes, the one that others are turned into first."""
        named = [np.dtype(name) for name in ("float64", "float32", "uint8") if name in cls._component["traits"]]
        return named or [np.dtype("float64"), np.dtype("float32")]

    def _parameters(self):
        out = {}
        for declared in self._component["parameters"]:
            value = getattr(self, "n_clusters" if declared["name"] == "k" else declared["name"])
            if declared["name"] == "init" and is_array(value):
                value = declared["default"]
            if not (value is None and declared["default"] is None):
                out[declared["name"]] = plain(value)
        return out

    def _seed(self):
        return seed_of(self.random_state) if "random" in self._component["traits"] else 0


class WeightedClusterer(Clusterer):
    """One of those that count some examples more than others."""

    def fit(self, X, y=None, sample_weight=None):
        """As Clusterer.fit; `sample_weight` (N) ≥ 0 is how much each example counts, None: all the same. inertia_ is
        without weights."""
        return self._fit(X, sample_weight)


def _parameters_of(component):
    """Of __init__: n_clusters first, which alone may be given by position, then the plugin's others, then what is
    Shoal's."""
    kinds = inspect.Parameter
    out = [kinds("self", kinds.POSITIONAL_OR_KEYWORD)]
    declared = {p["name"]: p["default"] for p in component["parameters"]}
    if "k" in declared:
        out.append(kinds("n_clusters", kinds.POSITIONAL_OR_KEYWORD, default=declared.pop("k")))
    if "input:init" in component["traits"]:
        declared.setdefault("init", None)
    if "random" in component["traits"]:
        declared["random_state"] = None
    declared["verbose"] = 0
    return out + [kinds(name, kinds.KEYWORD_ONLY, default=default) for name, default in declared.items()]


def _make_init(component):
    signature = inspect.Signature(_parameters_of(component))

    def __init__(self, *args, **kwargs):
        try:
            given = signature.bind(self, *args, **kwargs)
        except TypeError as error:
            known = ", ".join(list(signature.parameters)[1:])
            raise TypeError(f"{type(self).__name__}: {error}; it has {known}") from None
        given.apply_defaults()
        for name, value in given.arguments.items():
            if name != "self":
                setattr(self, name, value)

    __init__.__signature__ = signature
    return __init__


_OURS = {
    "init": ("array (K, D), default None", "initial centroids; None: the clusterer chooses"),
    "random_state": ("int, RandomState, Generator or None, default None",
                     "the seed; None: drawn from NumPy's global generator"),
    "verbose": ("int, default 0", "above 0, what the clusterer says is printed"),
}


def describe(component):
    """The docstring, in NumPy's form."""
    lines = [f"{component['summary']}.", "", f"{component['id']} of the plugin {component['plugin']} "
             f"{component['version']}.", "", "Parameters", "----------"]
    declared = {p["name"]: p for p in component["parameters"]}
    for name in [p.name for p in _parameters_of(component)][1:]:
        found = declared.get("k" if name == "n_clusters" else name)
        if found is None:
            kind, text = _OURS[name]
        else:
            bounds = found["range"].replace("k", "n_clusters", 1) if found["name"] == "k" else found["range"]
            kind, text = f"{found['type']}: {bounds}", found["help"]
            text += "; or an array (K, D)" if name == "init" and "input:init" in component["traits"] else ""
        lines += [f"{name} : {kind}", f"    {text}"]
    lines += ["", "Attributes", "----------", "labels_ : (N) int64; −1 is noise", "n_clusters_ : int",
              "cluster_centers_ : (K, D), where the method has them", "inertia_ : float, by Shoal, in float64",
              "n_iter_ : int, where the method tells", "converged_ : bool"]
    return "\n".join(lines)


@functools.lru_cache(maxsize=None)
def _made(name):
    component = _native.component(name)
    if component is None:
        return None
    called = class_name(name)
    base = WeightedClusterer if "input:weights" in component["traits"] else Clusterer
    return type(called, (base,), {"__init__": _make_init(component), "__doc__": describe(component),
                                       "__module__": "shoal.cluster", "__qualname__": called, "_component": component})


def clusterer(name):
    """The estimator class of a clusterer: "kmedoids" or "clusterer/kmedoids". Throws ValueError where no plugin has it."""
    from . import _kmeans

    name = name.removeprefix("clusterer/")
    if name in _kmeans.BY_NAME:
        return _kmeans.BY_NAME[name]
    made = _made(name)
    if made is None:
        _made.cache_clear()
        try:
            _native.open_torch()
        except ImportError:
            pass
        made = _made(name)
    if made is None:
        from ._names import names

        refused = "".join(f"\n  not opened: {file}: {reason}" for file, reason in _native.plugins().refusals())
        raise ValueError(f"there is no clusterer {name!r}; there are {', '.join(names())}{refused}")
    return made
