"""Writes TorchScript files into the folder named, and what PyTorch itself makes of them: make.py FOLDER. 77: there is no torch."""

import importlib.util
import pathlib
import sys

if importlib.util.find_spec("torch") is None:
    sys.exit(77)

import torch
from torch import nn

folder = pathlib.Path(sys.argv[1])
torch.manual_seed(5)
batch = (torch.arange(3 * 1 * 4 * 4, dtype=torch.float32).reshape(3, 1, 4, 4) % 7) / 7


def net():
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3))


def say(name, *tensors):
    """Their numbers, exactly."""
    lines = [float(x).hex() for tensor in tensors for x in tensor.detach().flatten()]
    (folder / name).write_text("\n".join(lines) + "\n")


model = net()
torch.jit.script(model).save(str(folder / "net.pt"))
model.eval()
say("net.eval.txt", model(batch))
torch.jit.trace(model, batch).save(str(folder / "traced.pt"))
torch.jit.freeze(torch.jit.script(model)).save(str(folder / "frozen.pt"))
model.train()
out = model(batch)
say("net.train.txt", out)
out.square().sum().backward()
say("net.gradients.txt", *[p.grad for p in model.parameters()])
say("net.running_mean.txt", model[1].running_mean)

torch.save(net().state_dict(), folder / "state.pt")
torch.save(net(), folder / "pickled.pt")
torch.jit.script(nn.Sequential(nn.Flatten(), nn.Linear(16, 4), nn.Dropout(0.5))).save(str(folder / "dropout.pt"))
half = net()
for p in half[0].parameters():
    p.requires_grad_(False)
torch.jit.script(half).save(str(folder / "half_frozen.pt"))
torch.jit.script(net().half()).save(str(folder / "half.pt"))
torch.jit.script(nn.Conv2d(1, 2, 3)).save(str(folder / "map.pt"))


class Two(nn.Module):
    def forward(self, x):
        return x.flatten(1), x.sum()


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(16, 16)
        self.b = nn.Linear(16, 16)
        self.b.weight = self.a.weight

    def forward(self, x):
        return self.b(self.a(x.flatten(1)))


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mask", torch.arange(16) % 2 == 0)

    def forward(self, x):
        return x.flatten(1)[:, self.mask]


class OneBatch(nn.Module):
    def forward(self, x):
        return x.reshape(2, -1)


for module in (Two, Tied, Masked, OneBatch):
    torch.jit.script(module()).save(str(folder / f"{module.__name__.lower()}.pt"))
(folder / "text.pt").write_text("no network\n")
