"""clusterer/kmeans and clusterer/minibatch-kmeans under scikit-learn's names."""

import functools
import numbers
import warnings

import numpy as np

from .. import _native, _shoal
from .._threads import get_threads
from ._base import (ClassNamePrefixFeaturesOutMixin, ConvergenceWarning, TransformerMixin, check_features, check_fitted,
                    check_weights, seed_of)
from ._clusterer import Bound, Clusterer, in_our_words, plain


class _Component:
    """A class attribute that asks the plugin when it is first read."""

    def __init__(self, name):
        self._name = name

    @functools.lru_cache(maxsize=None)
    def _read(self):
        found = _native.component(self._name)
        if found is None:
            raise RuntimeError(f"the plugin of clusterer/{self._name} was not found: {_native.plugins().refusals()}")
        return found

    def __get__(self, instance, owner):
        return self._read()


class _Centroids(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Clusterer):
    """A clusterer that is its cluster_centers_: what is set there counts."""

    _NOT_THE_PLUGINS = frozenset({"verbose", "random_state", "copy_x", "compute_labels"})

    def predict(self, X):
        """Labels (N) int64 of the nearest centres, as float64 decides it; the lowest wins a tie."""
        check_fitted(self, "cluster_centers_")
        return self._nearest(check_features(self, X, reset=False))

    def transform(self, X):
        """Distances (N, K) to the centres, float32 for float32, else float64."""
        check_fitted(self, "cluster_centers_")
        X = check_features(self, X, reset=False)
        out = np.empty((X.shape[0], self.cluster_centers_.shape[0]), np.float32 if X.dtype == np.float32 else np.float64)
        with in_our_words():
            _shoal.distances(X, self._centers(), out, get_threads())
        return out

    def score(self, X, y=None, sample_weight=None):
        """Minus the inertia of X under the centres."""
        check_fitted(self, "cluster_centers_")
        X = check_features(self, X, reset=False)
        return -self._inertia(X, self._nearest(X), check_weights(sample_weight, X))

    def _centers(self):
        return np.ascontiguousarray(self.cluster_centers_)

    def _nearest(self, X):
        labels = np.empty(X.shape[0], dtype=np.int64)
        with in_our_words():
            _shoal.nearest(X, self._centers(), labels, get_threads())
        return labels

    def _inertia(self, X, labels, weights):
        with in_our_words():
            return _shoal.inertia(X, labels, self.cluster_centers_.shape[0], self._centers(), weights, get_threads())

    @property
    def _n_features_out(self):
        return self.cluster_centers_.shape[0]

    def _parameters(self):
        given = {name: value for name, value in self.get_params(deep=False).items() if name not in self._NOT_THE_PLUGINS}
        given["k"] = given.pop("n_clusters")
        if given["n_init"] == "auto":
            given["n_init"] = None
        if not isinstance(given["init"], str):
            del given["init"]
        initial = {declared["name"]: declared["default"] for declared in self._component["parameters"]}
        return {name: plain(value) for name, value in given.items() if not (value is None and initial[name] is None)}

    def _first_centers(self, X, random):
        """What `init` gives, as (K, D) of X's dtype; None: the plugin chooses."""
        if isinstance(self.init, str):
            return None
        given = self.init(X, self.n_clusters, random_state=random) if callable(self.init) else self.init
        given = np.ascontiguousarray(given, dtype=np.float32 if X.dtype == np.float32 else np.float64)
        for what, wanted, got in zip(("clusters", "features of the data"), (self.n_clusters, X.shape[1]), given.shape):
            if given.ndim != 2 or wanted != got:
                raise ValueError(f"The shape of the initial centers {given.shape} does not match the number of {what} "
                                 f"{wanted}.")
        return given

    def _starts(self):
        """How often `init` is called; the plugin itself counts the starts that it chooses."""
        if not callable(self.init):
            return 1
        return self._otherwise if self.n_init == "auto" else self.n_init

    def _best_fit(self, X, weights, seed):
        parameters = self._parameters()
        Bound(self._name(), parameters)  # what is wrong with them is said before what is wrong with the data
        if callable(self.init):
            parameters.pop("n_init", None)  # each of its starts is a fit of its own
        if isinstance(self.n_clusters, numbers.Integral) and X.shape[0] < self.n_clusters:
            raise ValueError(f"n_samples={X.shape[0]} should be >= n_clusters={self.n_clusters}.")
        random = np.random.RandomState(seed % 2**32)
        best = None
        for _ in range(self._starts()):
            bound = Bound(self._name(), parameters)
            found = bound.fit(X, weights, self._first_centers(X, random), seed, self.verbose)
            self.cluster_centers_ = found[1]
            inertia = self._inertia(X, found[0], weights)
            if best is None or inertia < best[0]:
                best = (inertia, bound, found)
        inertia, bound, (labels, self.cluster_centers_, _, self.n_iter_, self.converged_) = best
        self.inertia_ = inertia
        distinct = len(np.unique(labels))
        if distinct < self.n_clusters:
            warnings.warn(f"Number of distinct clusters ({distinct}) found smaller than n_clusters ({self.n_clusters}). "
                          "Possibly due to duplicate points in X.", ConvergenceWarning, stacklevel=3)
        return bound, labels

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


