"""What Shoal's Python clusterers do on Python's side: find an estimator, give it its arguments, fit it, read its results.

Compiled into the plugin and run as the module `shoal_bridge`; a process has one. It speaks scikit-learn's interface:
arguments by name to the class, fit(X) or fit_predict(X), and what was learnt in attributes that end in '_'.
"""

import difflib
import importlib
import importlib.machinery
import importlib.util
import inspect
import io
import os
import sys
import threading
import time
import traceback


class WrongInput(Exception):
    """What the user gave is wrong."""


class Missing(Exception):
    """A package that is not installed, or a thing that an estimator cannot do."""


class BrokenContract(Exception):
    """What an estimator returned is no clustering."""


# Modules whose package has another name.
PACKAGES = {"sklearn": "scikit-learn", "sklearnex": "scikit-learn-intelex", "faiss": "faiss-cpu"}
K_NAMES = ("n_clusters", "n_components", "k")
INIT_NAMES = ("init", "means_init")
CENTROID_NAMES = ("cluster_centers_", "means_", "centroids_", "centroids")
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


# --- once a process ---------------------------------------------------------------------------------------------------

class _ToLog(io.TextIOBase):
    """Takes the place of sys.stdout and sys.stderr: whole lines go to the log of the call that is at work."""

    encoding, errors = "utf-8", "strict"
    calls = threading.local()
    latest = None  # for threads that a library started itself

    def __init__(self, level):
        self.level = level
        self.rest = threading.local()

    def write(self, written):
        lines = (getattr(self.rest, "text", "") + written).split("\n")
        self.rest.text = lines.pop()
        for line in lines:
            self.say(line)
        return len(written)

    def flush(self):
        rest, self.rest.text = getattr(self.rest, "text", ""), ""
        if rest:
            self.say(rest)

    def say(self, line):
        log = getattr(self.calls, "log", None) or _ToLog.latest
        if log is not None and line.strip():
            log(self.level, line)

    def writable(self):
        return True


def set_up(executable, folders, threads, shared):
    """`folders` are the chosen python's site-packages; `shared` says whether libraries may see those of the program."""
    import site

    for folder in folders:
        site.addsitedir(folder)
    sys.executable = executable  # what libraries start as their workers
    sys.argv = ["shoal"]
    if not shared:
        # A library finds its own OpenMP and BLAS before those that the program brought for LibTorch.
        sys.setdlopenflags(os.RTLD_NOW | os.RTLD_DEEPBIND)
    for name in THREAD_VARIABLES:  # read when a library is loaded
        os.environ[name] = str(threads)
    sys.stdout, sys.stderr = _ToLog("info"), _ToLog("warning")


# --- the folders of a node --------------------------------------------------------------------------------------------

def top_of(name):
    return name.partition(".")[0]


def home_of(module):
    """The folder in which a module that no package holds was found; None where it came from no file."""
    try:
        places = [os.path.dirname(place) for place in module.__path__]
    except AttributeError:
        places = [os.path.dirname(module.__file__)] if getattr(module, "__file__", None) else []
    return os.path.realpath(places[0]) if places else None


def has_native_code(top):
    endings = tuple(importlib.machinery.EXTENSION_SUFFIXES)
    modules = [module for name, module in list(sys.modules.items()) if top_of(name) == top]
    return any((getattr(module, "__file__", None) or "").endswith(endings) for module in modules)


class _Folders:
    """Has Python search `folders` before all others while calls are at work that name them.

    What is imported from there is known to calls with the same folders alone, so nodes may have modules of one name in
    folders of their own. Calls with other folders, or with none, wait for their turn. A module of Python itself,
    or a package with native code, that is loaded already stays as it is.
    """

    turn = threading.Condition()
    at_work = ()  # the folders of the calls that are at work
    calls = 0
    own = {}  # by folders: modules from there, by name

    def __init__(self, folders):
        self.folders = tuple(dict.fromkeys(os.path.realpath(folder) for folder in folders))

    def __enter__(self):
        cls = _Folders
        with cls.turn:
            while cls.calls > 0 and cls.at_work != self.folders:
                cls.turn.wait(0.1)  # not for long: who is stopped gets to know it between two waits
            if cls.calls == 0 and self.folders:
                self.put_in()
            cls.at_work = self.folders
            cls.calls += 1

    def __exit__(self, kind, error, trace):
        cls = _Folders
        with cls.turn:
            cls.calls -= 1
            if cls.calls == 0 and self.folders:
                self.take_out()
            cls.turn.notify_all()

    def put_in(self):
        cls, own = _Folders, _Folders.own.setdefault(self.folders, {})
        importlib.invalidate_caches()  # files may have come since
        cls.path = list(sys.path)
        sys.path[:] = [*self.folders, *(place for place in cls.path if place not in self.folders)]
        tops = {top_of(name) for name in sys.modules}
        hidden = {top for top in tops if self.hides(top)}
        cls.aside = {name: sys.modules.pop(name) for name in list(sys.modules) if top_of(name) in hidden}
        cls.others = tops - hidden
        sys.modules.update(own)

    def take_out(self):
        cls, own = _Folders, _Folders.own[self.folders]
        tops = {top_of(name) for name in sys.modules} - cls.others
        ours = {top for top in tops if top in sys.modules and home_of(sys.modules[top]) in self.folders}
        for name in [name for name in sys.modules if top_of(name) in ours]:
            own[name] = sys.modules.pop(name)
        sys.modules.update(cls.aside)
        sys.path[:] = cls.path + [place for place in sys.path if place not in cls.path and place not in self.folders]

    def hides(self, top):
        """Whether the folders have another module in place of the loaded one, and it can be."""
        if top == "__main__" or top in getattr(sys, "stdlib_module_names", sys.builtin_module_names):
            return False
        return self.has_another(top) and not has_native_code(top)

    def has_another(self, top):
        if top not in sys.modules:
            return False
        found = importlib.machinery.PathFinder.find_spec(top, list(self.folders))
        if found is None or found.origin is None:
            return False
        inner = os.path.dirname(found.origin)
        home = inner if found.submodule_search_locations is None else os.path.dirname(inner)
        return os.path.realpath(home) != home_of(sys.modules[top])

    def require_own(self, path):
        """Throws WrongInput where the folders have the module of the estimator, but another one is loaded."""
        top = top_of(path)
        if self.folders and self.has_another(top):
            raise WrongInput(f"path has a module '{top}', but '{top}' is loaded already, from {home_of(sys.modules[top])}, and cannot "
                             f"be loaded twice in a process: give it another name")


