#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "framework/plugin/services.h"
#include "framework/report/page/artifact_files.h"
#include "framework/report/page/cluster_examples.h"
#include "framework/report/page/data_behind.h"
#include "framework/report/page/image_sheet.h"
#include "framework/report/page/row_choice.h"
#include "framework/report/page/sections.h"
#include "framework/report/quantity.h"
#include "framework/store/npy_file.h"
#include "shoal/matrix.h"

namespace shoal::host {
namespace {

constexpr std::size_t kMostSheets = 3;           // nodes whose clusters are shown
constexpr std::size_t kMostClusters = 30;        // of the open row of a node, the largest
constexpr std::size_t kMostFolded = 5;           // rows of a node beside the open one
constexpr std::size_t kMostFoldedClusters = 10;  // of each of these
constexpr std::size_t kStrip = 8;                // images of a strip

std::vector<float> mean_of(const ConstArray& examples, const std::vector<Index>& members) {
  return visit_matrix(examples, [&](const auto& x) {
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(x.cols());
    for (const Index i : members) sum += x.row(i).transpose().template cast<double>();
    sum /= static_cast<double>(members.size());
    return std::vector<float>(sum.data(), sum.data() + sum.size());
  });
}

/// A strip of tiles of one row of the sheet, as a window on it.
void add_strip(Html& html, const std::string& sheet, const ImageSheet& tiles, const std::string& what,
               const std::string& label, std::size_t row, std::size_t from, std::size_t count) {
  if (count == 0) return;
  const double scale = 28.0 / static_cast<double>(tiles.side());  // 28 px a tile
  html.open("div", {{"class", "row"}}).element("span", what);
  html.open("div", {{"class", "strip"}});
  html.open("div", {{"class", "tile " + sheet},
                    {"role", "img"},
                    {"aria-label", label},
                    {"style",
                     fmt::format("width:{}px;height:28px;background-size:{:.1f}px auto;background-position:-{}px -{}px",
                                 count * 28, static_cast<double>(tiles.width()) * scale, from * 28, row * 28)}});
  html.close().close().close();
}

/// A row's sheet; `name` tells it from the others of the page.
void add_sheet(Html& html, const std::string& name, const std::vector<ClusterExamples>& clusters,
               const SourceRows& images, const ImageForm& form, std::size_t all_examples) {
  constexpr std::size_t kColumns = 1 + 2 * kStrip;
  ImageSheet tiles(clusters.size() * kColumns, kColumns, form, form.channels == 3 ? 28 : 32);
  float low = std::numeric_limits<float>::infinity(), high = -low;
  std::vector<std::pair<std::size_t, std::vector<float>>> drawn;
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    drawn.emplace_back(c * kColumns, mean_of(images.rows, clusters[c].members));
    for (std::size_t i = 0; i < clusters[c].nearest.size(); ++i)
      drawn.emplace_back(c * kColumns + 1 + i, row_of(images.rows, clusters[c].nearest[i]));
    for (std::size_t i = 0; i < clusters[c].uncertain.size(); ++i)
      drawn.emplace_back(c * kColumns + 1 + kStrip + i, row_of(images.rows, clusters[c].uncertain[i]));
  }
  for (const auto& [tile, example] : drawn)
    for (const float value : example)
      if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
  for (const auto& [tile, example] : drawn) tiles.put(tile, example, low, high);
  const std::string sheet = "sheet-" + name;
  html.style("." + sheet + "{background-image:url(" + tiles.data_uri() +
             ");-webkit-print-color-adjust:exact;print-color-adjust:exact}");
  html.open("div", {{"class", "clusters"}});
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    const ClusterExamples& chosen = clusters[c];
    const std::string title = fmt::format("Cluster {}", chosen.cluster);
    html.open("div", {{"class", "cluster"}}).open("p", {{"class", "size"}}).element("strong", title);
    html.text(fmt::format(" {} ({:.1f} %)", counted(chosen.members.size(), "example", "examples"),
                          100 * static_cast<double>(chosen.members.size()) / static_cast<double>(all_examples)))
        .close();
    add_strip(html, sheet, tiles, "mean", title + ": mean image", c, 0, 1);
    add_strip(html, sheet, tiles, chosen.uncertain.empty() ? "examples" : "nearest",
              title + (chosen.uncertain.empty() ? ": examples" : ": examples nearest to the centroid"), c, 1,
              chosen.nearest.size());
    add_strip(html, sheet, tiles, "uncertain", title + ": most uncertain examples", c, 1 + kStrip,
              chosen.uncertain.size());
    html.close();
  }
  html.close();
}

