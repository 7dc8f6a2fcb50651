#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "framework/plugin/services.h"
#include "framework/report/page/artifact_files.h"
#include "framework/report/page/data_behind.h"
#include "framework/report/page/image_sheet.h"
#include "framework/report/page/projection.h"
#include "framework/report/page/sections.h"
#include "framework/store/npy_file.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

constexpr Index kMostPoints = 1500;
constexpr std::size_t kMostColours = 20;

/// Features that are a map, or that one is made of.
constexpr std::size_t kRow = 0;  // of which there is a map

struct Candidate {
  std::string node = {}, output = {};
};

/// In this order: UMAP, an encoder's embedding, what a clusterer takes, other features.
int rank_of(const FileNode& node) {
  if (node.use == "transform/umap") return 0;
  if (node.use == "trainer/embed" || node.use.starts_with("encoder/")) return 1;
  return 3;
}

std::vector<Candidate> candidates_of(const RunFile& run) {
  if (run.rows.empty()) return {};
  const FileRow& row = run.rows[kRow];
  std::vector<std::pair<int, Candidate>> all;
  for (const FileNode& node : row.nodes)
    for (const auto& [port, from] : node.inputs)
      if (port == "data" || port == "features") {
        const std::size_t dot = from.find('.');
        const FileNode* upper = row.find(from.substr(0, dot));
        if (upper == nullptr || dot == std::string::npos) continue;
        const bool clustered = node.use.starts_with("clusterer/");
        if (upper->use.starts_with("dataset/") && !clustered) continue;
        const std::string output = from.substr(dot + 1);
        if (!upper->use.starts_with("dataset/") && output != "features") continue;
        all.push_back({clustered ? std::min(rank_of(*upper), 2) : rank_of(*upper), {upper->name, output}});
      }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Candidate> out;
  for (auto& [rank, candidate] : all) out.push_back(std::move(candidate));
  return out;
}

/// What is drawn: some rows of the features, spread evenly.
struct Map {
  std::vector<Index> rows = {};
  Index all = 0;
  RowMatrix<double> points = {};
  std::string how = {};  ///< "UMAP", "PCA of …"
};

Map map_of(const Candidate& candidate, const SourceRows& features) {
  Map out{.all = features.rows.rows()};
  if (features.rows.rank() != 2) throw std::runtime_error("the features are no table");
  const Index count = std::min(kMostPoints, out.all);
  if (count < 3 || features.rows.cols() < 2) throw std::runtime_error("they are fewer than three, or of one number");
  for (Index i = 0; i < count; ++i) out.rows.push_back(i * out.all / count);
  RowMatrix<double> some(count, features.rows.cols());
  for (Index i = 0; i < count; ++i) {
    const std::vector<float> row = row_of(features.rows, out.rows[static_cast<std::size_t>(i)]);
    for (Index c = 0; c < some.cols(); ++c) some(i, c) = static_cast<double>(row[static_cast<std::size_t>(c)]);
  }
  if (!some.allFinite()) throw std::runtime_error("they hold what is not finite");
  if (some.cols() == 2) {
    out.points = std::move(some);
    out.how = fmt::format("The two numbers of {}", candidate.node);
  } else {
    const Projection projection = project(some);
    out.points = projection.points;
    out.how = fmt::format("First two principal components of {} ({} numbers), {:.0f} % of the variance", candidate.node,
                          some.cols(), 100 * projection.explained);
  }
  if (count < out.all) out.how += fmt::format("; {} of {} examples, spread evenly over their numbers", count, out.all);
  return out;
}

ordered_json scatter_layers(const ordered_json& colour) {
  const auto axis = [](const char* field) {
    return ordered_json{{"field", field},
                        {"type", "quantitative"},
                        {"title", nullptr},
                        {"axis", {{"labels", false}, {"ticks", false}, {"grid", false}, {"domain", false}}},
                        {"scale", {{"zero", false}}}};
  };
  const ordered_json told = ordered_json::array({{{"field", "i_row"}, {"type", "quantitative"}, {"title", "example"}},
                                                 {{"field", "label"}, {"type", "nominal"}, {"title", "is"}}});
  return ordered_json::array(
      {{{"mark", {{"type", "circle"}, {"size", 22}, {"opacity", 0.8}}},
        {"params", ordered_json::array({{{"name", "zoom"},
                                         {"select", {{"type", "interval"}, {"zoom", "wheel![event.shiftKey]"}}},
                                         {"bind", "scales"}}})},
        {"encoding", {{"x", axis("x")}, {"y", axis("y")}, {"color", colour}, {"tooltip", told}}}}});
}

