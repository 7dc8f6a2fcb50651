#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_FEATURE_MAP_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_FEATURE_MAP_H_

#include <string>
#include <vector>

#include "framework/report/page/data_source.h"
#include "framework/report/run_file.h"
#include "shoal/matrix.h"

namespace shoal::host {

/// Features of a row that are a map, or that one is made of: an output of a node.
struct MappedFeatures {
  std::string node = {}, output = {};
};

/// Those that other nodes of the row take: UMAP first, then an encoder's embedding, what a clusterer takes, the rest.
std::vector<MappedFeatures> mapped_features(const FileRow& row);

/// Some of the examples in two dimensions.
struct FeatureMap {
  std::vector<Index> rows = {};   ///< of the features, spread evenly over them
  Index all = 0;                  ///< rows of the features
  RowMatrix<double> points = {};  ///< (rows, 2)
  std::string how = {};           ///< "The two numbers of umap", "First two principal components of …"
};

/// At most `most` of `features`; more than two columns are projected (see Projection).
/// Throws std::runtime_error  they are no table of three rows and two columns at least, or not finite
FeatureMap map_of(const std::string& node, const SourceRows& features, Index most);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_FEATURE_MAP_H_