# --- estimators and their arguments -----------------------------------------------------------------------------------

def require_module(name):
    """Throws Missing where the package of module `name` is not installed."""
    top = name.partition(".")[0]
    if top in sys.modules or importlib.util.find_spec(top) is not None:
        return
    package = PACKAGES.get(top, top)
    places = [place for place in sys.path if "-packages" in place] or sys.path
    raise Missing(f"the Python package {package} is not installed: there is no module '{top}' in {', '.join(places)}; install it by "
                  f"`{sys.executable} -m pip install {package}`" + (" or scripts/setup --rivals" if top in PACKAGES else ""))


def nearest(name, names):
    close = difflib.get_close_matches(name, names, 1)
    return f"; did you mean '{close[0]}'?" if close else ""


def find_estimator(path):
    if path.startswith("shoal_bridge."):
        return globals()[path.partition(".")[2]]
    module_name, _, name = path.rpartition(".")
    if not module_name:
        raise WrongInput(f"estimator is '{path}', but must be an import path like sklearn.cluster.KMeans")
    require_module(module_name)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not module_name.startswith(error.name):
            raise  # one of its own imports
        raise WrongInput(f"estimator is '{path}', but there is no module '{error.name}'") from None
    except ImportError as error:
        if "undefined symbol" in str(error):  # the wheel's library was not loaded, because one of its name was there already
            error.args = (f"{error}; a plugin has loaded another version of that library: isolate: process at the node fits "
                          "it where no other plugin is",)
        raise
    found = getattr(module, name, None)
    if found is None:
        raise WrongInput(f"estimator is '{path}', but {module_name} has no '{name}'" + nearest(name, dir(module)))
    if not callable(getattr(found, "fit", None)):
        raise WrongInput(f"estimator is '{path}', which has no method fit")
    return found


def parameters_of(function):
    """Names that may be given, and whether any other may be given too."""
    parameters = inspect.signature(function).parameters.values()
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) and p.name != "self"]
    return named, any(p.kind == p.VAR_KEYWORD for p in parameters)


def arguments_of(estimator, path, k, params, init, seed, threads, log):
    """What the estimator is made with."""
    names, any_name = parameters_of(estimator)
    for name in params:
        if name not in names and not any_name:
            raise WrongInput(f"{path} takes no '{name}'; it takes {', '.join(names) or 'nothing'}" + nearest(name, names))
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
    if "random_state" in names:
        arguments.setdefault("random_state", seed)
    if "n_jobs" in names:
        arguments.setdefault("n_jobs", threads)
    return arguments


def limit_threads(threads):
    """A context in which all libraries that are loaded use `threads` threads."""
    import contextlib

    if "faiss" in sys.modules:
        sys.modules["faiss"].omp_set_num_threads(threads)
    if importlib.util.find_spec("threadpoolctl") is None:
        return contextlib.nullcontext()  # the variables of set_up hold for what was loaded since
    import threadpoolctl

    return threadpoolctl.threadpool_limits(limits=threads)


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

class _Call:
    """Sends the output of one call to its log, and the traceback of what it throws."""

    def __init__(self, log):
        self.log = log

    def __enter__(self):
        self.before = getattr(_ToLog.calls, "log", None)
        _ToLog.calls.log = _ToLog.latest = self.log

    def __exit__(self, kind, error, trace):
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, _ToLog):
                stream.flush()
        _ToLog.calls.log = _ToLog.latest = self.before
        if error is not None and not isinstance(error, (WrongInput, Missing, BrokenContract, KeyboardInterrupt)):
            for line in "".join(traceback.format_exception(kind, error, trace)).splitlines():
                self.log("traceback", line)


def as_taken(np, features, dtypes):
    """The features as the library takes them: themselves where it can, else C-ordered in the first of `dtypes`."""
    if not dtypes:
        return features
    dtype = features.dtype if features.dtype.name in dtypes else np.dtype(dtypes[0])
    return np.ascontiguousarray(features, dtype=dtype)


def fit(path, k, params, dtypes, folders, features, weights, init, seed, threads, log):
    """Fits the estimator at `path`; returns what a Clustering has and how long the estimator itself was at work."""
    in_folders = _Folders(folders)
    with _Call(log), in_folders:
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
    with _Call(log), _Folders(folders):
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
