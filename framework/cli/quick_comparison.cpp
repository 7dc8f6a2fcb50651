#include "framework/cli/quick_comparison.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "framework/config/emit.h"
#include "framework/run/artifacts.h"
#include "shoal/error.h"
#include "shoal/nearest_name.h"

namespace shoal::cli {
namespace {

using config::Value;
namespace fs = std::filesystem;

/// Which dataset reads a file, and its parameter for the true classes: another file, or a column or array of the same.
struct Reader {
  std::string_view extension, component, labels;
  bool labels_are_a_file;
};
constexpr std::array kReaders = {Reader{".npy", "dataset/npy", "labels", true},
                                 Reader{".npz", "dataset/npz", "labels", false},
                                 Reader{".csv", "dataset/csv", "label", false},
                                 Reader{".tsv", "dataset/csv", "label", false},
                                 Reader{".parquet", "dataset/parquet", "label", false},
                                 Reader{".safetensors", "dataset/safetensors", "labels", false},
                                 Reader{".fvecs", "dataset/fvecs", "labels", true},
                                 Reader{".bvecs", "dataset/fvecs", "labels", true}};

Value plain(const std::string& text) { return Value::make_plain(text); }

Value map_of(std::initializer_list<std::pair<const char*, Value>> entries) {
  Value out = Value::make_map();
  for (const auto& [key, value] : entries) out.set(key, value);
  return out;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool has_parameter(const host::ComponentEntry& entry, std::string_view name) {
  for (const shoal_param* const* p = entry.component->params; p != nullptr && *p != nullptr; ++p)
    if (name == (*p)->name) return true;
  return false;
}

/// A name as nodes, folders and experiments have it.
std::string name_of(const std::string& data) {
  std::string out;
  for (const char c : lower(fs::path(data).stem().string())) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (good) out += c;
    else if (!out.empty() && out.back() != '-') out += '-';
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return "compare-" + (out.empty() ? "data" : out);
}

Value points_of(const QuickComparison& wanted, const host::Registry& registry) {
  std::error_code error;
  const fs::path path = fs::absolute(wanted.data, error).lexically_normal();
  const bool named = !registry.find("dataset/" + wanted.data).empty(), folder = fs::is_directory(path, error);
  if (!wanted.labels.empty() && (named || folder))
    throw InputError(text("'{}' has labels of its own, or none: --labels is for files", wanted.data));
  if (named) return map_of({{"use", Value::make_text("dataset/" + wanted.data)}});
  if (folder)
    return map_of({{"use", Value::make_text("dataset/image-folder")},
                   {"with", map_of({{"path", Value::make_text(path.string())}})}});
  const std::string extension = lower(path.extension().string());
  const auto reader =
      std::find_if(kReaders.begin(), kReaders.end(), [&](const Reader& r) { return r.extension == extension; });
  if (reader == kReaders.end()) {
    std::string known;
    for (const Reader& r : kReaders) known += (known.empty() ? "" : ", ") + std::string(r.extension);
    throw InputError(
        text("no dataset reads '{}': it is no folder of images, its name does not end in {}, and no dataset is "
             "called so (docs/experiment-files.md says how other files are converted)",
             wanted.data, known));
  }
  if (!fs::exists(path, error)) throw InputError(text("there is no file {}", path.string()));
  Value with = map_of({{"path", Value::make_text(path.string())}});
  if (!wanted.labels.empty())
    with.set(std::string(reader->labels),
             Value::make_text(reader->labels_are_a_file ? fs::absolute(wanted.labels, error).lexically_normal().string()
                                                        : wanted.labels));
  return map_of({{"use", Value::make_text(std::string(reader->component))}, {"with", std::move(with)}});
}

/// A clusterer as the user calls it, its component, and what a row of it sets.
struct Backend {
  std::string label;
  host::ComponentEntry entry;
  Value settings = Value::make_map();
  bool takes_k = false;
};

Backend find_backend(const std::string& wanted, const QuickComparison& comparison, const host::Registry& registry) {
  constexpr std::string_view kPython = "python:";
  const bool python = wanted.starts_with(kPython);
  std::string name = python ? "python" : wanted;
  if (name.starts_with("clusterer/")) name = name.substr(10);
  const auto found = registry.find("clusterer/" + name);
  if (found.empty()) {
    std::vector<std::string> known;
    for (const std::string& id : registry.ids())
      if (id.starts_with("clusterer/")) known.push_back(id.substr(10));
    std::string list;
    for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
    throw InputError(text("there is no clusterer '{}'{}; there are {}", name, did_you_mean(name, known), list));
  }
  Backend out{.label = python ? wanted.substr(kPython.size()) : name, .entry = found[0]};
  out.settings.set("groups.use", Value::make_text("clusterer/" + name));
  if (python) out.settings.set("groups.estimator", Value::make_text(wanted.substr(kPython.size())));
  if (comparison.same_start && !python && out.entry.has_trait("input:init"))  // of an estimator nobody knows
    out.settings.set("groups.in.init", Value::make_text("start.centroids"));
  out.takes_k = has_parameter(out.entry, "k");
  return out;
}

}  // namespace

Value experiment_of(const QuickComparison& wanted, const host::Registry& registry) {
  std::vector<Backend> backends;
  for (const std::string& name : wanted.clusterers) backends.push_back(find_backend(name, wanted, registry));
  if (backends.empty()) throw InputError("say which clusterers are compared: --clusterers kmeans,minibatch-kmeans");
  const bool any_k = std::any_of(backends.begin(), backends.end(), [](const Backend& b) { return b.takes_k; });
  if (any_k && wanted.k.empty()) throw InputError("say how many clusters are wanted: --k 10,100");

  // A dataset with a name has labels; whether a folder's images are in class folders shows when it is read.
  const bool labelled = !wanted.labels.empty() || !registry.find("dataset/" + wanted.data).empty();
  Value nodes = Value::make_map();
  nodes.set("points", points_of(wanted, registry));
  if (wanted.same_start)
    nodes.set("start", map_of({{"use", plain("clusterer/kmeans")},
                               {"in", map_of({{"data", plain("points")}})},
                               {"with", map_of({{"k", Value::make_integer(any_k ? wanted.k[0] : 1)},
                                                {"max_iter", Value::make_integer(1)}})}}));
  Value groups = map_of({{"use", Value::make_text("clusterer/" + std::string(backends[0].entry.id().substr(10)))},
                         {"in", map_of({{"data", plain("points")}})}});
  if (wanted.timeout_seconds > 0) groups.set("timeout", Value::make_real(wanted.timeout_seconds));
  nodes.set("groups", std::move(groups));
  if (labelled)
    nodes.set("quality",
              map_of({{"use", plain("metric/clustering")},
                      {"in", map_of({{"predicted", plain("groups.labels")}, {"labels", plain("points.labels")}})}}));

  Value axis = Value::make_map(), exclude = Value::make_list(), add = Value::make_list();
  for (const Backend& backend : backends) {
    axis.set(backend.label, backend.settings);
    if (backend.takes_k || !any_k) continue;  // one row of it, beside the others' one for each k
    exclude.items.push_back(map_of({{"backend", Value::make_text(backend.label)}}));
    add.items.push_back(map_of({{"backend", Value::make_text(backend.label)}}));
  }
  Value matrix = map_of({{"backend", std::move(axis)}});
  if (any_k) {
    Value k = Value::make_map();
    for (const std::int64_t one : wanted.k) {
      Value settings = map_of({{"groups.k", Value::make_integer(one)}});
      if (wanted.same_start) settings.set("start.k", Value::make_integer(one));
      k.set(std::to_string(one), std::move(settings));
    }
    matrix.set("k", std::move(k));
  }
  if (!exclude.items.empty()) matrix.set("exclude", std::move(exclude)), matrix.set("add", std::move(add));
  matrix.set("seeds", Value::make_integer(wanted.seeds.value_or(3)));

  Value report = Value::make_list({plain("groups.inertia")});
  if (labelled)
    for (const char* metric : {"quality.acc", "quality.nmi", "quality.ari"}) report.items.push_back(plain(metric));
  return map_of({{"shoal", Value::make_integer(1)},
                 {"name", Value::make_text(name_of(wanted.data))},
                 {"nodes", std::move(nodes)},
                 {"matrix", std::move(matrix)},
                 {"report", std::move(report)}});
}

fs::path write_experiment(const Value& experiment) {
  const std::string yaml = config::emit_yaml(experiment), name = experiment.find("name")->text;
  fs::create_directories("runs");
  for (int number = 1;; ++number) {
    const fs::path path = fs::path("runs") / (name + (number == 1 ? "" : "-" + std::to_string(number)) + ".yaml");
    std::ifstream in(path, std::ios::binary);
    if (!in) {
      host::write_atomically(path, yaml);
      return path;
    }
    if (std::string(std::istreambuf_iterator<char>(in), {}) == yaml) return path;
  }
}

}  // namespace shoal::cli
