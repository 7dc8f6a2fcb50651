// Estimators with parameters of their own: what an experiment says is checked before Python is started. Each is a
// struct that declares its parameters; names, meanings and defaults are the library's, except k.
#ifndef SHOAL_PYTHON_ADAPTERS_H_
#define SHOAL_PYTHON_ADAPTERS_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "shoal/schema.h"

/// scikit-learn's own classes take these as they are; whole numbers they turn into float64 themselves.
inline constexpr std::initializer_list<const char*> kFloats = {"float64", "float32"};

/// What k-means of scikit-learn and of its extension for Intel processors share.
template <typename T, typename S>
void describe_kmeans(S& schema) {
  schema.field("k", &T::k, "number of clusters").min(1).renamed_from({"n_clusters"});
  schema.field("init", &T::init, "how the first centroids are chosen, unless the port 'init' is wired")
      .one_of({"k-means++", "random"});
  schema.field("n_init", &T::n_init, "starts, of which the one with the least inertia is kept").min(1);
  schema.field("max_iter", &T::max_iter, "iterations of one start at most").min(1);
  schema.field("tol", &T::tol, "stop when the centroids' squared shifts are at most tol times the mean variance")
      .min(0.0);
}

struct SklearnKMeans {
  static constexpr const char* kEstimator = "sklearn.cluster.KMeans";
  static constexpr auto kDtypes = kFloats;
  std::int64_t k = 8;
  std::string init = "k-means++";
  std::int64_t n_init = 1;
  std::int64_t max_iter = 300;
  double tol = 1e-4;
  std::string algorithm = "lloyd";

  template <typename S>
  static void describe(S& schema) {
    describe_kmeans<SklearnKMeans>(schema);
    schema.field("algorithm", &SklearnKMeans::algorithm, "which procedure; both end with the same clusters")
        .one_of({"lloyd", "elkan"});
  }
};

struct SklearnexKMeans {
  static constexpr const char* kEstimator = "sklearnex.cluster.KMeans";
  static constexpr auto kDtypes = kFloats;
  std::int64_t k = 8;
  std::string init = "k-means++";
  std::int64_t n_init = 1;
  std::int64_t max_iter = 300;
  double tol = 1e-4;

  template <typename S>
  static void describe(S& schema) {
    describe_kmeans<SklearnexKMeans>(schema);
  }
};

struct SklearnMiniBatchKMeans {
  static constexpr const char* kEstimator = "sklearn.cluster.MiniBatchKMeans";
  static constexpr auto kDtypes = kFloats;
  std::int64_t k = 8;
  std::string init = "k-means++";
  std::int64_t n_init = 1;
  std::int64_t batch_size = 1024;
  std::int64_t max_iter = 100;
  double tol = 0;
  std::optional<std::int64_t> max_no_improvement = 10;
  std::optional<std::int64_t> init_size = {};
  double reassignment_ratio = 0.01;

  template <typename S>
  static void describe(S& schema) {
    using T = SklearnMiniBatchKMeans;
    schema.field("k", &T::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema.field("init", &T::init, "how the first centroids are chosen, unless the port 'init' is wired")
        .one_of({"k-means++", "random"});
    schema.field("n_init", &T::n_init, "starts, of which the best on a validation set goes on").min(1);
    schema.field("batch_size", &T::batch_size, "examples in a step").min(1);
    schema.field("max_iter", &T::max_iter, "passes over the features at most").min(1);
    schema.field("tol", &T::tol, "stop when the smoothed shifts of the centroids are at most this; 0: never").min(0.0);
    schema.field("max_no_improvement", &T::max_no_improvement, "stop after so many steps without a better one").min(0);
    schema.field("init_size", &T::init_size, "rows that a start is chosen from; left out: 3 batches").min(1);
    schema.field("reassignment_ratio", &T::reassignment_ratio, "clusters with less than this share are moved")
        .min(0.0)
        .max(1.0);
  }
};

struct SklearnBisectingKMeans {
  static constexpr const char* kEstimator = "sklearn.cluster.BisectingKMeans";
  static constexpr auto kDtypes = kFloats;
  std::int64_t k = 8;
  std::string init = "random";
  std::int64_t n_init = 1;
  std::int64_t max_iter = 300;
  double tol = 1e-4;
  std::string algorithm = "lloyd";
  std::string bisecting_strategy = "biggest_inertia";

