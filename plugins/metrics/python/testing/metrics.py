"""Functions whose numbers can be told by hand, and ones that misbehave."""

import numpy as np

KEPT = []


def share(predicted, labels, scale=1):
    return scale * np.mean(predicted == labels)


def as_sklearn_names(labels_true, labels_pred, X):
    return np.sum(labels_true * 100 + labels_pred * 10) + X.sum()


def several(features):
    print(features.dtype, features.shape, features.flags.writeable)
    return {"most": features.max(), "count": len(features), "any": bool(features.any())}


def only(features):
    return {"most": features.max()}


def anything(**given):
    return {name: array.ndim for name, array in given.items()}


def draws():
    return np.random.random()


def given_seed(random_state):
    return random_state


def returns(fault):
    return {"text": "x", "vector": np.zeros(2), "nan": float("nan"), "none": None, "empty": {}, "entry": {"a": "x"}}[fault]


def raises(labels):
    raise ValueError("the first line\nand the second")


def keeps(features):
    KEPT.append(features)
    return 0


def forever():
    while True:
        pass


NUMBER = 3
