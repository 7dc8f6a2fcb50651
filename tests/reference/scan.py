"""SCAN's losses by PyTorch, in float64: writes scan.json. Run with a python that has torch.

The losses are put together from PyTorch's own pieces as the paper's authors' code does (BCELoss against ones, entropy of the mean
softmax, cross entropy with class weights n / count); the code here is written from the formulas.
"""
import json
import pathlib

import torch

torch.manual_seed(0)
B, K = 12, 4
EXAMPLES, NEIGHBORS = (2 * torch.randn(B, K, dtype=torch.float64) for _ in range(2))
TABLE = torch.stack([torch.randperm(B - 1)[:3] for _ in range(B)])
TABLE += TABLE >= torch.arange(B).unsqueeze(1)  # never the example itself


def scan(examples, neighbors):
    p, q = examples.softmax(1), neighbors.softmax(1)
    alike = (p * q).sum(1)
    consistency = torch.nn.BCELoss()(alike, torch.ones_like(alike))
    mean = p.mean(0)
    return consistency.item(), torch.distributions.Categorical(probs=mean).entropy().item()


def self_label(weak, strong, threshold, balance):
    largest, label = weak.softmax(1).max(1)
    sure = largest > threshold
    label = label[sure]
    weight = torch.ones(K, dtype=torch.float64)
    if balance:
        for cluster in label.unique():
            weight[cluster] = len(label) / (label == cluster).sum()
    return {
        "rows": sure.nonzero().flatten().tolist(),
        "labels": label.tolist(),
        "loss": torch.nn.functional.cross_entropy(strong[sure], label, weight=weight).item(),
    }


consistency, entropy = scan(EXAMPLES, NEIGHBORS)
of_all = [scan(EXAMPLES, EXAMPLES[TABLE[:, j]]) for j in range(TABLE.shape[1])]
out = {
    "torch": torch.__version__,
    "classes": K,
    "examples": EXAMPLES.flatten().tolist(),
    "neighbors": NEIGHBORS.flatten().tolist(),
    "table": TABLE.flatten().tolist(),
    "consistency": consistency,
    "entropy": entropy,
    "consistency of all": sum(c for c, _ in of_all) / len(of_all),
    "self-label, 0.7": self_label(EXAMPLES, NEIGHBORS, 0.7, False),
    "self-label, 0.7, balanced": self_label(EXAMPLES, NEIGHBORS, 0.7, True),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, indent=1) + "\n")
