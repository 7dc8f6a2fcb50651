"""Writes corpus/: a few small inputs of each kind, from which libFuzzer starts. Needs numpy, gcc and objcopy, and a plugin.

    python tests/fuzz/make_corpus.py build/release/plugins/libcompose.so
"""

import gzip
import io
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy as np

corpus = pathlib.Path(__file__).parent / "corpus"


def write(kind, name, data):
    (corpus / kind).mkdir(parents=True, exist_ok=True)
    (corpus / kind / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def npy(array, **options):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, **options)
    return out.getvalue()


def idx(type_, array):
    return struct.pack(">BBBB", 0, 0, type_, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def tensors(header, data=b""):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


x = np.arange(6, dtype="<f4").reshape(3, 2)
write("npy", "float32", npy(x))
write("npy", "uint8", npy(np.arange(8, dtype="u1").reshape(2, 2, 2)))
write("npy", "labels", npy(np.array([0, 1, 2])))
write("npy", "version2", npy(x.astype("<f8"), version=(2, 0)))
write("npy", "fortran", npy(np.asfortranarray(x)))
write("npy", "bools", npy(np.array([True, False])))

for name, save in (("stored", np.savez), ("deflated", np.savez_compressed)):
    out = io.BytesIO()
    save(out, x=x, y=np.array([0, 1, 0]))
    write("npz", name, out.getvalue())

images = np.arange(8, dtype="u1").reshape(2, 2, 2)
write("idx", "images", idx(0x08, images))
write("idx", "packed", gzip.compress(idx(0x08, images), mtime=0))
write("idx", "int32", idx(0x0C, np.arange(3, dtype=">i4")))
write("idx", "float64", idx(0x0E, np.arange(3, dtype=">f8")))

write("safetensors", "two", tensors({"x": {"dtype": "F32", "shape": [3, 2], "data_offsets": [0, 24]},
                                     "y": {"dtype": "I64", "shape": [1], "data_offsets": [24, 32]},
                                     "__metadata__": {"format": "pt"}}, x.tobytes() + bytes(8)))
write("safetensors", "empty", tensors({}))
write("safetensors", "half", tensors({"h": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}, bytes(4)))

# The first byte says how the rest is read; see csv_fuzz.cpp.
write("csv", "header", b"\x08a,b,kind\n1,2.5,left\n-3e2,4,right\n")
write("csv", "quotes", b"\x0c" + 'x;y;"n ""q"";"\r\n1;2;"a\r\nb"\r\n3;4;c\r\n'.encode())
write("csv", "missing", b"\x10x\ty\n1\t?\n2\t3\n\n4\tNaN\n")
write("csv", "plain", b"\x021,2\n3,4\n")
write("csv", "chosen", b"\x48" + "\ufeffx,y,z\n1,2,3\n4,5,6\n".encode())

write("yaml", "experiment", """shoal: 1
name: x
seed: 7
vars: &v {k: 10}
nodes:
  digits: {use: dataset/mnist, with: {split: test}}
  group:
    use: clusterer/kmeans
    in: {data: digits}
    with: {k: 10, tol: 1.0e-4, init: [[0, 1], [2, 3]], text: "a\\tb"}
matrix: {group.k: [10, 100], seeds: 3, rate: {from: 1.0e-4, to: 0.1, points: 4, log: true}}
report: [group.inertia]
figures: {curve: {x: group.k, y: [group.inertia]}}
""")
write("yaml", "anchors", "a: &x {b: 1, c: [1, 2]}\nd: {<<: *x, b: !replace 2}\ne: *x\n")
write("yaml", "texts", "a: |\n  one\n  two\nb: >-\n  folded\n  line\n'c d': \"\\u00e9\\n\"\ne: ~\nf: 0x1F\ng: .inf\n")
write("yaml", "wrong", "a: yes\na: 1\n- b\n\tc: {d\n")

with tempfile.TemporaryDirectory() as folder:
    section, code, library = (pathlib.Path(folder) / name for name in ("section", "x.s", "x.so"))
    subprocess.run(["objcopy", "-O", "binary", "-j", ".shoal", sys.argv[1], section], check=True)
    code.write_text(f'.section .shoal,"a"\n.incbin "{section}"\n')
    subprocess.run(["gcc", "-shared", "-nostdlib", "-s", "-Wl,--build-id=none,-z,noseparate-code,--hash-style=gnu", code, "-o", library],
                   check=True)
    write("descriptor", "plugin", library.read_bytes())
write("descriptor", "text", "not a plugin\n")
