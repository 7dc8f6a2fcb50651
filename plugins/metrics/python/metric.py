"""What metric/python does on Python's side: a function over what is wired, and the numbers that it returns.

Compiled into the plugin and run as the module `shoal_metric`.
"""

import math
from collections.abc import Mapping

import numpy as np
from shoal_code import parameters_of
from shoal_python import BrokenContract, WrongInput

# What a function may call what is wired to a port: scikit-learn's names beside our own.
NAMES = {
    "predicted": ("predicted", "labels_pred", "y_pred"),
    "labels": ("labels", "labels_true", "y_true"),
    "features": ("features", "X"),
    "centroids": ("centroids",),
}


def wired_arguments(work, function, wired):
    names, any_name = parameters_of(function)
    out = {}
    for port, array in wired.items():
        name = next((name for name in NAMES[port] if name in names), port if any_name else None)
        if name is None:
            raise WrongInput(f"'{port}' is wired, but {work.who} takes no {' or '.join(NAMES[port])}; it takes "
                             f"{', '.join(names) or 'nothing'}")
        if name in work.params:
            raise WrongInput(f"'{name}' of {work.who} is given twice: by the port '{port}' and under params")
        out[name] = array
    return out


def number(work, value, name):
    """`value` as a float; `name` is that of its entry, or None."""
    which = f" as '{name}'" if name is not None else ""
    try:
        array = np.asarray(value)
        if array.ndim != 0 or array.dtype.kind not in "fiub":
            raise ValueError
    except ValueError:
        raise BrokenContract(f"{work.who} returned {type(value).__name__}{which}, expected a number") from None
    out = float(array)
    if math.isnan(out):
        raise BrokenContract(f"{work.who} returned nan{which}, which is no number to compare by")
    return out


def compute(work, wired, chosen):
    """Returns the number that is the output, and all numbers by name (none where it returned but one)."""
    with work:
        function = work.find()
        if not callable(function):
            raise WrongInput(f"{work.who} is of type {type(function).__name__} and cannot be called")
        arguments = work.arguments(function, wired_arguments(work, function, wired))
        with work.limit_threads():
            result = function(**arguments)
        if not isinstance(result, Mapping):
            if chosen:
                raise WrongInput(f"value is '{chosen}', but {work.who} returned one number, without names")
            return number(work, result, None), {}
        numbers = {str(name): number(work, value, name) for name, value in result.items()}
        if not numbers:
            raise BrokenContract(f"{work.who} returned an empty dict, expected numbers by name")
        if not chosen and len(numbers) > 1:
            raise WrongInput(f"{work.who} returned {', '.join(numbers)}: say by `value` which of them is the node's value")
        if chosen and chosen not in numbers:
            raise WrongInput(f"value is '{chosen}', but {work.who} returned {', '.join(numbers)}")
        return numbers[chosen or next(iter(numbers))], numbers