Chart chart_of(const Map& map, const std::string& title, const std::string& kind,
               const std::vector<std::int64_t>& labels, const std::string& sheet) {
  std::vector<std::int64_t> found;
  for (const Index row : map.rows) found.push_back(labels[static_cast<std::size_t>(row)]);
  std::vector<std::int64_t> all = found;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::vector<std::string> names;
  for (const std::int64_t label : all) names.push_back(fmt::format("{} {}", kind, label));
  std::string csv = "x,y,s,i,i_row\n";
  for (std::size_t i = 0; i < map.rows.size(); ++i)
    csv += fmt::format("{:.4g},{:.4g},{},{},{}\n", map.points(static_cast<Index>(i), 0),
                       map.points(static_cast<Index>(i), 1),
                       std::lower_bound(all.begin(), all.end(), found[i]) - all.begin(), i, map.rows[i]);
  Chart out{.title = title, .sheet = sheet};
  out.specification = begin_specification(csv, {"x", "y", "i", "i_row"});
  out.specification["height"] = 360;
  const ordered_json colour = colours_of(names, "", out.specification);
  out.specification["layer"] = scatter_layers(colour);
  out.summary = fmt::format("Map of {} examples, {}", map.rows.size(), title);
  out.caption = map.how + ".";
  if (names.size() > kMostColours)
    out.caption += fmt::format(" {} colours are hard to tell apart; the pointer says which is which.", names.size());
  for (const std::int64_t label : all) {
    double x = 0, y = 0, n = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
      if (found[i] == label)
        x += map.points(static_cast<Index>(i), 0), y += map.points(static_cast<Index>(i), 1), n += 1;
    out.numbers.lines.push_back(
        {fmt::format("{} {}", kind, label), fmt::format("{:.0f}", n), short_number(x / n), short_number(y / n)});
  }
  out.numbers.head = {"", "examples", "mean x", "mean y"};
  return out;
}

/// The images of the points; "" where the data are none.
std::string add_images(PageWriter& page, const Map& map, const SourceRows& images) {
  const auto form = image_form(images.example);
  if (!form || images.rows.rows() != map.all) return "";
  ImageSheet tiles(map.rows.size(), 40, *form, form->channels == 3 ? 16 : 28);
  std::vector<std::vector<float>> drawn;
  float low = 0, high = 0;
  for (const Index row : map.rows) {
    drawn.push_back(row_of(images.rows, row));
    for (const float value : drawn.back())
      if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
  }
  for (std::size_t i = 0; i < drawn.size(); ++i) tiles.put(i, drawn[i], low, high);
  const std::string id = page.id_of("map-images");
  page.html().single("img", {{"hidden", ""},
                             {"alt", ""},
                             {"id", id},
                             {"src", tiles.data_uri()},
                             {"data-side", std::to_string(tiles.side())},
                             {"data-columns", std::to_string(tiles.columns())}});
  return id;
}

/// Labels of clusters of the same examples, by the first clusterer or trainer that gave some.
std::optional<std::pair<std::string, std::vector<std::int64_t>>> clusters_of(const RunData& run, Index count) {
  Services services(1);
  for (const ArtifactFile& file : find_artifacts(run.file.folder, "labels")) {
    if (file.row != kRow) continue;
    const Array array = read_npy(file.file, allocate_in(services));
    if (array.view().rank() != 1 || array.view().dtype() != DType::kInt64 || array.view().rows() != count) continue;
    const auto values = array.view().vector<std::int64_t>();
    return std::pair(file.node, std::vector<std::int64_t>(values.begin(), values.end()));
  }
  return std::nullopt;
}

void add_map(PageWriter& page, const RunData& run, const Candidate& candidate, DataSource& source) {
  const FileRow& row = run.file.rows[kRow];
  const bool dataset = row.find(candidate.node)->use.starts_with("dataset/");
  const Map map = map_of(candidate, dataset ? source.examples(kRow, candidate.node)
                                            : source.features(kRow, candidate.node, candidate.output));
  SourceRows images;
  try {
    images = examples_behind(row, kRow, candidate.node, source);
  } catch (const std::runtime_error& error) {
    page.leave_out("Labels and images of the map", error.what());
  }
  const auto clusters = clusters_of(run, map.all);
  const bool labelled = static_cast<Index>(images.labels.size()) == map.all;
  if (!clusters && !labelled) throw std::runtime_error("its examples have neither labels nor clusters");
  page.begin_section("map", "Map of the features");
  if (run.file.rows.size() > 1) page.html().element("p", {{"class", "note"}}, row_text(row, kRow) + ".");
  const std::string sheet = images.example.empty() ? "" : add_images(page, map, images);
  page.html().open("div", {{"class", "charts"}});
  if (labelled) page.add_chart(chart_of(map, "By true class", "class", images.labels, sheet));
  if (clusters) page.add_chart(chart_of(map, "By cluster of " + clusters->first, "cluster", clusters->second, sheet));
  page.html().close();
  page.end_section();
}

}  // namespace

void add_map(PageWriter& page, const RunData& run, DataSource* source) {
  const std::vector<Candidate> candidates = candidates_of(run.file);
  if (candidates.empty()) return page.leave_out("Map of the features", "no node takes features");
  if (source == nullptr) return page.leave_out("Map of the features", "the page was made without looking for the data");
  std::string why;
  for (const Candidate& candidate : candidates) try {
      return add_map(page, run, candidate, *source);
    } catch (const std::runtime_error& error) {
      why += (why.empty() ? "" : "; ") + candidate.node + ": " + error.what();
    }
  page.leave_out("Map of the features", why);
}

}  // namespace shoal::host
