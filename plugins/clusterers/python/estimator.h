// An estimator of Python with scikit-learn's interface, fitted to arrays of Shoal's without a copy.
#ifndef SHOAL_PYTHON_ESTIMATOR_H_
#define SHOAL_PYTHON_ESTIMATOR_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shoal/clusterer.h"
#include "shoal/free_value.h"

/// Which estimator, and how it is made.
struct EstimatorSpec {
  std::string path;                 ///< "sklearn.cluster.KMeans"
  std::optional<std::int64_t> k;    ///< given as n_clusters, n_components or k, whichever it takes
  shoal::FreeMap params;            ///< the other arguments, by name
  std::vector<const char*> dtypes;  ///< what it takes as it is, best first; others are converted; none: anything
  std::vector<std::string> module_folders;  ///< where modules are looked for before anywhere else
};

/// A fitted estimator: a Python object, which is let go with the GIL held.
class Estimator {
 public:
  explicit Estimator(EstimatorSpec spec);
  ~Estimator();
  Estimator(Estimator&&) noexcept;
  Estimator& operator=(Estimator&&) noexcept;

  /// Features, weights and init reach Python as read-only NumPy views. The work is done on a thread of its own while
  /// this one listens for the user: it is interrupted at the next step that Python itself makes, so not within a long
  /// call of a library's C code.
  /// The result's `convert_seconds` is all but the time within the estimator's own fit (and predict, where labels come
  /// from there): imports, conversions, and what this plugin does.
  /// Throws InputError   an argument that the estimator does not take, k or initial centroids that do not fit it
  ///        Unsupported  a package that is not installed, a python of another version
  ///        Error        what the estimator threw, as "…: ValueError: …" with its traceback in the log; results that
  ///        are
  ///                     no clustering
  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input);

  /// Throws StateError   before fit
  ///        InputError   another number of columns than that of fit
  ///        Unsupported  it has no predict, or would need the features of fit themselves, which are gone
  void predict(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray labels) const;

 private:
  struct Fitted;
  EstimatorSpec spec_;
  std::unique_ptr<Fitted> fitted_;  // null before fit
};

#endif  // SHOAL_PYTHON_ESTIMATOR_H_