class KMeans(_Centroids):
    """Exact k-means: the same labels for any number of threads (clusterer/kmeans).

    Parameters
    ----------
    n_clusters : int, default 8
    init : 'k-means++', 'plain-k-means++', 'k-means||', 'afk-mc2', 'random', an array (K, D) or a callable
        how the first centres are chosen; a callable is called as init(X, n_clusters, random_state=…)
    n_init : 'auto' or int
        starts, of which the one with the lowest inertia is kept; 'auto': 10 for 'random' and a callable, else 1
    max_iter : int, default 300
    tol : float, default 1e-4
        stop when the squared shifts of the centres add up to at most tol times the mean variance of a column
    verbose : int
        above 0, what the clusterer says is printed
    random_state : int, RandomState, Generator or None
        an integer gives the same bytes as `seed` gives a node named 'kmeans' of an experiment
    copy_x : bool
        for scikit-learn's sake; X is never written to
    algorithm : 'auto', 'lloyd', 'hamerly', 'yinyang' or 'elkan'
        all give the same result
    min_size, max_size : int or None
        examples that every cluster has at least, at most
    balanced : bool
        clusters as equal in size as can be
    stop_center_shift, stop_inertia_rel, stop_changed_labels : float or None
        further reasons to stop
    max_time : float or None
        seconds after which no iteration of a start begins
    duplicates : 'auto', 'keep' or 'collapse'
        whether equal examples are looked at once; the result is the same

    Attributes
    ----------
    cluster_centers_ : (K, D) float64
    labels_ : (N) int64
    inertia_ : float; weighted, in float64, of these labels and centres
    n_iter_ : int
    converged_ : bool; False: stopped by a limit
    n_features_in_, feature_names_in_ : as in scikit-learn
    """

    _component = _Component("kmeans")
    _otherwise = 10  # starts from a callable

    def __init__(self, n_clusters=8, *, init="k-means++", n_init="auto", max_iter=300, tol=1e-4, verbose=0,
                 random_state=None, copy_x=True, algorithm="auto", min_size=None, max_size=None, balanced=False,
                 stop_center_shift=None, stop_inertia_rel=None, stop_changed_labels=None, max_time=None,
                 duplicates="auto"):
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.verbose = verbose
        self.random_state = random_state
        self.copy_x = copy_x
        self.algorithm = algorithm
        self.min_size = min_size
        self.max_size = max_size
        self.balanced = balanced
        self.stop_center_shift = stop_center_shift
        self.stop_inertia_rel = stop_inertia_rel
        self.stop_changed_labels = stop_changed_labels
        self.max_time = max_time
        self.duplicates = duplicates

    def fit(self, X, y=None, sample_weight=None):
        """Finds the clusters of X (N, D) float32, float64 or uint8, which is read where it lies; anything else is
        copied. `y` is ignored."""
        X = check_features(self, X, reset=True)
        _, self.labels_ = self._best_fit(X, check_weights(sample_weight, X), seed_of(self.random_state))
        return self


