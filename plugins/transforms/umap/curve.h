// curve.h: how near two examples count by their distance in the embedding.
#ifndef SHOAL_PLUGINS_UMAP_CURVE_H_
#define SHOAL_PLUGINS_UMAP_CURVE_H_

/// 1 / (1 + a·d^(2b)): 1 for touching examples, falling to 0.
struct Curve {
  double a = 1, b = 1;
};

/// The curve nearest, in squares over 300 distances up to 3·spread, to one that is 1 up to `min_dist` and then
/// exp(−(d − min_dist)/spread). `min_dist` ≥ 0, `spread` > 0. min_dist 0.1, spread 1: a 1.577, b 0.895.
/// Source: McInnes, Healy, Melville, arXiv:1802.03426, definition 11; umap-learn's distances and start.
Curve fit_curve(double min_dist, double spread);

#endif  // SHOAL_PLUGINS_UMAP_CURVE_H_
