"""What dataset/python does on Python's side: a function that returns examples, and their labels and class names if it has any.

Compiled into the plugin and run as the module `shoal_dataset`.
"""

import numpy as np
from shoal_python import BrokenContract, WrongInput


def load(work):
    """Returns examples (N, …), labels (N) int64 or None, and names of classes, as the plugin takes them."""
    with work:
        function = work.find()
        if not callable(function):
            raise WrongInput(f"{work.who} is of type {type(function).__name__} and cannot be called")
        arguments = work.arguments(function)
        with work.limit_threads():
            result = function(**arguments)
        given = result if isinstance(result, tuple) else (result,)
        if not 1 <= len(given) <= 3:
            raise BrokenContract(f"{work.who} returned {len(given)} things, expected examples, labels or None, and class_names or None")
        examples, labels, names = (*given, None, None)[:3]
        examples = read_examples(work, examples)
        names = read_names(work, names)
        labels = None if labels is None else read_labels(work, labels, len(examples), names)
        if names and labels is None:
            raise BrokenContract(f"{work.who} returned class names without labels")
        return examples, labels, names


def read_examples(work, examples):
    examples = np.asarray(examples)
    if not 2 <= examples.ndim <= 7 or 0 in examples.shape:
        raise BrokenContract(f"{work.who} returned examples {examples.shape}, expected (N, D) or (N, …) of 7 axes at most, none of them 0")
    if examples.dtype.name not in ("float32", "float64", "uint8"):
        raise BrokenContract(f"{work.who} returned examples of {examples.dtype}, expected float32, float64 or uint8: say by .astype(…) which")
    if examples.dtype != np.uint8:
        good = np.isfinite(examples)
        if not good.all():
            at = tuple(int(i) for i in np.argwhere(~good)[0])
            raise BrokenContract(f"{work.who} returned {examples[at]} in example {at[0]}, at {at[1:] if len(at) > 2 else at[1]}")
    return np.ascontiguousarray(examples)


def read_labels(work, labels, n, names):
    labels = np.asarray(labels)
    if labels.shape != (n,) or labels.dtype.kind not in "iu":
        raise BrokenContract(f"{work.who} returned labels {labels.shape} {labels.dtype}, expected ({n},) of integers")
    for wrong, must in ((labels < 0, "at least 0"), (labels >= (len(names) or np.iinfo(np.int64).max), f"below {len(names)}, the class names")):
        if wrong.any():
            row = int(np.argmax(wrong))
            raise BrokenContract(f"{work.who} returned label {labels[row]} of example {row}; labels are {must}")
    return np.ascontiguousarray(labels, dtype=np.int64)


def read_names(work, names):
    names = [] if names is None else list(names)
    for name in names:
        if not isinstance(name, str):
            raise BrokenContract(f"{work.who} returned {name!r} among its class names, expected texts")
    if len(set(names)) < len(names):
        raise BrokenContract(f"{work.who} returned class names of which two are the same: {', '.join(names)}")
    return [str(name) for name in names]
