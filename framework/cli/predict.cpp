// shoal predict: what a run trained, asked about new examples.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "framework/cli/using.h"
#include "framework/report/escape.h"
#include "framework/report/text_table.h"
#include "framework/store/npy_file.h"
#include "framework/use/answers.h"
#include "framework/use/new_examples.h"
#include "shoal/error.h"
#include "shoal/matrix.h"

namespace shoal::cli {
namespace {

using nlohmann::ordered_json;

/// What is said of one example.
struct Said {
  std::int64_t label = 0;
  std::string name = {};  // of the class; "" where there is none
  std::optional<double> probability = {};
  std::optional<std::int64_t> nearest = {};
  std::optional<double> distance = {};
};

/// Answers, and what they are about.
struct Prediction {
  const UsedRun& used;
  host::AnswerNode asked;
  std::vector<std::string> class_names;
  std::vector<std::string> examples;
  host::Answers answers;

  const char* what() const { return asked.classes ? "class" : "cluster"; }
  const host::GraphNode& node() const { return used.run().graph().nodes[asked.node]; }

  Said of(std::size_t i) const {
    Said out{.label = answers.labels[i]};
    const auto label = static_cast<std::size_t>(std::max<std::int64_t>(out.label, 0));
    if (out.label >= 0 && label < class_names.size()) out.name = class_names[label];
    if (answers.probabilities)
      out.probability = answers.probabilities->view().matrix<float>()(static_cast<Index>(i), out.label);
    if (!answers.nearest.empty()) out.nearest = answers.nearest[i], out.distance = answers.distance[i];
    return out;
  }
  bool names() const {  // that say more than the number
    for (std::size_t i = 0; i < class_names.size(); ++i)
      if (class_names[i] != std::to_string(i)) return true;
    return false;
  }
};

std::string number(const char* pattern, double value) {
  char out[64];
  std::snprintf(out, sizeof(out), pattern, value);
  return out;
}

std::vector<std::string> header_of(const Prediction& all) {
  std::vector<std::string> out = {"example", all.what()};
  if (all.names()) out.push_back("name");
  if (all.answers.probabilities) out.push_back("probability");
  if (!all.answers.nearest.empty()) out.insert(out.end(), {"nearest", "distance"});
  return out;
}

std::vector<std::string> cells_of(const Prediction& all, std::size_t i, const char* pattern) {
  const Said said = all.of(i);
  std::vector<std::string> out = {all.examples[i], std::to_string(said.label)};
  if (all.names()) out.push_back(said.name);
  if (said.probability) out.push_back(number(pattern, *said.probability));
  if (said.nearest) out.insert(out.end(), {std::to_string(*said.nearest), number(pattern, *said.distance)});
  return out;
}

std::string as_text(const Prediction& all) {
  std::vector<std::vector<std::string>> lines = {header_of(all)};
  for (std::size_t i = 0; i < all.examples.size(); ++i) lines.push_back(cells_of(all, i, "%.4g"));
  std::vector<bool> right(lines[0].size(), true);
  right[0] = false;
  if (all.names()) right[2] = false;
  return host::align_columns(lines, right, 2);
}

std::string as_csv(const Prediction& all) {
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : ",") + host::escape_csv(cells[i]);
    out += "\n";
  };
  line(header_of(all));
  for (std::size_t i = 0; i < all.examples.size(); ++i) line(cells_of(all, i, "%.9g"));
  return out;
}

std::string as_json(const Prediction& all) {
  const host::FinishedRun& run = all.used.run();
  ordered_json out = {{"run", run.folder().string()},
                      {"node", all.node().name},
                      {"row", run.row()},
                      {"seed", run.seed()},
                      {"answers", all.what()}};
  if (!all.class_names.empty()) out["class_names"] = all.class_names;
  out["examples"] = ordered_json::array();
  for (std::size_t i = 0; i < all.examples.size(); ++i) {
    const Said said = all.of(i);
    ordered_json one = {{"example", all.examples[i]}, {all.what(), said.label}};
    if (!said.name.empty()) one["name"] = said.name;
    if (said.probability) {
      one["probability"] = *said.probability;
      const auto row = all.answers.probabilities->view().slice(static_cast<Index>(i), static_cast<Index>(i) + 1);
      one["probabilities"] = std::vector<float>(row.data<float>(), row.data<float>() + row.cols());
    }
    if (said.nearest) one["nearest"] = *said.nearest, one["distance"] = *said.distance;
    out["examples"].push_back(std::move(one));
  }
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

void print(const Options& options, const Prediction& all) {
  if (options.format == "json") std::fputs(as_json(all).c_str(), stdout);
  else if (options.format == "csv") std::fputs(as_csv(all).c_str(), stdout);
  else std::fputs(as_text(all).c_str(), stdout);
}

/// The labels, (N) int64.
void write_labels(const std::string& file, const Prediction& all) {
  const auto n = static_cast<Index>(all.answers.labels.size());
  host::write_npy(file, ConstArray(all.answers.labels.data(), {n}));
  std::fprintf(stderr, "shoal: %s of %lld examples: %s\n", all.asked.classes ? "classes" : "clusters",
               static_cast<long long>(n), file.c_str());
}

}  // namespace

int predict(const Options& options) {
  const auto used = UsedRun::open(options);
  if (used == nullptr) return kWrongInput;
  const host::Restored restored(used->run(), used->services(), &used->listener());
  const host::AnswerNode asked = host::choose_answer_node(restored, options.node);
  const host::Looks looks = host::read_looks(used->run().artifact(asked.dataset, "looks.json"));
  const host::NewExamples examples = host::open_examples({.files = options.files, .resize = options.resize}, looks,
                                                         used->registry(), used->services(), &used->listener());
  for (const std::string& note : examples.notes) std::fprintf(stderr, "shoal: note: %s\n", note.c_str());
  for (const std::string& warning : examples.warnings) std::fprintf(stderr, "shoal: warning: %s\n", warning.c_str());
  const Prediction all{.used = *used,
                       .asked = asked,
                       .class_names = asked.classes ? looks.class_names : std::vector<std::string>{},
                       .examples = examples.names,
                       .answers = host::answer(restored, asked, examples.dataset)};
  for (const std::string& note : all.answers.notes) std::fprintf(stderr, "shoal: note: %s\n", note.c_str());
  if (options.out.empty() || options.format_given) print(options, all);
  if (!options.out.empty()) write_labels(options.out, all);
  return kDone;
}

}  // namespace shoal::cli
