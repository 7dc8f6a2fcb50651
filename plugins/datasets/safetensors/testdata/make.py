"""Writes small files with the reference implementation, safetensors.numpy (and torch for bfloat16 and float16)."""

import pathlib

import numpy
import safetensors
import safetensors.numpy
import safetensors.torch
import torch

here = pathlib.Path(__file__).parent
x = numpy.arange(12, dtype="<f4").reshape(4, 3) / 4
y = numpy.array([2, 0, 1, 1])
safetensors.numpy.save_file({"x": x, "labels": y}, here / "float32.safetensors", metadata={"made by": "make.py"})
safetensors.numpy.save_file({"images": numpy.arange(8, dtype="u1").reshape(2, 1, 2, 2)}, here / "images.safetensors")
halves = torch.tensor([[1.0, -2.5], [65504.0, 6e-8]])
both = {"half": halves.half(), "brain": halves.bfloat16(), "wide": halves.double(), "kind": torch.tensor([1, 0], dtype=torch.uint8)}
safetensors.torch.save_file(both, here / "several.safetensors")
print("safetensors", safetensors.__version__, "torch", torch.__version__, "numpy", numpy.__version__)
