// shapes.h: points in blobs, moons and rings, each a function of its number alone.
//
// Example i belongs to class i mod C, so classes are balanced to one and so is every beginning of the data. Its noise
// comes from a stream of its own: no point depends on how many are asked for at once, or in which order.
// Source: the formulas are those of scikit-learn's make_blobs, make_moons and make_circles (Pedregosa et al., JMLR 12
// (2011) 2825–2830); their order of examples and their random numbers are not.
#ifndef SHOAL_DATASETS_SHAPES_H_
#define SHOAL_DATASETS_SHAPES_H_

#include <cstdint>
#include <span>

#include "shoal/array.h"
#include "shoal/matrix.h"
#include "shoal/random.h"

enum class Kind { kBlobs, kMoons, kRings };

struct ShapeOptions {
  Kind kind = Kind::kBlobs;
  std::int64_t examples = 1000;  ///< N ≥ 1
  std::int64_t classes = 3;      ///< C ≥ 1; moons are 2
  std::int64_t features = 2;     ///< D ≥ 1; moons and rings are in the plane
  double noise = 1;              ///< standard deviation ≥ 0 of the normal noise of every coordinate
  double center_box = 10;        ///< blobs: coordinates of centres are uniform in [−center_box, center_box)
  double factor = 0.8;           ///< rings: ring c has radius factor^c
};

/// The points of one dataset. With j = i div C the number of example i within its class c, and n the class's size:
///   blobs  centre of c
///   moons  t = π·j / (n − 1); c = 0: (cos t, sin t), c = 1: (1 − cos t, 0.5 − sin t)
///   rings  t = 2π·j / n; factor^c · (cos t, sin t)
/// and normal noise on top. A class of one example has t = 0.
class Shapes {
 public:
  /// Draws the centres from `random`, and keeps it for the noise.
  Shapes(const ShapeOptions& options, const shoal::Random& random);

  std::int64_t label(std::int64_t example) const { return example % options_.classes; }
  /// Writes example `example` to `out` (D).
  void point(std::int64_t example, std::span<double> out) const;

 private:
  ShapeOptions options_;
  shoal::Random noise_;
  shoal::RowMatrix<double> centers_;  // (C, D), blobs
};

#endif  // SHOAL_DATASETS_SHAPES_H_
