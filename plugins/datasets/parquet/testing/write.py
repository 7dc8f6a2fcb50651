"""Writes the files that parquet_test.cpp reads, by pyarrow, into the folder that is given."""

import datetime
import decimal
import pathlib
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

folder = pathlib.Path(sys.argv[1])


def write(name, columns, **options):
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    pq.write_table(table, folder / f"{name}.parquet", **options)


flowers = {
    "width": pa.array([0.1, -1 / 3, 1e-300, 5e-324], pa.float64()),
    "height": pa.array([1, 2, -3, 4], pa.int32()),
    "species": pa.array(["ñandú", "Iris \"setosa\"", "virginica, white", "ñandú"]),
    "day": pa.array([datetime.date(2026, 1, 1)] * 4),
}
write("flowers", flowers)
for codec in ("none", "snappy", "gzip", "zstd", "lz4", "brotli"):
    write(f"flowers_{codec}", flowers, compression=codec, data_page_version="2.0", use_dictionary=False)

# One column of each type that counts as numbers, with its smallest and its largest value.
types = {
    "bool": pa.array([False, True]),
    "int8": pa.array([-128, 127], pa.int8()),
    "uint8": pa.array([0, 255], pa.uint8()),
    "int16": pa.array([-(2**15), 2**15 - 1], pa.int16()),
    "uint16": pa.array([0, 2**16 - 1], pa.uint16()),
    "int32": pa.array([-(2**31), 2**31 - 1], pa.int32()),
    "uint32": pa.array([0, 2**32 - 1], pa.uint32()),
    "int64": pa.array([-(2**63), 2**53 + 1], pa.int64()),
    "uint64": pa.array([0, 2**64 - 1], pa.uint64()),
    "float16": pa.array(np.array([-65504, 6e-8], np.float16)),
    "float32": pa.array([-3.4028234663852886e38, 1e-45], pa.float32()),
    "float64": pa.array([-1.7976931348623157e308, 5e-324], pa.float64()),
    "decimal": pa.array([decimal.Decimal("-12345678.25"), decimal.Decimal("0.5")], pa.decimal128(12, 2)),
    "category": pa.array([7, 9], pa.int32()).dictionary_encode(),
}
write("types", types)
write("bytes", {"a": types["uint8"], "b": pa.array([3, 4], pa.uint8()), "label": pa.array([1, 0], pa.int8())})

# 200000 rows in row groups of 70000: three batches of 65536 and one more, across the groups. Row i is (i, −i/2).
n = np.arange(200_000)
write("long", {"i": n.astype(np.float32), "half": n.astype(np.float32) / -2, "label": n % 7,
               "text": pa.array([f"c{i % 3}" for i in n])}, row_group_size=70_000)

# pandas' words: an index, and a category as text.
frame = pa.table({"x": [1.5, 2.5, 3.5], "kind": pa.array(["b", "a", "b"]).dictionary_encode(), "__index_level_0__": [10, 20, 30]})
frame = frame.replace_schema_metadata({"pandas": '{"index_columns": ["__index_level_0__"], "columns": [], "column_indexes": []}'})
write("frame", frame)

gaps = {
    "x": pa.array([1.0, None, 3.0, float("nan"), 5.0], pa.float64()),
    "n": pa.array([1, 2, None, 4, 5], pa.int64()),
    "label": pa.array(["a", "b", "b", "c", "a"]),
    "holed": pa.array([0, 1, 2, 3, None], pa.int64()),
}
write("gaps", gaps)
write("all_gaps", {"x": pa.array([None, None], pa.float64())})
write("none", {"x": pa.array([], pa.float64())})
write("text", {"name": ["a", "b"], "tags": pa.array([["x"], []])})
write("nested", {"x": [1.0, 2.0], "embedding": pa.array([[1.0, 2.0], [3.0, 4.0]]), "place": [{"lat": 1}, {"lat": 2}]})
write("labels", {"x": [1.0, 2.0, 3.0], "below": [0, 3, -1], "part": [0.0, 1.5, 2.0], "whole": [2.0, 0.0, 1.0],
                 "price": pa.array([decimal.Decimal("1.5")] * 3), "huge": pa.array([0, 1, 2**63], pa.uint64())})
write("large", {"x": [0.0, 1e39], "inf": [float("inf"), -float("inf")]})
write("twice", pa.Table.from_arrays([pa.array([1.0]), pa.array([2.0])], names=["x", "x"]))
write("checked", {"x": np.arange(1000) / 3}, write_page_checksum=True, compression="none", use_dictionary=False)
