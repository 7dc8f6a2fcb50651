#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "framework/plugin/services.h"
#include "framework/report/page/artifact_files.h"
#include "framework/report/page/data_behind.h"
#include "framework/report/page/image_sheet.h"
#include "framework/report/page/quantity.h"
#include "framework/report/page/sections.h"
#include "framework/store/npy_file.h"

namespace shoal::host {
namespace {

constexpr std::size_t kMostSheets = 3;     // nodes whose clusters are shown
constexpr std::size_t kMostClusters = 30;  // of one node, the largest
constexpr std::size_t kStrip = 8;          // images of a strip

/// The examples of one cluster that its sheet shows.
struct Chosen {
  std::int64_t cluster = 0;
  std::vector<Index> members = {};    ///< all, by number
  std::vector<Index> nearest = {};    ///< to the centroid; the first ones where there are no distances
  std::vector<Index> uncertain = {};  ///< by the ratio of their two nearest distances, the highest first
};

/// The largest clusters with their members; noise (a label below 0) is none.
std::vector<Chosen> largest_clusters(std::span<const std::int64_t> labels, std::size_t& clusters) {
  std::int64_t most = -1;
  for (const std::int64_t label : labels) most = std::max(most, label);
  if (most >= static_cast<std::int64_t>(labels.size()))
    throw std::runtime_error("its labels are no numbers of clusters");
  std::vector<Chosen> out(static_cast<std::size_t>(most + 1));
  for (std::size_t c = 0; c < out.size(); ++c) out[c].cluster = static_cast<std::int64_t>(c);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= 0) out[static_cast<std::size_t>(labels[i])].members.push_back(static_cast<Index>(i));
  std::erase_if(out, [](const Chosen& chosen) { return chosen.members.empty(); });
  clusters = out.size();
  std::stable_sort(out.begin(), out.end(),
                   [](const Chosen& a, const Chosen& b) { return a.members.size() > b.members.size(); });
  if (out.size() > kMostClusters) out.resize(kMostClusters);
  return out;
}

/// Distances of the members of a cluster to their own centroid and to the nearest other one.
struct Distances {
  std::vector<double> own = {}, other = {};
};

template <typename Matrix>
Distances distances_of(const Matrix& features, const RowMatrix<float>& centroids, const Chosen& chosen) {
  constexpr Index kBlock = 1024;
  Distances out;
  const Eigen::VectorXf norms = centroids.rowwise().squaredNorm();
  RowMatrix<float> block;
  for (std::size_t from = 0; from < chosen.members.size(); from += kBlock) {
    const std::size_t to = std::min(from + kBlock, chosen.members.size());
    block.resize(static_cast<Index>(to - from), features.cols());
    for (std::size_t i = from; i < to; ++i)
      block.row(static_cast<Index>(i - from)) = features.row(chosen.members[i]).template cast<float>();
    const RowMatrix<float> products = block * centroids.transpose();
    for (Index i = 0; i < block.rows(); ++i) {
      const float own_square = block.row(i).squaredNorm();
      double own = 0, other = std::numeric_limits<double>::infinity();
      for (Index c = 0; c < centroids.rows(); ++c) {
        const double square = std::max(0.0F, own_square - 2 * products(i, c) + norms[c]);
        if (c == chosen.cluster) own = std::sqrt(square);
        else other = std::min(other, std::sqrt(square));
      }
      out.own.push_back(own), out.other.push_back(other);
    }
  }
  return out;
}

/// The members with the least `score`, of equals the first.
std::vector<Index> best(const std::vector<Index>& members, const std::vector<double>& score) {
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), 0);
  const std::size_t count = std::min(kStrip, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    [&](std::size_t a, std::size_t b) { return std::pair(score[a], a) < std::pair(score[b], b); });
  std::vector<Index> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(members[order[i]]);
  return out;
}

