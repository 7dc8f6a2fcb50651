"""What Shoal's Python clusterers do on Python's side: find an estimator, give it its arguments, fit it, read its results.

Compiled into the plugin and run as the module `shoal_bridge`; a process has one. It speaks scikit-learn's interface:
arguments by name to the class, fit(X) or fit_predict(X), and what was learnt in attributes that end in '_'.
"""

import time

from shoal_code import add_own, find, limit_threads, parameters_of, require_taken
from shoal_python import BrokenContract, Call, Folders, Missing, WrongInput, require_module

K_NAMES = ("n_clusters", "n_components", "k")
INIT_NAMES = ("init", "means_init")
CENTROID_NAMES = ("cluster_centers_", "means_", "centroids_", "centroids")


# --- estimators and their arguments -----------------------------------------------------------------------------------

def find_estimator(path):
    if path.startswith("shoal_bridge."):
        return globals()[path.partition(".")[2]]
    found = find("estimator", path, "an import path like sklearn.cluster.KMeans")
    if not callable(getattr(found, "fit", None)):
        raise WrongInput(f"estimator is '{path}', which has no method fit")
    return found


def arguments_of(estimator, path, k, params, init, seed, threads, log):
    """What the estimator is made with."""
    names, any_name = parameters_of(estimator)
    require_taken(params, names, any_name, path)
    arguments = dict(params)
    first = lambda wanted: next((name for name in wanted if name in names), None)
    k_name = first(K_NAMES)
    if k is not None:
        if k_name is None:
            raise WrongInput(f"k is {k}, but {path} takes no number of clusters; it takes {', '.join(names) or 'nothing'}")
        if k_name in params:
            raise WrongInput(f"the number of clusters is given twice: k is {k}, and params.{k_name} is {params[k_name]}")
        arguments[k_name] = k
    if init is not None:
        init_name = first(INIT_NAMES)
        if init_name is None:
            raise WrongInput(f"{path} takes no initial centroids: none of its arguments is called {' or '.join(INIT_NAMES)}")
        wanted = arguments.get(k_name)
        if isinstance(wanted, int) and wanted != len(init):
            raise WrongInput(f"k is {wanted} but {len(init)} initial centroids are given")
        arguments[init_name] = init
        if "n_init" in names:
            if isinstance(params.get("n_init"), int) and params["n_init"] > 1:
                log("warning", f"n_init is {params['n_init']}, but from given centroids all starts are one: it is run once")
            arguments["n_init"] = 1
    add_own(arguments, names, seed, threads)
    return arguments


# --- results ----------------------------------------------------------------------------------------------------------

def read_labels(np, labels, n, path):
    labels = np.asarray(labels)
    if labels.shape != (n,) or labels.dtype.kind not in "iu":
        raise BrokenContract(f"{path} returned labels {labels.shape} {labels.dtype}, expected ({n},) of integers")
    return np.ascontiguousarray(labels, dtype=np.int64)


def read_centroids(np, fitted, columns, path):
    for name in CENTROID_NAMES:
        centroids = getattr(fitted, name, None)
        if centroids is None:
            continue
        centroids = np.asarray(centroids)
        if centroids.ndim != 2 or centroids.shape[1] != columns or centroids.dtype.kind != "f":
            raise BrokenContract(f"{name} of {path} is {centroids.shape} {centroids.dtype}, expected (K, {columns}) of floats")
        good = np.isfinite(centroids)
        if not good.all():
            row, column = np.argwhere(~good)[0]
            raise BrokenContract(f"{name} of {path} holds {centroids[row, column]} at row {row}, column {column}")
        return np.ascontiguousarray(centroids, dtype=np.float32 if centroids.dtype == np.float32 else np.float64)
    return None


def read_iterations(np, fitted):
    """−1 where it does not tell them."""
    given = getattr(fitted, "n_iter_", None)
    return -1 if given is None else int(np.max(given))


def let_go(np, made, lent):
    """Copies what an estimator keeps of arrays that are gone after the call."""
    for name, value in list(getattr(made, "__dict__", {}).items()):
        if isinstance(value, np.ndarray) and any(given is not None and np.may_share_memory(value, given) for given in lent):
            setattr(made, name, value.copy())


