#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "framework/plugin/services.h"
#include "framework/report/page/artifact_files.h"
#include "framework/report/page/data_behind.h"
#include "framework/report/page/feature_map.h"
#include "framework/report/page/image_sheet.h"
#include "framework/report/page/row_choice.h"
#include "framework/report/page/sections.h"
#include "framework/store/npy_file.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

constexpr Index kMostPoints = 1500;       // of the open row
constexpr Index kMostFoldedPoints = 500;  // of each folded one
constexpr std::size_t kMostFolded = 3;
constexpr std::size_t kMostColours = 20;

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

/// `labels` of all rows of the features; `tiles` of the points, in the images with that id.
Chart chart_of(const FeatureMap& map, const std::string& title, const std::string& kind,
               const std::vector<std::int64_t>& labels, const std::string& sheet,
               const std::vector<std::size_t>& tiles) {
  std::vector<std::int64_t> found;
  for (const Index row : map.rows) found.push_back(labels[static_cast<std::size_t>(row)]);
  std::vector<std::int64_t> all = found;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::vector<std::string> names;
  for (const std::int64_t label : all) names.push_back(fmt::format("{} {}", kind, label));
  std::string csv = "x,y,s,i,i_row\n";
  for (std::size_t i = 0; i < map.rows.size(); ++i)
    csv += fmt::format(
        "{:.4g},{:.4g},{},{},{}\n", map.points(static_cast<Index>(i), 0), map.points(static_cast<Index>(i), 1),
        std::lower_bound(all.begin(), all.end(), found[i]) - all.begin(), tiles.empty() ? i : tiles[i], map.rows[i]);
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

/// The images under the points, each sheet of them once on the page.
class MapImages {
 public:
  /// Where the images of the map's points are.
  struct Tiles {
    std::string sheet = {};               ///< "" where the examples are no images
    std::vector<std::size_t> tiles = {};  ///< of each point
  };

  /// In a sheet that has them all, or else in a new one.
  Tiles find_or_add(PageWriter& page, const FeatureMap& map, const SourceRows& images) {
    const auto form = image_form(images.example);
    if (!form || images.rows.rows() != map.all) return {};
    for (const Sheet& sheet : sheets_)
      if (auto tiles = tiles_in(sheet, map, images)) return {sheet.id, std::move(*tiles)};
    sheets_.push_back({page.id_of(fmt::format("map-images-{}", sheets_.size() + 1)), images, map.rows});
    add(page, sheets_.back(), *form);
    return {sheets_.back().id, *tiles_in(sheets_.back(), map, images)};
  }

 private:
  struct Sheet {
    std::string id = {};
    SourceRows images = {};        // kept, so that no other examples come to be where these are
    std::vector<Index> rows = {};  // of the tiles, rising
  };

  static std::optional<std::vector<std::size_t>> tiles_in(const Sheet& sheet, const FeatureMap& map,
                                                          const SourceRows& images) {
    if (images.keeper != sheet.images.keeper) return std::nullopt;
    std::vector<std::size_t> out;
    for (const Index row : map.rows) {
      const auto found = std::lower_bound(sheet.rows.begin(), sheet.rows.end(), row);
      if (found == sheet.rows.end() || *found != row) return std::nullopt;
      out.push_back(static_cast<std::size_t>(found - sheet.rows.begin()));
    }
    return out;
  }

  static void add(PageWriter& page, const Sheet& sheet, const ImageForm& form) {
    ImageSheet tiles(sheet.rows.size(), 40, form, form.channels == 3 ? 16 : 28);
    std::vector<std::vector<float>> drawn;
    float low = 0, high = 0;
    for (const Index row : sheet.rows) {
      drawn.push_back(row_of(sheet.images.rows, row));
      for (const float value : drawn.back())
        if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
    }
    for (std::size_t i = 0; i < drawn.size(); ++i) tiles.put(i, drawn[i], low, high);
    page.html().single("img", {{"hidden", ""},
                               {"alt", ""},
                               {"id", sheet.id},
                               {"src", tiles.data_uri()},
                               {"data-side", std::to_string(tiles.side())},
                               {"data-columns", std::to_string(tiles.columns())}});
  }

  std::vector<Sheet> sheets_;
};

/// Clusters of a row's examples, by the first node that gave some.
struct NamedLabels {
  std::string node = {};
  std::vector<std::int64_t> labels = {};
};
std::optional<NamedLabels> clusters_of(const std::vector<NodeArtifacts>& nodes, std::size_t row, Index count) {
  Services services(1);
  for (const NodeArtifacts& node : nodes) {
    if (node.by_row[row].empty()) continue;
    const Array array = read_npy(node.by_row[row], allocate_in(services));
    if (array.view().rank() != 1 || array.view().dtype() != DType::kInt64 || array.view().rows() != count) continue;
    const auto values = array.view().vector<std::int64_t>();
    return NamedLabels{node.node, {values.begin(), values.end()}};
  }
  return std::nullopt;
}

/// What the charts of a row show.
struct RowMap {
  MappedFeatures features = {};
  FeatureMap map = {};
  SourceRows examples = {};  ///< what the features were made of; no rows where they cannot be had
  std::optional<NamedLabels> clusters = {};
  bool has_classes() const { return static_cast<Index>(examples.labels.size()) == map.all; }
};

/// Makes them a row at a time.
class Maps {
 public:
  Maps(PageWriter& page, const RunFile& run, DataSource& source)
      : page_(page), run_(run), source_(source), labels_(by_node(run, find_artifacts(run.folder, "labels"))) {}

  /// Names what a row's map shows, as choose_rows wants it.
  std::string result_of(std::size_t row) const {
    const std::vector<MappedFeatures> features = mapped_features(run_.rows[row]);
    if (features.empty()) return "";
    std::string out = name_of(row, features[0]);
    for (const NodeArtifacts& node : labels_)
      if (!node.by_row[row].empty()) return out + " " + node.by_row[row].string();
    return out;
  }

  /// Of the first features of the row that can be mapped. Throws std::runtime_error  why there are none
  RowMap make(std::size_t row, Index most) {
    std::string why;
    for (const MappedFeatures& features : mapped_features(run_.rows[row])) try {
        return make(row, features, most);
      } catch (const std::runtime_error& error) {
        why += (why.empty() ? "" : "; ") + features.node + ": " + error.what();
      }
    throw std::runtime_error(why);
  }

  /// Its charts; by class only where no row with the same features had that before.
  void add_charts(std::size_t row, const RowMap& made, bool folded) {
    const auto [sheet, tiles] = images_.find_or_add(page_, made.map, made.examples);
    page_.html().open("div", {{"class", "charts"}});
    const auto add = [&](const std::string& title, const std::string& kind, const std::vector<std::int64_t>& labels) {
      Chart chart = chart_of(made.map, title, kind, labels, sheet, tiles);
      chart.folded = folded;
      page_.add_chart(std::move(chart));
    };
    if (made.has_classes() && by_class_.insert(name_of(row, made.features)).second)
      add("By true class", "class", made.examples.labels);
    if (made.clusters) add("By cluster of " + made.clusters->node, "cluster", made.clusters->labels);
    page_.html().close();
  }

 private:
  std::string name_of(std::size_t row, const MappedFeatures& features) const {
    const std::string& key = run_.rows[row].find(features.node)->key;
    return features.node + "." + features.output + " " + (key.empty() ? std::to_string(row) : key);
  }

  RowMap make(std::size_t row, const MappedFeatures& features, Index most) {
    const bool dataset = run_.rows[row].find(features.node)->use.starts_with("dataset/");
    RowMap out{.features = features};
    out.map = map_of(
        features.node,
        dataset ? source_.examples(row, features.node) : source_.features(row, features.node, features.output), most);
    try {
      out.examples = examples_behind(run_.rows[row], row, features.node, source_);
    } catch (const std::runtime_error& error) {
      page_.leave_out(fmt::format("Classes and images of the map of row {}", row + 1), error.what());
    }
    out.clusters = clusters_of(labels_, row, out.map.all);
    if (!out.clusters && !out.has_classes()) throw std::runtime_error("its examples have neither labels nor clusters");
    return out;
  }

  PageWriter& page_;
  const RunFile& run_;
  DataSource& source_;
  std::vector<NodeArtifacts> labels_;
  MapImages images_;
  std::set<std::string> by_class_;  // features that were shown by class
};

}  // namespace