/// One row of a node's clusters, the `most` largest. Throws std::runtime_error  why they cannot be shown
Html sheet_of(const PageWriter& page, const RunFile& run, const ArtifactFile& file, std::size_t most,
              DataSource& source) {
  Services services(1);
  const Array array = read_npy(file.file, allocate_in(services));
  if (array.view().rank() != 1 || array.view().dtype() != DType::kInt64)
    throw std::runtime_error("its labels are no vector of numbers");
  const auto labels = array.view().vector<std::int64_t>();
  const SourceRows images = examples_behind(run.rows[file.row], file.row, file.node, source);
  const auto form = image_form(images.example);
  if (!form) throw std::runtime_error("its data are no images");
  if (images.rows.rows() != static_cast<Index>(labels.size()))
    throw std::runtime_error("the dataset is not of the length of the labels");
  std::size_t all = 0;
  std::vector<ClusterExamples> clusters = largest_clusters(labels, most, all);
  std::string how =
      "nearest to the centroid in the features that were clustered, and most uncertain: by the ratio of the distances "
      "to the nearest two centroids";
  try {
    choose_by_distance(run, file, source, kStrip, clusters);
  } catch (const std::runtime_error& why) {
    how = fmt::format("the first of each, as there are no distances: {}", why.what());
    for (ClusterExamples& chosen : clusters)
      chosen.nearest.assign(chosen.members.begin(), chosen.members.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                                 kStrip, chosen.members.size())));
  }
  Html out;
  out.element("p", {{"class", "note"}},
              fmt::format("{}, the largest first; images {}.",
                          all > clusters.size() ? fmt::format("The largest {} of {} clusters", clusters.size(), all)
                                                : counted(all, "cluster", "clusters"),
                          how));
  add_sheet(out, page.id_of(fmt::format("{}-{}", file.node, file.row + 1)), clusters, images, *form, labels.size());
  return out;
}

/// The folded rows of a node, as many as there is room for. Returns how many of them were dealt with.
std::size_t add_folded(PageWriter& page, const RunFile& run, const NodeArtifacts& labels, const RowChoice& rows,
                       DataSource& source) {
  const std::size_t most = std::min(kMostFolded, rows.folded.size());
  for (std::size_t i = 0; i < most; ++i) try {
      const std::size_t row = rows.folded[i];
      Html sheet = sheet_of(page, run, {labels.by_row[row], labels.node, "labels", row}, kMostFoldedClusters, source);
      if (!page.take_room(sheet.bytes())) return i;
      page.html().open("details", {{"class", "row"}}).element("summary", row_text(run.rows[row], row));
      page.html().append(std::move(sheet)).close();
    } catch (const std::runtime_error& error) {
      page.leave_out(fmt::format("Clusters of {} in row {}", labels.node, rows.folded[i] + 1), error.what());
    }
  return most;
}

/// One node's clusters. Throws std::runtime_error  why those of its open row cannot be shown
void add_node(PageWriter& page, const RunFile& run, const NodeArtifacts& labels, std::optional<std::size_t> wanted,
              DataSource& source, bool& begun) {
  const RowChoice rows = choose_rows(run, wanted, [&](std::size_t row) { return labels.by_row[row].string(); });
  if (!rows.open) throw std::runtime_error(fmt::format("row {} has none", wanted.value_or(0) + 1));
  Html open =
      sheet_of(page, run, {labels.by_row[*rows.open], labels.node, "labels", *rows.open}, kMostClusters, source);
  if (!std::exchange(begun, true)) {
    page.begin_section("clusters", "Clusters");
    if (run.rows.size() > 1) page.html().element("p", {{"class", "note"}}, how_chosen(run, wanted));
  }
  page.begin_section("clusters-" + labels.node, labels.node, false);
  if (run.rows.size() > 1) page.html().element("p", {{"class", "note"}}, describe_open(run, rows));
  page.html().append(std::move(open));
  const std::string rest = what_is_not_shown(rows, add_folded(page, run, labels, rows, source));
  if (!rest.empty()) page.html().element("p", {{"class", "note"}}, rest);
  page.end_section();
}

}  // namespace

void add_clusters(PageWriter& page, const RunData& run, std::optional<std::size_t> wanted, DataSource* source) {
  const std::vector<NodeArtifacts> nodes = by_node(run.file, find_artifacts(run.file.folder, "labels"));
  if (nodes.empty()) return page.leave_out("Clusters", "no node of the run gave labels of clusters");
  if (source == nullptr) return page.leave_out("Clusters", "the page was made without looking for the data");
  bool begun = false;
  std::size_t shown = 0;
  for (const NodeArtifacts& labels : nodes) {
    if (shown == kMostSheets) break;
    try {
      add_node(page, run.file, labels, wanted, *source, begun);
      ++shown;
    } catch (const std::runtime_error& error) {
      page.leave_out("Clusters of " + labels.node, error.what());
    }
  }
  if (begun) page.end_section();
  if (shown == kMostSheets && nodes.size() > kMostSheets)
    page.leave_out("Clusters of more nodes", fmt::format("the page shows {} nodes'", kMostSheets));
}

}  // namespace shoal::host