  template <typename S>
  static void describe(S& schema) {
    using T = SklearnBisectingKMeans;
    schema.field("k", &T::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema.field("init", &T::init, "how the two centroids of a cut are chosen").one_of({"k-means++", "random"});
    schema.field("n_init", &T::n_init, "starts of each cut, of which the best is kept").min(1);
    schema.field("max_iter", &T::max_iter, "iterations of one cut at most").min(1);
    schema
        .field("tol", &T::tol, "stop a cut when the centroids' squared shifts are at most tol times the mean variance")
        .min(0.0);
    schema.field("algorithm", &T::algorithm, "which procedure cuts").one_of({"lloyd", "elkan"});
    schema.field("bisecting_strategy", &T::bisecting_strategy, "which cluster is cut next")
        .one_of({"biggest_inertia", "largest_cluster"});
  }
};

struct SklearnGaussianMixture {
  static constexpr const char* kEstimator = "sklearn.mixture.GaussianMixture";
  static constexpr auto kDtypes = kFloats;
  std::int64_t k = 1;
  std::string covariance_type = "full";
  double tol = 1e-3;
  double reg_covar = 1e-6;
  std::int64_t max_iter = 100;
  std::int64_t n_init = 1;
  std::string init_params = "kmeans";

  template <typename S>
  static void describe(S& schema) {
    using T = SklearnGaussianMixture;
    schema.field("k", &T::k, "number of Gaussians, and so of clusters").min(1).renamed_from({"n_components"});
    schema.field("covariance_type", &T::covariance_type, "which covariances a Gaussian may have")
        .one_of({"full", "tied", "diag", "spherical"});
    schema.field("tol", &T::tol, "stop when the mean log-likelihood of an example changes by less than this").min(0.0);
    schema.field("reg_covar", &T::reg_covar, "added to each variance").min(0.0);
    schema.field("max_iter", &T::max_iter, "iterations of one start at most").min(1);
    schema.field("n_init", &T::n_init, "starts, of which the one with the highest likelihood is kept").min(1);
    schema
        .field(
            "init_params", &T::init_params,
            "where the first responsibilities come from; with the port 'init' wired, the first means are its rows and "
            "all else comes from here")
        .one_of({"kmeans", "k-means++", "random", "random_from_data"});
  }
};

struct SklearnBirch {
  static constexpr const char* kEstimator = "sklearn.cluster.Birch";
  static constexpr auto kDtypes = kFloats;
  std::int64_t k = 3;
  double threshold = 0.5;
  std::int64_t branching_factor = 50;

  template <typename S>
  static void describe(S& schema) {
    using T = SklearnBirch;
    schema.field("k", &T::k, "number of clusters that the subclusters are merged into")
        .min(1)
        .renamed_from({"n_clusters"});
    schema.field("threshold", &T::threshold, "radius that a subcluster may have").above(0.0);
    schema.field("branching_factor", &T::branching_factor, "subclusters of a node at most").min(2);
  }
};

struct SklearnHdbscan {
  static constexpr const char* kEstimator = "sklearn.cluster.HDBSCAN";
  static constexpr auto kDtypes = kFloats;
  std::int64_t min_cluster_size = 5;
  std::optional<std::int64_t> min_samples = {};
  double cluster_selection_epsilon = 0;
  std::optional<std::int64_t> max_cluster_size = {};
  std::string metric = "euclidean";
  double alpha = 1;
  std::string algorithm = "auto";
  std::int64_t leaf_size = 40;
  std::string cluster_selection_method = "eom";
  bool allow_single_cluster = false;

