"""Writes points.parquet: 12 points in three heaps, for tests of the whole program. Made with pyarrow 26.0.1.

    python plugins/datasets/parquet/testdata/make.py
"""

import pathlib

import pyarrow
import pyarrow.parquet

heaps = [(0, 0), (50, 0), (0, 50)]
points = [(x + i % 2, y + i // 2) for x, y in heaps for i in range(4)]
table = pyarrow.table({"x": pyarrow.array([p[0] for p in points], pyarrow.float32()),
                       "y": pyarrow.array([p[1] for p in points], pyarrow.float32()),
                       "heap": [name for name in ("left", "right", "top") for _ in range(4)]})
pyarrow.parquet.write_table(table, pathlib.Path(__file__).parent / "points.parquet", compression="none", store_schema=False)
