"""What Shoal's plugins share on Python's side: the start, the folders that modules come from, errors, and where output goes.

Compiled into each of them and run as the module `shoal_python`, by the first of a process that wants Python.
"""

import importlib
import importlib.machinery
import importlib.util
import io
import os
import sys
import threading
import traceback


class WrongInput(Exception):
    """What the user gave is wrong."""


class Missing(Exception):
    """A package that is not installed, or a thing that an estimator cannot do."""


class BrokenContract(Exception):
    """What an estimator returned is no clustering."""


# Modules that scripts/setup --rivals installs, and the packages that have them.
PACKAGES = {"sklearn": "scikit-learn", "sklearnex": "scikit-learn-intelex", "faiss": "faiss-cpu", "pyarrow": "pyarrow"}
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


_loading = threading.RLock()


def script(name, source):
    """The module `name`, whose text is `source`; the first call runs it."""
    with _loading:
        module = sys.modules.get(name)
        if module is None:
            module = type(sys)(name)
            exec(compile(source, name + ".py", "exec"), module.__dict__)
            sys.modules[name] = module  # whole, as others may look for it there
        return module


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


class Folders:
    """Has Python search `folders` before all others while calls are at work that name them.

    What is imported from there is known to calls with the same folders (and the same `files`, where given) alone, so nodes may
    have modules of one name in folders of their own. Calls with others, or with none, wait for their turn. A module of Python itself,
    or a package with native code, that is loaded already stays as it is.
    """

    turn = threading.Condition()
    at_work = ()  # the key of the calls that are at work
    calls = 0
    own = {}  # by key: modules from the folders, by name

    def __init__(self, folders, files=()):
        self.folders = tuple(dict.fromkeys(os.path.realpath(folder) for folder in folders))
        self.key = (self.folders, tuple(files))

    def __enter__(self):
        cls = Folders
        with cls.turn:
            while cls.calls > 0 and cls.at_work != self.key:
                cls.turn.wait(0.1)  # not for long: who is stopped gets to know it between two waits
            if cls.calls == 0 and self.folders:
                self.put_in()
            cls.at_work = self.key
            cls.calls += 1

    def __exit__(self, kind, error, trace):
        cls = Folders
        with cls.turn:
            cls.calls -= 1
            if cls.calls == 0 and self.folders:
                self.take_out()
            cls.turn.notify_all()

    def put_in(self):
        cls, own = Folders, Folders.own.setdefault(self.key, {})
        importlib.invalidate_caches()  # files may have come since
        cls.path = list(sys.path)
        sys.path[:] = [*self.folders, *(place for place in cls.path if place not in self.folders)]
        tops = {top_of(name) for name in sys.modules}
        hidden = {top for top in tops if self.hides(top)}
        cls.aside = {name: sys.modules.pop(name) for name in list(sys.modules) if top_of(name) in hidden}
        cls.others = tops - hidden
        sys.modules.update(own)

    def take_out(self):
        cls, own = Folders, Folders.own[self.key]
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


# --- packages and calls -----------------------------------------------------------------------------------------------

def require_module(name):
    """Throws Missing where the package of module `name` is not installed."""
    top = name.partition(".")[0]
    if top in sys.modules or importlib.util.find_spec(top) is not None:
        return
    package = PACKAGES.get(top, top)
    places = [place for place in sys.path if "-packages" in place] or sys.path
    raise Missing(f"the Python package {package} is not installed: there is no module '{top}' in {', '.join(places)}; install it by "
                  f"`{sys.executable} -m pip install {package}`" + (" or scripts/setup --rivals" if top in PACKAGES else ""))


class Call:
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
