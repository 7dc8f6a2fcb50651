"""Functions that return data, and ones that return none."""

import numpy as np


def numbered(n=4, dtype="float32"):
    return np.arange(2 * n).reshape(n, 2).astype(dtype)


def images():
    x = np.arange(3 * 1 * 2 * 2, dtype=np.uint8).reshape(3, 1, 2, 2)
    return x[:, :, ::-1], np.array([1, 0, 1], dtype=np.int16), ("cat", "dog")


def labelled(n):
    return numbered(n), list(range(n)), None


def drawn(random_state):
    return np.random.default_rng(random_state).random((3, 2))


def drawn_globally():
    return np.random.random((3, 2))


def returns(fault):
    x, y = numbered(), np.arange(4)
    holes = x.copy()
    holes[2, 1] = np.inf
    return {
        "four": (x, y, None, None),
        "vector": x[:, 0],
        "empty": x[:0],
        "integers": x.astype(np.int64),
        "inf": holes,
        "few labels": (x, y[:3]),
        "real labels": (x, y / 2),
        "negative": (x, y - 1),
        "beyond": (x, y, ["a", "b", "c"]),
        "names alone": (x, None, ["a"]),
        "no text": (x, y, [1, 2, 3, 4]),
        "twice": (x, y, ["a", "b", "a", "c"]),
    }[fault]


def raises():
    raise OSError("no such server")


def forever():
    while True:
        pass
