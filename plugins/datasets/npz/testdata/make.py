"""Writes small .npz archives as numpy.savez and savez_compressed do, and one with the fields of large ones (zip64)."""

import io
import pathlib
import struct
import zlib

import numpy

here = pathlib.Path(__file__).parent
x = numpy.arange(12, dtype="<f4").reshape(4, 3) / 4
y = numpy.array([2, 0, 1, 1])
numpy.savez(here / "stored.npz", x=x, y=y)
numpy.savez_compressed(here / "deflated.npz", x=x.astype("<f8"), labels=y.astype("|u1"))
numpy.savez(here / "one.npz", numpy.arange(8, dtype="|u1").reshape(2, 1, 2, 2))  # arr_0
numpy.savez_compressed(here / "keras.npz", x_train=x, y_train=y, x_test=x[:1], y_test=y[:1], note=numpy.array("text"))


def zip64(name, contents):
    """An archive of one member that lies as it is; sizes and places stand in zip64 fields, as above 4 GiB (APPNOTE 4.3.9, 4.5.3)."""
    crc, size, end = zlib.crc32(contents), len(contents), 0xFFFFFFFF
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 45, 0, 0, 0, 0x21, crc, end, end, len(name), 20)
    local += name + struct.pack("<2H2Q", 1, 16, size, size) + contents
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 45, 45, 0, 0, 0, 0x21, crc, end, end, len(name), 28, 0, 0, 0, 0, end)
    entry += name + struct.pack("<2H3Q", 1, 24, size, size, 0)
    end64 = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(entry), len(local))
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(local) + len(entry), 1)
    last = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, end, end, 0)
    return local + entry + end64 + locator + last


array = io.BytesIO()
numpy.save(array, x)
(here / "zip64.npz").write_bytes(zip64(b"data.npy", array.getvalue()))
assert (numpy.load(here / "zip64.npz")["data"] == x).all()  # Python reads it, too
print("numpy", numpy.__version__)
