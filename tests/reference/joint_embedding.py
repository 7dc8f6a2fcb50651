"""Losses of two views by lightly, in float64: writes joint_embedding.json. Run with a python that has lightly.

IIC and IMSAT, which lightly has not, are computed here by NumPy from the formulas of the papers, element by element.
"""
import json
import pathlib

import lightly
import numpy
import torch
from lightly.loss import BarlowTwinsLoss, NTXentLoss, SwaVLoss, VICRegLoss

torch.manual_seed(0)
B, D, K = 6, 4, 5
COMMON = torch.randn(B, D, dtype=torch.float64)
VIEWS = [COMMON + 0.4 * torch.randn(B, D, dtype=torch.float64) for _ in range(2)]
PROTOTYPES = torch.nn.functional.normalize(torch.randn(K, D, dtype=torch.float64))
SCORES = [torch.nn.functional.normalize(view) @ PROTOTYPES.T for view in VIEWS]


def iic(weight):
    p, q = (torch.softmax(view, 1).numpy() for view in VIEWS)
    joint = numpy.zeros((D, D))
    for row in range(B):
        joint += numpy.outer(p[row], q[row]) / B
    joint = (joint + joint.T) / 2
    loss = 0.0
    for i in range(D):
        for j in range(D):
            margins = numpy.log(joint[i].sum()) + numpy.log(joint[:, j].sum())
            loss -= joint[i, j] * (numpy.log(joint[i, j]) - weight * margins)
    return loss


def imsat(information_weight, entropy_weight):
    p, q = (torch.softmax(view, 1).numpy() for view in VIEWS)
    disagreement, of_examples = 0.0, 0.0
    for row in range(B):
        for cluster in range(D):
            disagreement += p[row, cluster] * numpy.log(p[row, cluster] / q[row, cluster]) / B
            of_examples -= p[row, cluster] * numpy.log(p[row, cluster]) / B
    of_clusters = sum(-share * numpy.log(share) for share in p.mean(0))
    return disagreement - information_weight * (entropy_weight * of_clusters - of_examples)


out = {
    "lightly": lightly.__version__,
    "torch": torch.__version__,
    "views": [view.flatten().tolist() for view in VIEWS],
    "prototypes": PROTOTYPES.flatten().tolist(),
    "simclr, temperature 0.5": NTXentLoss(temperature=0.5)(*VIEWS).item(),
    "simclr, temperature 0.1": NTXentLoss(temperature=0.1)(*VIEWS).item(),
    "vicreg": VICRegLoss()(*VIEWS).item(),
    "barlow-twins": BarlowTwinsLoss(lambda_param=0.005)(*VIEWS).item(),
    "swav": SwaVLoss(temperature=0.1, sinkhorn_iterations=3, sinkhorn_epsilon=0.05)(SCORES, []).item(),
    "swav, softer": SwaVLoss(temperature=0.2, sinkhorn_iterations=1, sinkhorn_epsilon=0.5)(SCORES, []).item(),
    "iic": iic(1.0),
    "iic, entropy_weight 1.5": iic(1.5),
    "imsat": imsat(0.1, 4.0),
    "imsat, information_weight 1, entropy_weight 1.5": imsat(1.0, 1.5),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, indent=1) + "\n")
