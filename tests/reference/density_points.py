"""Points for dbscan.py, hdbscan.py and agglomerative.py, rounded so that C++ makes the same ones (density_points.h)."""

import numpy


def density_points(n, columns):
    """Three strands of different width that wind through the space, and some rows in between."""
    i, j = numpy.meshgrid(numpy.arange(n, dtype=numpy.int64), numpy.arange(columns, dtype=numpy.int64), indexing="ij")
    along, strand = (i * 37 % n) / n * 3, i % 3
    width = numpy.where(i % 29 == 0, 1.0, 0.04 + 0.05 * strand)
    off = (i * i % 1009 * (2 * j + 3) + 7 * i * j + i) % 997 / 997 - 0.5
    points = along * (j % 2) + strand * 0.8 + (along - 1.5) * (along - 1.5) * 0.3 * (j % 3) + width * off
    return numpy.round(points * 1048576) / 1048576
