#include "shoal/plugin.h"

#include <optional>
#include <vector>

#include "shapes.h"
#include "shoal/dataset.h"

namespace {

struct Params {
  Kind kind = Kind::kBlobs;
  std::int64_t examples = 1000;
  std::optional<std::int64_t> classes;
  std::int64_t features = 2;
  std::optional<double> noise;
  double center_box = 10;
  double factor = 0.8;
  std::string dtype = "float32";

  static void describe(shoal::Schema<Params>& schema) {
    schema
        .field("kind", &Params::kind, "blobs: normal clouds; moons: two half circles; rings: circles around one centre")
        .one_of({{"blobs", Kind::kBlobs}, {"moons", Kind::kMoons}, {"rings", Kind::kRings}});
    schema.field("examples", &Params::examples, "number of points").min(1).renamed_from({"n_samples"});
    schema.field("classes", &Params::classes, "number of blobs or rings; absent: 3 blobs, 2 rings. Moons are 2")
        .min(1)
        .renamed_from({"centers"});
    schema.field("features", &Params::features, "number of coordinates; moons and rings have 2")
        .min(1)
        .renamed_from({"n_features"});
    schema
        .field("noise", &Params::noise,
               "standard deviation of the normal noise of every coordinate; absent: 1 for blobs, 0 else")
        .min(0)
        .renamed_from({"cluster_std"});
    schema.field("center_box", &Params::center_box, "blobs: coordinates of their centres are uniform in ±center_box")
        .above(0);
    schema
        .field("factor", &Params::factor,
               "rings: each has this part of the radius of the one around it; the outermost has 1")
        .above(0)
        .below(1);
    schema.field("dtype", &Params::dtype, "of the points, which are computed in float64")
        .one_of({"float32", "float64"});
  }

  void check() const {
    const bool blobs = kind == Kind::kBlobs;
    shoal::require(blobs || features == 2, "moons and rings have 2 features, not {}", features);
    shoal::require(kind != Kind::kMoons || classes.value_or(2) == 2, "moons have 2 classes, not {}",
                   classes.value_or(2));
    shoal::require(classes.value_or(1) <= examples, "{} examples cannot have {} classes", examples,
                   classes.value_or(1));
  }

  ShapeOptions shape() const {
    const bool blobs = kind == Kind::kBlobs;
    return {.kind = kind,
            .examples = examples,
            .classes = classes.value_or(blobs ? 3 : 2),
            .features = features,
            .noise = noise.value_or(blobs ? 1 : 0),
            .center_box = center_box,
            .factor = factor};
  }
};

constexpr shoal::Index kBlockRows = 1024;

class Synthetic final : public shoal::Dataset {
 public:
  explicit Synthetic(const Params& params)
      : options_(params.shape()), dtype_(params.dtype == "float64" ? shoal::DType::kFloat64 : shoal::DType::kFloat32) {}

  // The first open draws: it is its own node's, those of the nodes that use it come later and have other streams.
  shoal::DatasetInfo open(shoal::Context& context) override {
    if (!shapes_) shapes_.emplace(options_, context.random("shapes"));
    return {.count = options_.examples, .shape = {options_.features}, .dtype = dtype_, .labelled = true};
  }

  void read(shoal::Context& context, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    if (!shapes_) throw shoal::StateError("a dataset is read before it was opened");
    const auto n = static_cast<shoal::Index>(which.size());
    for (const shoal::Index i : which)
      shoal::require(i >= 0 && i < options_.examples, "example {} of {} does not exist", i, options_.examples);
    if (examples) {
      shoal::require(examples->rows() == n && examples->cols() == options_.features,
                     "room for {} examples of {} numbers, got room for {} of {}", n, options_.features,
                     examples->rows(), examples->cols());
      if (dtype_ == shoal::DType::kFloat64) write(context, which, examples->matrix<double>());
      else write(context, which, examples->matrix<float>());
    }
    if (labels) {
      const std::span<std::int64_t> to = labels->vector<std::int64_t>();
      shoal::require(labels->rows() == n, "room for {} labels, got room for {}", n, labels->rows());
      for (std::size_t i = 0; i < which.size(); ++i) to[i] = shapes_->label(which[i]);
    }
  }

 private:
  template <typename Scalar>
  void write(const shoal::Context& context, std::span<const shoal::Index> which,
             shoal::MutableMatrix<Scalar> to) const {
    context.parallel_for(to.rows(), kBlockRows, [&](shoal::Index begin, shoal::Index end) {
      std::vector<double> point(static_cast<std::size_t>(options_.features));
      for (shoal::Index i = begin; i < end; ++i) {
        shapes_->point(which[static_cast<std::size_t>(i)], point);
        for (shoal::Index d = 0; d < options_.features; ++d)
          to(i, d) = static_cast<Scalar>(point[static_cast<std::size_t>(d)]);
      }
    });
  }

  ShapeOptions options_;
  shoal::DType dtype_;
  std::optional<Shapes> shapes_;  // empty before open
};

}  // namespace

SHOAL_PLUGIN("synthetic", "0.1.0", "points in blobs, moons or rings, with labels") {
  plugin.add<Synthetic, Params>("dataset/synthetic").random();
}