/// Fills in what is nearest and what is uncertain. Throws std::runtime_error with why there are no distances.
void choose_by_distance(const RunData& run, const ArtifactFile& labels, DataSource& source,
                        std::vector<Chosen>& clusters) {
  const auto file = labels.file.parent_path() / (labels.node + ".centroids.npy");
  std::error_code error;
  if (!std::filesystem::exists(file, error)) throw std::runtime_error("it gives no centroids");
  Services services(1);
  const Array read = read_npy(file, allocate_in(services));
  const RowMatrix<float> centroids =
      visit_matrix(read.view(), [](const auto& x) -> RowMatrix<float> { return x.template cast<float>(); });
  const SourceRows features = features_behind(run.file.rows[labels.row], labels.row, labels.node, source);
  if (features.rows.cols() != centroids.cols()) throw std::runtime_error("centroids and features are not of one width");
  for (Chosen& chosen : clusters) {
    if (chosen.members.back() >= features.rows.rows()) throw std::runtime_error("there are fewer features than labels");
    if (chosen.cluster >= centroids.rows()) throw std::runtime_error("there are fewer centroids than clusters");
    const Distances found =
        visit_matrix(features.rows, [&](const auto& x) { return distances_of(x, centroids, chosen); });
    chosen.nearest = best(chosen.members, found.own);
    std::vector<double> certainty;  // least where the two distances are nearly one
    for (std::size_t i = 0; i < found.own.size(); ++i)
      certainty.push_back(std::isfinite(found.other[i]) && found.other[i] > 0 ? -found.own[i] / found.other[i] : 0);
    if (centroids.rows() > 1) chosen.uncertain = best(chosen.members, certainty);
  }
}

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

void add_sheet(PageWriter& page, const std::string& name, const std::vector<Chosen>& clusters, const SourceRows& images,
               const ImageForm& form, std::size_t all_examples) {
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
  Html& html = page.html();
  const std::string sheet = "sheet-" + page.id_of(name);
  html.style("." + sheet + "{background-image:url(" + tiles.data_uri() +
             ");-webkit-print-color-adjust:exact;print-color-adjust:exact}");
  html.open("div", {{"class", "clusters"}});
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    const Chosen& chosen = clusters[c];
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

/// One node's clusters. Throws std::runtime_error with why they cannot be shown.
void add_clusters(PageWriter& page, const RunData& run, const ArtifactFile& file, DataSource& source, bool& begun) {
  Services services(1);
  const Array array = read_npy(file.file, allocate_in(services));
  if (array.view().rank() != 1 || array.view().dtype() != DType::kInt64)
    throw std::runtime_error("its labels are no vector of numbers");
  const auto labels = array.view().vector<std::int64_t>();
  const FileRow& row = run.file.rows[file.row];
  const SourceRows images = examples_behind(row, file.row, file.node, source);
  const auto form = image_form(images.example);
  if (!form) throw std::runtime_error("its data are no images");
  if (images.rows.rows() != static_cast<Index>(labels.size()))
    throw std::runtime_error("the dataset is not of the length of the labels");
  std::size_t all = 0;
  std::vector<Chosen> clusters = largest_clusters(labels, all);
  std::string how =
      "nearest to the centroid in the features that were clustered, and most uncertain: by the ratio of the distances "
      "to the nearest two centroids";
  try {
    choose_by_distance(run, file, source, clusters);
  } catch (const std::runtime_error& why) {
    how = fmt::format("the first of each, as there are no distances: {}", why.what());
    for (Chosen& chosen : clusters)
      chosen.nearest.assign(chosen.members.begin(), chosen.members.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                                 kStrip, chosen.members.size())));
  }
  if (!std::exchange(begun, true)) {
    page.begin_section("clusters", "Clusters");
    if (run.file.rows.size() > 1) page.html().element("p", {{"class", "note"}}, how_chosen(run.file));
  }
  page.begin_section("clusters-" + file.node, file.node, false);
  std::string about =
      fmt::format("{}, the largest first; images {}.",
                  all > clusters.size() ? fmt::format("The largest {} of {} clusters", clusters.size(), all)
                                        : counted(all, "cluster", "clusters"),
                  how);
  if (run.file.rows.size() > 1) about = row_text(row, file.row) + ". " + about;
  page.html().element("p", {{"class", "note"}}, about);
  add_sheet(page, file.node, clusters, images, *form, labels.size());
  page.end_section();
}

}  // namespace

void add_clusters(PageWriter& page, const RunData& run, DataSource* source) {
  const std::vector<ArtifactFile> files = one_of_each_node(run.file, find_artifacts(run.file.folder, "labels"));
  if (files.empty()) return page.leave_out("Clusters", "no node of the run gave labels of clusters");
  if (source == nullptr) return page.leave_out("Clusters", "the page was made without looking for the data");
  bool begun = false;
  std::size_t shown = 0;
  for (const ArtifactFile& file : files) {
    if (shown == kMostSheets) break;
    try {
      add_clusters(page, run, file, *source, begun);
      ++shown;
    } catch (const std::runtime_error& error) {
      page.leave_out("Clusters of " + file.node, error.what());
    }
  }
  if (begun) page.end_section();
  if (shown == kMostSheets && files.size() > kMostSheets)
    page.leave_out("Clusters of more nodes", fmt::format("the page shows {} nodes'", kMostSheets));
}

}  // namespace shoal::host