  template <typename S>
  static void describe(S& schema) {
    using T = SklearnHdbscan;
    schema.field("min_cluster_size", &T::min_cluster_size, "examples that a cluster has at least").min(2);
    schema
        .field("min_samples", &T::min_samples,
               "neighbours, itself counted, that make an example a core; left out: min_cluster_size")
        .min(1);
    schema.field("cluster_selection_epsilon", &T::cluster_selection_epsilon, "clusters nearer than this are merged")
        .min(0.0);
    schema.field("max_cluster_size", &T::max_cluster_size, "examples that a cluster has at most; left out: any number")
        .min(1);
    schema.field("metric", &T::metric, "distance between examples, by scikit-learn's name");
    schema.field("alpha", &T::alpha, "what distances are divided by").above(0.0);
    schema.field("algorithm", &T::algorithm, "how neighbours are found")
        .one_of({"auto", "brute", "kd_tree", "ball_tree"});
    schema.field("leaf_size", &T::leaf_size, "examples in a leaf of the tree").min(1).speed_only();
    schema.field("cluster_selection_method", &T::cluster_selection_method, "excess of mass, or the tree's leaves")
        .one_of({"eom", "leaf"});
    schema.field("allow_single_cluster", &T::allow_single_cluster, "whether all examples may be one cluster");
  }
};

struct SklearnSpectral {
  static constexpr const char* kEstimator = "sklearn.cluster.SpectralClustering";
  static constexpr auto kDtypes = kFloats;
  std::int64_t k = 8;
  std::string affinity = "rbf";
  double gamma = 1;
  std::int64_t n_neighbors = 10;
  std::optional<std::int64_t> n_components = {};
  std::int64_t n_init = 10;
  std::string assign_labels = "kmeans";
  std::string eigen_solver = "arpack";

  template <typename S>
  static void describe(S& schema) {
    using T = SklearnSpectral;
    schema.field("k", &T::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema.field("affinity", &T::affinity, "how alike two examples are: exp(−gamma·d²), or whether one is a neighbour")
        .one_of({"rbf", "nearest_neighbors"});
    schema.field("gamma", &T::gamma, "of rbf").above(0.0);
    schema.field("n_neighbors", &T::n_neighbors, "of nearest_neighbors").min(1);
    schema.field("n_components", &T::n_components, "eigenvectors; left out: k").min(1);
    schema.field("n_init", &T::n_init, "starts of the k-means behind it").min(1);
    schema.field("assign_labels", &T::assign_labels, "how eigenvectors become labels")
        .one_of({"kmeans", "discretize", "cluster_qr"});
    schema.field("eigen_solver", &T::eigen_solver, "how eigenvectors are found").one_of({"arpack", "lobpcg"});
  }
};

struct SklearnAgglomerative {
  static constexpr const char* kEstimator = "sklearn.cluster.AgglomerativeClustering";
  static constexpr auto kDtypes = kFloats;
  std::int64_t k = 2;
  std::string linkage = "ward";
  std::string metric = "euclidean";

  template <typename S>
  static void describe(S& schema) {
    using T = SklearnAgglomerative;
    schema.field("k", &T::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema.field("linkage", &T::linkage, "how far two clusters are apart")
        .one_of({"ward", "complete", "average", "single"});
    schema.field("metric", &T::metric, "distance between examples; ward takes euclidean alone")
        .one_of({"euclidean", "l1", "l2", "manhattan", "cosine"});
  }
};

/// Takes float32 alone, and stops by its number of iterations alone.
struct FaissPythonKMeans {
  static constexpr const char* kEstimator = "shoal_bridge.FaissKMeans";
  static constexpr std::initializer_list<const char*> kDtypes = {"float32"};
  std::int64_t k = 8;
  std::int64_t max_iter = 25;
  std::int64_t n_init = 1;
  bool spherical = false;

  template <typename S>
  static void describe(S& schema) {
    using T = FaissPythonKMeans;
    schema.field("k", &T::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema.field("max_iter", &T::max_iter, "iterations of one start, neither more nor fewer")
        .min(1)
        .renamed_from({"niter"});
    schema.field("n_init", &T::n_init, "starts, of which the one with the least inertia is kept")
        .min(1)
        .renamed_from({"nredo"});
    schema.field("spherical", &T::spherical, "centroids are scaled to length 1 after each iteration");
  }
};

#endif  // SHOAL_PYTHON_ADAPTERS_H_
