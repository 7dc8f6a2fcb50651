"""Says which folder it is of, at fit and at predict, by a module that it imports only then."""

import numpy as np


class C:
    def fit(self, X):
        self.labels_ = self.predict(X)

    def predict(self, X):
        import mine_helper

        return np.full(len(X), mine_helper.VERSION)
