"""Code by its name: finding it, the arguments it takes, and the calls into it.

Compiled into each plugin that calls such code and run as the module `shoal_code`; a process has one.
"""

import contextlib
import difflib
import importlib
import importlib.util
import inspect
import os
import random
import sys

from shoal_python import Call, Folders, WrongInput, home_of, require_module, top_of


# --- what is called, and its arguments --------------------------------------------------------------------------------

def nearest(name, names):
    close = difflib.get_close_matches(name, names, 1)
    return f"; did you mean '{close[0]}'?" if close else ""


def find(parameter, path, wanted):
    """What the import path, given as `parameter`, names."""
    module_name, _, name = path.rpartition(".")
    if not module_name:
        raise WrongInput(f"{parameter} is '{path}', but must be {wanted}")
    require_module(module_name)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not module_name.startswith(error.name):
            raise  # one of its own imports
        raise WrongInput(f"{parameter} is '{path}', but there is no module '{error.name}'") from None
    except ImportError as error:
        if "undefined symbol" in str(error):  # the wheel's library was not loaded, because one of its name was there already
            error.args = (f"{error}; a plugin has loaded another version of that library: isolate: process at the node fits "
                          "it where no other plugin is",)
        raise
    found = getattr(module, name, None)
    if found is None:
        raise WrongInput(f"{parameter} is '{path}', but {module_name} has no '{name}'" + nearest(name, dir(module)))
    return found


def parameters_of(function):
    """Names that may be given, and whether any other may be given too."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # C code without a signature
        return [], True
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) and p.name != "self"]
    return named, any(p.kind == p.VAR_KEYWORD for p in parameters)


def require_taken(params, names, any_name, who):
    for name in params:
        if name not in names and not any_name:
            raise WrongInput(f"{who} takes no '{name}'; it takes {', '.join(names) or 'nothing'}" + nearest(name, names))


def require_all_given(function, arguments, who):
    """Throws WrongInput where an argument without a default is missing."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    missing = [p.name for p in parameters if p.kind in named and p.default is p.empty and p.name not in arguments]
    if missing:
        raise WrongInput(f"{who} needs {', '.join(missing)}, which nothing gives")


def add_own(arguments, names, seed, threads):
    """What Shoal gives where it is taken and not given."""
    if "random_state" in names:
        arguments.setdefault("random_state", seed)
    if "n_jobs" in names:
        arguments.setdefault("n_jobs", threads)


def limit_threads(threads):
    """A context in which all libraries that are loaded use `threads` threads."""
    if "faiss" in sys.modules:
        sys.modules["faiss"].omp_set_num_threads(threads)
    if importlib.util.find_spec("threadpoolctl") is None:
        return contextlib.nullcontext()  # the variables of set_up hold for what was loaded since
    import threadpoolctl

    return threadpoolctl.threadpool_limits(limits=threads)


# --- a call into an author's code -------------------------------------------------------------------------------------

class Work:
    """What `call` names, in `file` or by import path, while it is at work: `with work: work.find()(**work.arguments(…))`.

    Modules are found beside `file` and `imports` first. A module from there that neither names is an error: a node's key has
    the contents of these files, and would not change with that of another.
    """

    def __init__(self, call, file, imports, params, seed, threads, log):
        self.call, self.params, self.seed, self.threads, self.log = call, params, seed, threads, log
        self.file = file
        self.files = [os.path.realpath(each) for each in ([file] if file else []) + imports]
        self.folders = Folders([os.path.dirname(each) for each in self.files], self.files)
        self.who = f"{os.path.basename(file)}:{call}" if file else call
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        with self.stack:
            self.stack.enter_context(Call(self.log))
            self.stack.enter_context(self.folders)
            self.require_files()
            require_module("numpy")
            self.start_chance()
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None:
            return self.stack.__exit__(kind, error, trace)
        with self.stack:
            self.require_named()

    def find(self):
        """The class or function."""
        if not self.file:
            return find("call", self.call, "an import path like package.module.name, or a name in `file`")
        module_name, ending = os.path.splitext(os.path.basename(self.file))
        if ending != ".py" or "." in module_name:
            raise WrongInput(f"file is '{self.file}', but must be named like a module: letters, digits and _, then .py")
        if "." in self.call:
            raise WrongInput(f"call is '{self.call}', but must be a name in {os.path.basename(self.file)}, without a dot")
        where = getattr(importlib.import_module(module_name), "__file__", None)
        if where is None or os.path.realpath(where) != self.files[0]:
            raise WrongInput(f"file is '{self.file}', but Python has a module '{module_name}' already, from {where or 'within'}: give the "
                             "file another name")
        return find("call", f"{module_name}.{self.call}", "")

    def arguments(self, function, others=()):
        """The params, and what Shoal gives of itself."""
        names, any_name = parameters_of(function)
        require_taken(self.params, names, any_name, self.who)
        arguments = {**dict(others), **self.params}
        add_own(arguments, names, self.seed, self.threads)
        require_all_given(function, arguments, self.who)
        return arguments

    def limit_threads(self):
        return limit_threads(self.threads)

    def require_files(self):
        for each in self.files:
            if not os.path.isfile(each):
                raise WrongInput(f"there is no file '{each}'")

    def start_chance(self):
        """For code that asks the global generators of Python and NumPy."""
        import numpy as np

        random.seed(self.seed)
        np.random.seed(self.seed)

    def require_named(self):
        ours = [top for top in {top_of(name) for name in list(sys.modules)}
                if top in sys.modules and home_of(sys.modules[top]) in self.folders.folders]
        modules = {name: module for name, module in list(sys.modules.items()) if top_of(name) in ours}
        places = [module.__file__ for module in modules.values() if getattr(module, "__file__", None)]
        for place in places:
            if os.path.realpath(place) not in self.files:
                for name in modules:  # so that the next call imports it again, and is told again
                    del sys.modules[name]
                raise WrongInput(f"{self.who} imports {place}, which is not among `imports`: a change of it would go unseen; name it there")