void add_map(PageWriter& page, const RunData& run, std::optional<std::size_t> wanted, DataSource* source) {
  const std::string title = "Map of the features";
  const std::vector<FileRow>& rows = run.file.rows;
  if (source == nullptr) return page.leave_out(title, "the page was made without looking for the data");
  Maps maps(page, run.file, *source);
  const RowChoice choice = choose_rows(run.file, wanted, [&](std::size_t row) { return maps.result_of(row); });
  if (!choice.open)
    return page.leave_out(
        title, wanted ? fmt::format("no node of row {} takes features", *wanted + 1) : "no node takes features");
  std::optional<RowMap> open;
  try {
    open = maps.make(*choice.open, kMostPoints);
  } catch (const std::runtime_error& error) {
    return page.leave_out(
        title, rows.size() > 1 ? fmt::format("row {}: {}", *choice.open + 1, error.what()) : std::string(error.what()));
  }
  page.begin_section("map", title);
  if (rows.size() > 1)
    page.html().element("p", {{"class", "note"}}, describe_open(run.file, choice) + " " + how_chosen(run.file, wanted));
  page.html().element("p", {{"class", "note script-only"}},
                      "Images of examples: under the pointer, or by the arrow keys once a map is focused.");
  maps.add_charts(*choice.open, *open, /*folded=*/false);
  const std::size_t most = std::min(kMostFolded, choice.folded.size());
  for (std::size_t i = 0; i < most; ++i) try {
      const std::size_t row = choice.folded[i];
      const RowMap made = maps.make(row, kMostFoldedPoints);
      page.html().open("details", {{"class", "row"}}).element("summary", row_text(rows[row], row));
      maps.add_charts(row, made, /*folded=*/true);
      page.html().close();
    } catch (const std::runtime_error& error) {
      page.leave_out(fmt::format("Map of row {}", choice.folded[i] + 1), error.what());
    }
  const std::string rest = what_is_not_shown(choice, most);
  if (!rest.empty()) page.html().element("p", {{"class", "note"}}, rest);
  page.end_section();
}

}  // namespace shoal::host
