#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_SECTIONS_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_SECTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "framework/report/page/data_source.h"
#include "framework/report/page/page_writer.h"
#include "framework/report/page/run_data.h"

namespace shoal::host {

// The sections of the page, a file each. Each writes itself, or says by PageWriter::leave_out why it is not there.

/// The metrics that the experiment reports, as mean ± standard deviation over the seeds of each setting, with how many
/// there were; and every row that failed, with its error.
void add_headline(PageWriter& page, const RunData& run, const std::vector<std::string>& metrics);

/// The table of `shoal compare` over all runs, with its remarks under it.
void add_comparison(PageWriter& page, const std::vector<RunData>& runs, const std::vector<std::string>& metrics);

/// The experiment's graph: a box a node with its time, memory and whether it ran; each leads to the node's own part.
void add_graph(PageWriter& page, const RunData& run);

/// The figures of the experiment, as they are in figures/, thinned where they are large.
void add_figures(PageWriter& page, const RunData& run);

/// A chart for each scalar series: settings as colours, two seeds or more as mean and band of one standard deviation.
void add_curves(PageWriter& page, const RunData& run);

/// Within-cluster variance or inertia over k, with the elbow marked, for each clusterer whose k the rows vary.
void add_variance(PageWriter& page, const RunData& run);

// Of rows, these have room for a few (see RowChoice): open is `row`, counted from 0, or else the best.

/// The confusion matrices among the artifacts.
void add_confusion(PageWriter& page, const RunData& run, std::optional<std::size_t> row);

/// A sheet for each node that gave labels of images: mean, size, the images nearest to each centroid and the most
/// uncertain. `source` may be null.
void add_clusters(PageWriter& page, const RunData& run, std::optional<std::size_t> row, DataSource* source);

/// Features in two dimensions, coloured by class and by cluster, with the images. `source` may be null.
void add_map(PageWriter& page, const RunData& run, std::optional<std::size_t> row, DataSource* source);

/// A part for each node: component, library, parameters with defaults and origins, inputs, and each row's time.
void add_nodes(PageWriter& page, const RunData& run);

/// Machine, versions, seeds, the command, and the SHA-256 of every plugin.
void add_machine(PageWriter& page, const RunData& run);

/// resolved.yaml, and where each value of the first row comes from.
void add_experiment(PageWriter& page, const RunData& run);

/// The id of a node's part, before the run's prefix.
inline std::string node_id(const std::string& node) { return "node-" + node; }

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_SECTIONS_H_
