"""Steps of PyTorch's optimisers, unfused: writes optimizers.json. Run with .venv/bin/python."""
import json
import pathlib

import torch

torch.manual_seed(0)
START = torch.randn(2, 3)
GRADIENTS = torch.randn(5, 2, 3)
RATES = [0.1, 0.1, 0.05, 0.02, 0.01]
CASES = {
    "adam": (torch.optim.Adam, dict(betas=(0.9, 0.999), eps=1e-8)),
    "adam, weight decay": (torch.optim.Adam, dict(betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)),
    "adamw": (torch.optim.AdamW, dict(betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)),
    "sgd": (torch.optim.SGD, dict(momentum=0.0, weight_decay=0.1)),
    "sgd, momentum": (torch.optim.SGD, dict(momentum=0.9, weight_decay=0.1)),
    "sgd, nesterov": (torch.optim.SGD, dict(momentum=0.9, nesterov=True)),
}


def values_after_each_step(optimizer_class, options):
    parameter = torch.nn.Parameter(START.clone())
    optimizer = optimizer_class([parameter], lr=1.0, foreach=False, fused=False, **options)
    values = []
    for gradient, rate in zip(GRADIENTS, RATES):
        parameter.grad = gradient.clone()
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
        values.append(parameter.detach().flatten().tolist())
    return values


out = {
    "torch": torch.__version__,
    "seed": 0,
    "start": START.flatten().tolist(),
    "gradients": [g.flatten().tolist() for g in GRADIENTS],
    "rates": RATES,
    "values": {name: values_after_each_step(*case) for name, case in CASES.items()},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, indent=1) + "\n")
