"""Reads the numbers and the labels of a Parquet file through pyarrow, a batch of rows at a time.

Compiled into the plugin and run as the module `shoal_parquet`.
"""

import difflib

from shoal_python import Call, Folders, WrongInput, require_module

BATCH_ROWS = 1 << 16
SHOWN_NAMES = 20


def shown(names):
    return ", ".join(f"'{name}'" for name in names[:SHOWN_NAMES]) + (", …" if len(names) > SHOWN_NAMES else "")


class Table:
    """A file that was looked at: which columns are taken, as what. Constructed from the file's bytes; `name` is for messages."""

    def __init__(self, data, name, columns, label, missing, dtype, threads, log):
        self.name, self.log, self.drop = name, log, missing == "drop"
        with Call(log), Folders(()):
            require_module("numpy")
            require_module("pyarrow")
            import pyarrow
            import pyarrow.parquet

            pyarrow.set_cpu_count(threads)
            pyarrow.set_io_thread_count(threads)
            with self.damage():
                source = pyarrow.BufferReader(pyarrow.py_buffer(data))
                self.file = pyarrow.parquet.ParquetFile(source, page_checksum_verification=True)
                schema = self.file.schema_arrow
                self.rows = self.file.metadata.num_rows
            if self.rows == 0:
                raise WrongInput(f"'{name}' has no rows")
            self.names, self.types = schema.names, [value_type(type_) for type_ in schema.types]
            self.label = self.find(label, "label") if label else None
            if self.label is not None and not (is_text(self.types[self.label]) or is_whole(self.types[self.label])):
                raise WrongInput(f"'{name}': column '{label}' is {self.types[self.label]}; labels are whole numbers ≥ 0, or text")
            self.columns = self.chosen(columns) if columns else self.all_numbers(index_columns(schema))
            self.dtype = dtype if dtype != "auto" else common_dtype([self.types[j] for j in self.columns])

    def damage(self):
        return _Damage(self.name)

    # --- which columns ---

    def find(self, wanted, parameter):
        """The column of the name or, where none has it, of the number `wanted`; counted from 0."""
        count = self.names.count(wanted)
        if count > 1:
            raise WrongInput(f"'{self.name}' has {count} columns '{wanted}' ('{parameter}'), which cannot be told apart")
        if count == 1:
            return self.names.index(wanted)
        try:
            number = int(wanted)
        except ValueError:
            close = difflib.get_close_matches(wanted, self.names, 1)
            raise WrongInput(f"'{self.name}' has no column '{wanted}' ('{parameter}')" +
                             (f"; did you mean '{close[0]}'?" if close else f"; there are {shown(self.names)}")) from None
        if not 1 <= abs(number) <= len(self.names):
            raise WrongInput(f"'{self.name}' has {len(self.names)} columns, so there is no column {number} ('{parameter}'); the first "
                             f"is 1, the last {len(self.names)} or -1")
        return self.find(self.names[number - 1 if number > 0 else number], parameter)

    def chosen(self, columns):
        out = []
        for wanted in columns:
            j = self.find(wanted, "columns")
            if j == self.label:
                raise WrongInput(f"'{self.name}': column '{wanted}' is the label, so it cannot be one of 'columns' too")
            if j in out:
                raise WrongInput(f"'{self.name}': column '{wanted}' is in 'columns' twice")
            if not is_number(self.types[j]):
                raise WrongInput(f"'{self.name}': column '{self.names[j]}' is {described(self.types[j])}, not of numbers")
            out.append(j)
        return out

    def all_numbers(self, index):
        others = [j for j in range(len(self.names)) if j != self.label]
        taken = [j for j in others if is_number(self.types[j]) and self.names[j] not in index]
        rest = [j for j in others if j not in set(taken)]
        why = ", ".join(f"'{self.names[j]}' (" + ("pandas' index" if self.names[j] in index else described(self.types[j])) + ")"
                        for j in rest)
        if not taken:
            raise WrongInput(f"'{self.name}' has no column of numbers" + (" beside its label" if self.label is not None else "") +
                             (f"; there are {why}" if rest else ""))
        for j in taken:
            self.find(self.names[j], "columns")  # throws where there are two of the name
        if rest:
            self.log("info", f"'{self.name}': left out: {why}")
        return taken

    # --- rows ---

    def read(self, room, done):
        """Asks `room(rows)` for each next part of the table, which it fills, and tells `done(rows)` how many were read.

        Returns how many rows stayed, their labels as int64, and the names of the classes; both empty where there are none.
        """
        with Call(self.log), Folders(()):
            import numpy as np
            import pyarrow

            taken = [*self.columns, *([] if self.label is None else [self.label])]
            wanted = [self.names[j] for j in taken]
            labels, kept, seen = [], 0, 0
            batches = self.file.iter_batches(batch_size=BATCH_ROWS, columns=wanted, use_threads=True)
            while True:
                with self.damage():
                    batch = next(batches, None)
                    if batch is None:
                        break
                    columns = [values_of(pyarrow, batch.column(name)) for name in wanted]
                keep = self.without_missing(np, wanted, columns, seen)
                n = batch.num_rows if keep is None else int(keep.sum())
                if n > 0:
                    out = room(n)
                    for slot, j in enumerate(self.columns):
                        self.fill(np, out, slot, columns[slot] if keep is None else columns[slot].filter(pyarrow.array(keep)),
                                  self.names[j], seen, keep)
                    if self.label is not None:
                        labels.append(self.labels_of(np, pyarrow, columns[-1] if keep is None else
                                                     columns[-1].filter(pyarrow.array(keep)), seen, keep))
                kept, seen = kept + n, seen + batch.num_rows
                done(seen)
            if seen != self.rows:
                raise WrongInput(f"'{self.name}' is damaged: it says that it has {self.rows} rows, but {seen} can be read")
            if kept == 0:
                raise WrongInput(f"'{self.name}': all its {seen} rows have a missing value, so none is left")
            if kept < seen:
                self.log("info", f"'{self.name}': {seen - kept} of {seen} rows have a missing value and were left out")
            numbers, names = self.joined(np, pyarrow, labels)
            pyarrow.default_memory_pool().release_unused()
            return {"rows": kept, "labels": numbers, "class_names": names}

    def without_missing(self, np, names, columns, seen):
        """Which rows have all their values; None: all have."""
        keep = None
        for name, column in zip(names, columns):
            gone = missing(np, column)
            if gone is None:
                continue
            if not self.drop:
                row = int(gone.argmax())
                raise WrongInput(f"'{self.name}', row {seen + row}, column '{name}': the value is missing ({column[row].as_py()}); missing: "
                                 "drop leaves such rows out")
            keep = ~gone if keep is None else keep & ~gone
        return keep

    def fill(self, np, out, slot, column, name, seen, keep):
        values = column.to_numpy(zero_copy_only=False)
        with np.errstate(over="ignore"):
            out[:, slot] = values
        if out.dtype == np.float32 and values.dtype.kind == "f" and values.dtype.itemsize > 4:
            large = np.isinf(out[:, slot]) & ~np.isinf(values)
            if large.any():
                i = int(large.argmax())
                raise WrongInput(f"'{self.name}', row {row_of(np, i, seen, keep)}, column '{name}': {values[i]} is too large for float32; "
                                 "dtype: float64 holds it")

    def labels_of(self, np, pyarrow, column, seen, keep):
        """Labels that are numbers as NumPy's, text as Arrow's."""
        if is_text(self.types[self.label]):
            return column
        values = column.to_numpy(zero_copy_only=False)
        bad = values < 0
        if values.dtype.kind == "f":
            bad |= (values > 2**53) | (values != np.floor(values))
        elif values.dtype == np.uint64:
            bad |= values > np.uint64(2**63 - 1)
        if bad.any():
            i = int(bad.argmax())
            raise WrongInput(f"'{self.name}', row {row_of(np, i, seen, keep)}, column '{self.names[self.label]}': the label is {values[i]}; "
                             "labels are whole numbers ≥ 0, or text")
        return values.astype(np.int64)

    def joined(self, np, pyarrow, labels):
        if not labels:
            return np.zeros(0, np.int64), []
        if not is_text(self.types[self.label]):
            return np.concatenate(labels), []
        coded = pyarrow.chunked_array(labels).dictionary_encode().combine_chunks()
        names = coded.dictionary.to_pylist()
        order = sorted(range(len(names)), key=names.__getitem__)  # by code points: as by the bytes of UTF-8
        place = np.empty(len(names), np.int64)
        place[order] = np.arange(len(names))
        return place[coded.indices.to_numpy()], [names[i] for i in order]


