"""scikit-learn's multinomial logistic regression: writes logistic_regression.json. Run with .venv/bin/python."""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

SEED, N, D, CLASSES = 0, 240, 5, 3
rng = np.random.default_rng(SEED)
labels = np.arange(N) % CLASSES
features = rng.normal(size=(N, D)) + 0.8 * rng.normal(size=(CLASSES, D))[labels]

cases = []
for weight_decay in (1e-1, 1e-2, 1e-3):
    model = LogisticRegression(C=1 / (2 * weight_decay * N), tol=1e-10, max_iter=10000).fit(features, labels)
    cases.append({
        "weight_decay": weight_decay,
        "weights": model.coef_.tolist(),
        "biases": model.intercept_.tolist(),
        "probabilities": model.predict_proba(features).tolist(),
        "accuracy": model.score(features, labels),
    })

out = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "seed": SEED,
       "features": features.tolist(), "labels": labels.tolist(), "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