def read_converged(fitted, iterations):
    if hasattr(fitted, "converged_"):
        return bool(fitted.converged_)
    limit = getattr(fitted, "max_iter", None)
    return not (isinstance(limit, int) and hasattr(fitted, "n_iter_") and iterations >= limit)


# --- what the plugin calls --------------------------------------------------------------------------------------------

def as_taken(np, features, dtypes):
    """The features as the library takes them: themselves where it can, else C-ordered in the first of `dtypes`."""
    if not dtypes:
        return features
    dtype = features.dtype if features.dtype.name in dtypes else np.dtype(dtypes[0])
    return np.ascontiguousarray(features, dtype=dtype)


def fit(path, k, params, dtypes, folders, features, weights, init, seed, threads, log):
    """Fits the estimator at `path`; returns what a Clustering has and how long the estimator itself was at work."""
    in_folders = Folders(folders)
    with Call(log), in_folders:
        require_module("numpy")
        import numpy as np

        in_folders.require_own(path)
        estimator = find_estimator(path)
        arguments = arguments_of(estimator, path, k, params, init, seed, threads, log)
        fit_arguments = {}
        if weights is not None:
            if "sample_weight" not in parameters_of(estimator.fit)[0]:
                raise WrongInput(f"{path} takes no weights: its fit has no argument sample_weight")
            fit_arguments["sample_weight"] = weights
        data = as_taken(np, features, dtypes)
        made = estimator(**arguments)
        with limit_threads(threads):
            begin = time.perf_counter()
            # fit_predict where it does: a mixture would go over the features once more to predict.
            if not fit_arguments and hasattr(made, "fit_predict"):
                labels = made.fit_predict(data)
            else:
                made.fit(data, **fit_arguments)
                if hasattr(made, "labels_"):
                    labels = made.labels_
                elif hasattr(made, "predict"):
                    labels = made.predict(data)
                else:
                    raise BrokenContract(f"{path} has neither labels_ nor predict after fit, so no labels can be had of it")
            seconds = time.perf_counter() - begin
        iterations = read_iterations(np, made)
        result = {
            "labels": read_labels(np, labels, len(features), path),
            "centroids": read_centroids(np, made, features.shape[1], path),
            "iterations": iterations,
            "converged": read_converged(made, iterations),
            "seconds": seconds,
            "estimator": made,
        }
        let_go(np, made, (features, weights, init))
        return result


def predict(path, made, dtypes, folders, features, threads, log):
    with Call(log), Folders(folders):
        import numpy as np

        if not hasattr(made, "predict"):
            raise Missing(f"{path} has no labels for new examples: it has no method predict")
        data = as_taken(np, features, dtypes)
        try:
            with limit_threads(threads):
                return read_labels(np, made.predict(data), len(features), path)
        finally:
            let_go(np, made, (features,))


# --- estimators of our own --------------------------------------------------------------------------------------------

class FaissKMeans:
    """faiss.Kmeans with scikit-learn's interface. Every example counts: faiss would draw 256 for each centroid."""

    def __init__(self, n_clusters=8, init=None, max_iter=25, n_init=1, spherical=False, random_state=0):
        require_module("faiss")
        self.n_clusters, self.init, self.max_iter, self.n_init = n_clusters, init, max_iter, n_init
        self.spherical, self.random_state = spherical, random_state

    def fit(self, X, sample_weight=None):
        import faiss
        import numpy as np

        if len(X) < self.n_clusters:
            raise WrongInput(f"k is {self.n_clusters} but there are only {len(X)} examples")
        print(f"faiss {faiss.__version__}: its subsampling is off (max_points_per_centroid {len(X)}, min_points_per_centroid 1)")
        trained = faiss.Kmeans(X.shape[1], self.n_clusters, niter=self.max_iter, nredo=self.n_init, spherical=self.spherical,
                               seed=self.random_state, min_points_per_centroid=1, max_points_per_centroid=len(X))
        init = None if self.init is None else np.ascontiguousarray(self.init, dtype=np.float32)
        weights = None if sample_weight is None else np.ascontiguousarray(sample_weight, dtype=np.float32)
        trained.train(X, weights=weights, init_centroids=init)
        self.index_ = trained.index
        self.cluster_centers_ = trained.centroids
        self.n_iter_ = self.max_iter  # it has no other end
        self.labels_ = self.predict(X)
        return self

    def predict(self, X):
        return self.index_.search(X, 1)[1].reshape(-1)
