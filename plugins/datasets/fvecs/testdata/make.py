"""Writes small fvecs, bvecs and ivecs as people do it with NumPy: a column of the dimension before the numbers."""

import pathlib

import numpy

here = pathlib.Path(__file__).parent


def write(name, x):
    dimension = numpy.full((len(x), 1), x.shape[1], "<i4")
    numpy.hstack([dimension.view("u1"), numpy.ascontiguousarray(x).view("u1")]).tofile(here / name)


x = numpy.arange(12, dtype="<f4").reshape(4, 3) / 4
write("x.fvecs", x)
write("x.bvecs", (x * 20).astype("u1"))
write("y.ivecs", numpy.array([[2], [0], [1], [1]], "<i4"))
write("neighbors.ivecs", numpy.array([[1, 2], [0, 2], [1, 3], [2, 1]], "<i4"))
print("numpy", numpy.__version__)