class _Damage:
    """Within it, what pyarrow throws says that the file is not as it should be."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        pass

    def __exit__(self, kind, error, trace):
        import pyarrow

        if isinstance(error, pyarrow.ArrowNotImplementedError):
            raise WrongInput(f"'{self.name}' cannot be read by pyarrow {pyarrow.__version__}: {error}") from error
        if isinstance(error, (pyarrow.ArrowException, OSError, UnicodeDecodeError)):
            raise WrongInput(f"'{self.name}' is damaged: {error}") from error


# --- types ------------------------------------------------------------------------------------------------------------

def value_type(type_):
    """That of the values: of a dictionary's, of an extension's storage."""
    import pyarrow.types as types

    while types.is_dictionary(type_) or hasattr(type_, "storage_type"):
        type_ = type_.value_type if types.is_dictionary(type_) else type_.storage_type
    return type_


def is_number(type_):
    import pyarrow.types as types

    return types.is_integer(type_) or types.is_floating(type_) or types.is_boolean(type_) or types.is_decimal(type_)


def is_whole(type_):
    """Numbers that may be labels; floats too, as pandas makes them of whole numbers where one is missing."""
    import pyarrow.types as types

    return is_number(type_) and not types.is_decimal(type_)


def is_text(type_):
    import pyarrow.types as types

    return types.is_string(type_) or types.is_large_string(type_) or types.is_string_view(type_)


def described(type_):
    import pyarrow.types as types

    return "text" if is_text(type_) else f"nested, {type_}" if types.is_nested(type_) else str(type_)


def index_columns(schema):
    """Columns that pandas wrote as the index of its rows."""
    return set(name for name in (schema.pandas_metadata or {}).get("index_columns", []) if isinstance(name, str))


def common_dtype(types_):
    """The smallest of uint8, float32 and float64 that holds each value of these types; of 64-bit integers, the nearest."""
    import pyarrow.types as types

    if all(types.is_uint8(type_) for type_ in types_):
        return "uint8"
    small = lambda t: types.is_boolean(t) or types.is_float16(t) or types.is_float32(t) or (types.is_integer(t) and t.bit_width <= 16)
    return "float32" if all(small(type_) for type_ in types_) else "float64"


# --- values -----------------------------------------------------------------------------------------------------------

def values_of(pyarrow, column):
    """A column without a dictionary, an extension or decimals."""
    import pyarrow.types as types

    while types.is_dictionary(column.type) or hasattr(column.type, "storage_type"):
        column = column.dictionary_decode() if types.is_dictionary(column.type) else column.storage
    if types.is_decimal(column.type):
        return column.cast(pyarrow.float64())
    if types.is_string(column.type) or types.is_string_view(column.type):
        return column.cast(pyarrow.large_string())  # all batches' together may have more than 2 GB
    return column


def missing(np, column):
    """Which rows are null or NaN; None: none is."""
    import pyarrow.types as types

    gone = column.is_null().to_numpy(zero_copy_only=False) if column.null_count > 0 else None
    if types.is_floating(column.type):
        nan = np.isnan(column.to_numpy(zero_copy_only=False))  # nulls become NaN
        gone = nan if nan.any() else None
    return gone


def row_of(np, i, seen, keep):
    """The row of the file that is the `i`-th that stayed of its batch."""
    return seen + (i if keep is None else int(np.flatnonzero(keep)[i]))