class MiniBatchKMeans(_Centroids):
    """k-means from small batches, also of a stream (clusterer/minibatch-kmeans).

    Parameters
    ----------
    n_clusters : int, default 8
    init : 'k-means++', 'random', an array (K, D) or a callable
    max_iter : int, default 100
        passes over the examples
    batch_size : int, default 1024
    verbose, random_state : as in KMeans
    compute_labels : bool
        whether fit leaves labels_
    tol : float, default 0.0
    max_no_improvement : int or None, default 10
    init_size : int or None
        rows that a start is chosen from
    n_init : 'auto' or int
        starts, of which the best on a validation set goes on; 'auto': 3 for 'random' and a callable, else 1
    reassignment_ratio : float, default 0.01
    algorithm : 'sculley' or 'nested'
        independent batches, scikit-learn's procedure, or a batch that only grows
    rho : float or None
        of nested: see clusterer/minibatch-kmeans

    Attributes
    ----------
    cluster_centers_, labels_, inertia_, n_iter_, converged_ : as in KMeans; after partial_fit labels_ and inertia_ are
        of the last batch, and n_iter_ is not there
    n_steps_ : int; batches so far
    """

    _component = _Component("minibatch-kmeans")
    _otherwise = 3

    def __init__(self, n_clusters=8, *, init="k-means++", max_iter=100, batch_size=1024, verbose=0, compute_labels=True,
                 random_state=None, tol=0.0, max_no_improvement=10, init_size=None, n_init="auto",
                 reassignment_ratio=0.01, algorithm="sculley", rho=1.0):
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.verbose = verbose
        self.compute_labels = compute_labels
        self.random_state = random_state
        self.tol = tol
        self.max_no_improvement = max_no_improvement
        self.init_size = init_size
        self.n_init = n_init
        self.reassignment_ratio = reassignment_ratio
        self.algorithm = algorithm
        self.rho = rho

    def fit(self, X, y=None, sample_weight=None):
        """As KMeans.fit."""
        X = check_features(self, X, reset=True)
        self._stream_seed = seed_of(self.random_state)
        self._bound, labels = self._best_fit(X, check_weights(sample_weight, X), self._stream_seed)
        self.n_steps_ = int(self._bound.save()["counters"][1])
        if self.compute_labels:
            self.labels_ = labels
        return self

    def partial_fit(self, X, y=None, sample_weight=None):
        """Learns from one batch, going on from what was learnt before. Batches of fewer than n_clusters examples in all
        wait for more. Throws ValueError for weights, which the plugin takes in fit alone."""
        first = not hasattr(self, "_bound")
        X = check_features(self, X, reset=first)
        weights = check_weights(sample_weight, X)
        if weights is not None and np.any(weights != 1):
            raise ValueError("partial_fit takes no sample_weight; fit does")
        if first:
            self._stream_seed = seed_of(self.random_state)
            bound = self._begin_stream(X)
        else:
            bound = self._bound
        bound.partial_fit(X, self._stream_seed, self.verbose)
        self._bound = bound
        try:
            state = bound.save()
        except RuntimeError:  # too few examples so far
            return self
        self.cluster_centers_ = state["centroids"]
        self.n_steps_ = int(state["counters"][1])
        self.labels_ = self._nearest(X)
        self.inertia_ = self._inertia(X, self.labels_, None)
        return self

    def _begin_stream(self, X):
        bound = Bound(self._name(), self._parameters())
        if not isinstance(self.init, str):
            centers = self._first_centers(X, np.random.RandomState(self._stream_seed % 2**32)).astype(np.float64)
            bound.load({"centroids": centers, "counts": np.zeros(len(centers)), "counters": np.zeros(2, dtype=np.int64)})
        return bound


BY_NAME = {"kmeans": KMeans, "minibatch-kmeans": MiniBatchKMeans}
