// metric/clustering: how far clusters agree with classes that they never saw.
#include "shoal/plugin.h"

#include "matched_table.h"
#include "shoal/kernels/agreement.h"

namespace {

namespace kernels = shoal::kernels;

class ClusteringMetric final : public shoal::Metric {
 public:
  void compute(shoal::Context& context, const shoal::Evidence& evidence, shoal::Results& results) const override {
    const kernels::Contingency table = kernels::contingency(evidence.labels("labels"), evidence.labels("predicted"));
    const kernels::Matching matching = kernels::match(table);
    results.number("acc", matching.weight / static_cast<double>(table.examples));
    results.number("nmi", kernels::nmi(table));
    results.number("ari", kernels::ari(table));
    results.number("purity", kernels::purity(table));
    results.number("ami", kernels::ami(table));
    const kernels::VMeasure v = kernels::v_measure(table);
    results.number("homogeneity", v.homogeneity);
    results.number("completeness", v.completeness);
    results.number("v_measure", v.v);
    results.number("fowlkes_mallows", kernels::fowlkes_mallows(table));
    results.number("rand", kernels::rand_index(table));
    results.number("nca", kernels::normalised_clustering_accuracy(table));
    results.array("pair_confusion", context.copy(kernels::pair_confusion(table)));
    results.array("confusion", context.copy(matched_table(table, matching)));
  }
};

}  // namespace

SHOAL_PLUGIN("clustering", "0.1.0", "agreement of clusters with true classes") {
  plugin.add<ClusteringMetric>("metric/clustering")
      .in<shoal::Labels>("predicted", "clusters (N); −1 is noise")
      .in<shoal::Labels>("labels", "true classes (N)")
      .out<shoal::Number>("acc", "clustering accuracy: share that is right under the best one-to-one matching",
                          SHOAL_HIGHER)
      .out<shoal::Number>("nmi", "normalised mutual information, over the arithmetic mean of the entropies",
                          SHOAL_HIGHER)
      .out<shoal::Number>("ari", "adjusted Rand index; 0 is expected of chance", SHOAL_HIGHER)
      .out<shoal::Number>("purity", "share that is of its cluster's commonest class; rises with K", SHOAL_HIGHER)
      .out<shoal::Number>("ami", "adjusted mutual information; 0 is expected of chance", SHOAL_HIGHER)
      .out<shoal::Number>("homogeneity", "whether clusters hold one class only; rises with K", SHOAL_HIGHER)
      .out<shoal::Number>("completeness", "whether classes lie in one cluster only; falls with K", SHOAL_HIGHER)
      .out<shoal::Number>("v_measure", "harmonic mean of homogeneity and completeness", SHOAL_HIGHER)
      .out<shoal::Number>("fowlkes_mallows", "geometric mean of precision and recall of pairs put together",
                          SHOAL_HIGHER)
      .out<shoal::Number>("rand", "share of pairs put together by both or parted by both", SHOAL_HIGHER)
      .out<shoal::Number>("nca", "normalised clustering accuracy: mean share of a class that is right; 0 is chance",
                          SHOAL_HIGHER)
      .out<shoal::AnyArray>("pair_confusion",
                            "(2, 2) int64 ordered pairs: together by class in row 1, by cluster in column 1")
      .out<shoal::AnyArray>("confusion", "(C, max(C, K)) int64: classes in rows, matched clusters on the diagonal");
}
