"""Writes the network of torchscript.yaml: torchscript.py FILE. Any nn.Module that maps (B, …) to (B, E) will do."""

import sys

import torch
from torch import nn

torch.manual_seed(0)
network = nn.Sequential(
    nn.Conv2d(1, 16, 5, stride=2), nn.BatchNorm2d(16), nn.ReLU(),
    nn.Conv2d(16, 32, 5, stride=2), nn.BatchNorm2d(32), nn.ReLU(),
    nn.Flatten(), nn.Linear(32 * 4 * 4, 64), nn.Dropout(0.1),
)
torch.jit.script(network).save(sys.argv[1])
