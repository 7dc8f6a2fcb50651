"""What transform/python does on Python's side: a class with scikit-learn's fit and transform, kept as its pickle.

Compiled into the plugin and run as the module `shoal_transform`.
"""

import pickle

import numpy as np
from shoal_python import BrokenContract, WrongInput


def fit(work, features):
    """Returns the fitted object's pickle and how many columns its result has."""
    with work:
        made_by = work.find()
        if not callable(getattr(made_by, "transform", None)):
            raise WrongInput(f"{work.who} has no method transform, so it cannot be applied to new examples")
        made = made_by(**work.arguments(made_by))
        with work.limit_threads():
            if hasattr(made, "fit"):
                made.fit(features)
            try:
                kept = pickle.dumps(made, protocol=4)
            except Exception as error:
                raise BrokenContract(f"{work.who} cannot be pickled once it is fitted, which is how it is kept: {type(error).__name__}: "
                                     f"{error}") from error
            columns = applied(work, pickle.loads(kept), features[:1]).shape[1]
        return {"pickle": kept, "columns": columns}


def unpickle(work, kept):
    with work:
        work.find()  # so that a file that is gone is said as such
        return pickle.loads(kept)


def transform(work, made, features, out):
    """Writes what `made` makes of `features` to `out`."""
    with work, work.limit_threads():
        result = applied(work, made, features)
        if result.shape != out.shape:
            raise BrokenContract(f"transform of {work.who} returned {result.shape}, expected {out.shape}")
        with np.errstate(over="ignore"):  # what is too large for float32 is found below
            np.copyto(out, result, casting="unsafe")
        good = np.isfinite(out)
        if not good.all():
            row, column = np.argwhere(~good)[0]
            raise BrokenContract(f"transform of {work.who} returned {result[row, column]} at row {row}, column {column}, which no "
                                 f"{out.dtype} of features is")


def applied(work, made, features):
    result = made.transform(features)
    if hasattr(result, "toarray"):
        raise BrokenContract(f"transform of {work.who} returned a sparse matrix; features are dense (sparse_output: false, in many classes)")
    result = np.asarray(result)
    if result.ndim != 2 or len(result) != len(features) or result.shape[1] < 1 or result.dtype.kind not in "fiub":
        raise BrokenContract(f"transform of {work.who} returned {result.shape} {result.dtype}, expected ({len(features)}, D') of numbers")
    return result
