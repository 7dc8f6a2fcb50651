// shoal_fit: fits one clusterer, of any plugin, to an .npy file and prints one JSON line.
//
//     shoal_fit --data x.npy --init rows.npy --threads 2 --repeat 3 k=100 tol=0 max_iter=100
//
// It does what a node of an experiment does, and nothing else: the component is made from checked parameters through
// the plugin border, each repeat from the same seed. `seconds` is the call of fit alone.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "framework/config/overrides.h"
#include "framework/graph/parameters.h"
#include "framework/plugin/places.h"
#include "framework/plugin/registry.h"
#include "framework/store/npy_file.h"
#include "npy.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/sums.h"
#include "shoal/kernels/within_cluster.h"

namespace {

using Json = nlohmann::ordered_json;
using shoal::Array;
using shoal::ConstArray;
using shoal::Index;
using shoal::InputError;
using shoal::text;
namespace config = shoal::config;
namespace host = shoal::host;

struct Options {
  std::string component = "clusterer/kmeans", data, init, labels, centroids;
  std::vector<std::string> plugins, plugin_path, parameters;
  std::int64_t seed = 0;
  int threads = 2, repeat = 1;
  bool seeding_only = false;
};

Options parse(CLI::App& app, int argc, char** argv) {
  Options options;
  app.add_option("--component", options.component, "The clusterer")->capture_default_str()->type_name("ID");
  app.add_option("--data", options.data, "Features (N, D): uint8, float32 or float64")->required()->type_name("NPY");
  app.add_option("--init", options.init, "Initial centroids (K, D), or (K) int64: numbers of rows of the data")
      ->type_name("NPY");
  app.add_option("--plugin", options.plugins, "A plugin's library, taken before all others")->type_name("FILE");
  app.add_option("--plugin-path", options.plugin_path, "A folder of plugins, looked at first")->type_name("DIR");
  app.add_option("--threads", options.threads, "Threads")->capture_default_str()->check(CLI::Range(1, 1024));
  app.add_option("--repeat", options.repeat, "Fits, each by a component made anew")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--seed", options.seed, "The experiment's seed")->capture_default_str();
  app.add_option("--labels", options.labels, "Write the labels (N) int64")->type_name("NPY");
  app.add_option("--centroids", options.centroids, "Write the centroids (K, D)")->type_name("NPY");
  app.add_flag("--seeding-only", options.seeding_only, "Only greedy k-means++, of k=…: its seconds and potential");
  app.add_option("parameter", options.parameters, "The component's parameters, as in an experiment file")
      ->type_name("NAME=VALUE");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

/// What the component says, without the progress.
class Listener final : public host::Listener {
 public:
  void progress(const std::string&, std::int64_t, std::int64_t) override {}
  void scalar(const std::string&, double, std::int64_t) override {}
  void log(shoal::Level level, const std::string& line) override {
    const char* const names[] = {"debug", "info", "warning"};
    const std::lock_guard lock(mutex_);
    lines_.push_back(names[static_cast<int>(level)] + (": " + line));
  }
  Json lines() const { return lines_; }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// VmHWM, VmRSS … of this process, in bytes; 0 where the system does not say.
std::int64_t memory(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(field + ":")) return std::stoll(line.substr(field.size() + 1)) * 1024;
  return 0;
}

/// Makes VmHWM start again from what is used now.
void forget_peak_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }

constexpr Index kFew = 1000;  // rows that contestants.py warms up with, too

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

host::ComponentEntry find_component(host::Registry& registry, const Options& options) {
  for (const auto& file : options.plugins) registry.load_file(file);
  if (!registry.refusals().empty())
    throw InputError(registry.refusals()[0].file.string() + ": " + registry.refusals()[0].reason);
  if (registry.find(options.component).empty())
    for (const auto& folder : host::plugin_folders(options.plugin_path)) {
      registry.load_folder(folder);
      if (!registry.find(options.component).empty()) break;
    }
  const auto found = registry.find(options.component);
  if (!found.empty()) return found[0];  // of several libraries the first
  std::string message =
      text("there is no '{}' in the folders that were looked at (--plugin, --plugin-path)", options.component);
  for (const host::Refusal& refusal : registry.refusals())
    if (refusal.damaged) message += "\n  refused: " + refusal.file.string() + ": " + refusal.reason;
  throw InputError(message);
}

/// The component's parameters from NAME=VALUE; throws InputError with what the host would print.
std::shared_ptr<const host::Parameters> read_parameters(const shoal_component& component, const Options& options) {
  config::Diagnostics diagnostics;
  const auto said = config::Source::command_line(options.parameters);
  config::Value with = config::Value::make_map();
  for (const config::Override& change : config::parse_overrides(said, diagnostics)) {
    if (change.kind != config::Override::Kind::set || change.written.segments.size() != 1)
      diagnostics.error("C210", change.written.place, "wanted is NAME=VALUE");
    else with.set(change.written.segments[0].key, change.value, change.written.place);
  }
  auto parameters = host::check_parameters(component, &with, {}, ".", diagnostics);
  if (diagnostics.has_errors()) throw InputError(config::render(diagnostics));
  return parameters;
}

Json to_json(const host::Parameters& parameters) {
  Json out = Json::object();
  for (std::size_t i = 0; i < parameters.count(); ++i) {
    const shoal_value& value = parameters.values()[i];
    Json& to = out[parameters.declared()[i]->name];
    switch (value.type) {
      case SHOAL_NULL: to = nullptr; break;
      case SHOAL_BOOL: to = value.as.integer != 0; break;
      case SHOAL_INT: to = value.as.integer; break;
      case SHOAL_REAL: to = value.as.real; break;
      default: to = host::describe_value(value);
    }
  }
  return out;
}

/// The initial centroids; nothing without --init. `rows` keeps those that are named by row.
std::optional<ConstArray> initial_centroids(const Array& init, ConstArray features, shoal::RowMatrix<double>& rows) {
  if (!init) return std::nullopt;
  if (init.view().rank() == 2) return init.view();
  const auto which = init.view().vector<Index>();
  for (const Index row : which)
    shoal::require(0 <= row && row < features.rows(), "--init names row {} of {}", row, features.rows());
  rows = shoal::kernels::take_rows(features, which);
  return ConstArray(rows);
}

bool same(ConstArray a, ConstArray b) {
  return a.size() == b.size() &&
         std::memcmp(a.bytes(), b.bytes(), static_cast<std::size_t>(a.size() * shoal::bytes_of(a.dtype()))) == 0;
}

void describe_result(Json& out, const shoal::Context& context, ConstArray features, const shoal::Clustering& found) {
  const auto labels = found.labels.view().vector<Index>();
  std::vector<Index> sizes(static_cast<std::size_t>(found.clusters), 0);
  for (const Index label : labels)
    if (label >= 0) ++sizes[static_cast<std::size_t>(label)];
  out["iterations"] = found.iterations;
  out["converged"] = found.converged;
  out["inertia"] = shoal::kernels::within_cluster_sum(
      context, features, labels, found.clusters,
      found.centroids ? std::optional<ConstArray>(found.centroids->view()) : std::nullopt);
  out["smallest_cluster"] = *std::min_element(sizes.begin(), sizes.end());
  out["largest_cluster"] = *std::max_element(sizes.begin(), sizes.end());
}

/// Starts the threads and brings the plugin's code into memory, as a small fit does for the other programs.
void fit_a_few(const host::ComponentEntry& entry, host::NodeContext& node, const Options& options,
               const Array& features) {
  const bool takes_k = std::any_of(options.parameters.begin(), options.parameters.end(),
                                   [](const std::string& parameter) { return parameter.starts_with("k="); });
  if (!takes_k || features.rows() < kFew) return;
  Options few = options;
  few.parameters = {"k=2"};
  const auto parameters = read_parameters(*entry.component, few);
  const host::Instance instance(entry, node.context(), parameters->values());
  shoal::ClustererProxy clusterer{shoal::Object(instance.object())};
  clusterer.fit(node.context(), {.features = features.view().slice(0, kFew)});
}

/// Fits `repeat` times and says what the last one found; all must have found the same.
Json fit(host::Services& services, const Options& options, const Array& features) {
  host::Registry registry(services);
  const host::ComponentEntry entry = find_component(registry, options);
  const auto parameters = read_parameters(*entry.component, options);
  shoal::RowMatrix<double> rows;
  const Array init = options.init.empty() ? Array() : shoal::benchmarks::read_npy(services, options.init);
  const shoal::FitInput input{.features = features, .init = initial_centroids(init, features, rows)};

  Json out{{"component", options.component},
           {"plugin", entry.library->file.string()},
           {"parameters", to_json(*parameters)},
           {"seed", options.seed},
           {"seconds", Json::array()}};
  Listener listener;
  host::NodeContext silent(services, host::node_seed(options.seed, "fit"), nullptr);
  host::NodeContext heard(services, host::node_seed(options.seed, "fit"), &listener);
  fit_a_few(entry, silent, options, features);
  forget_peak_memory();
  const std::int64_t memory_before = memory("VmRSS");
  shoal::Clustering found;
  bool repeats_agree = true;
  for (int i = 0; i < options.repeat; ++i) {
    shoal::Context& context = i == 0 ? heard.context() : silent.context();
    const host::Instance instance(entry, context, parameters->values());
    shoal::ClustererProxy clusterer{shoal::Object(instance.object())};
    shoal::Clustering now;
    out["seconds"].push_back(seconds_of([&] { now = clusterer.fit(context, input); }));
    repeats_agree = repeats_agree && (i == 0 || same(found.labels, now.labels));
    found = std::move(now);
  }
  out["peak_rss_bytes"] = memory("VmHWM");
  out["rss_before_bytes"] = memory_before;
  out["repeats_agree"] = repeats_agree;
  describe_result(out, silent.context(), features, found);
  out["k"] = found.clusters;
  out["log"] = listener.lines();
  if (!options.labels.empty()) shoal::host::write_npy(options.labels, found.labels);
  if (!options.centroids.empty()) {
    shoal::require(found.centroids.has_value(), "{} has no centroids to write", options.component);
    shoal::host::write_npy(options.centroids, *found.centroids);
  }
  return out;
}

/// Chooses seeds `repeat` times, from seed, seed + 1 … : a potential alone says little.
Json seed(host::Services& services, const Options& options, const Array& features) {
  Index k = 0;
  for (const std::string& parameter : options.parameters)
    if (parameter.starts_with("k=")) k = std::atoll(parameter.c_str() + 2);
  shoal::require(options.parameters.size() == 1 && k >= 1 && k <= features.rows(),
                 "--seeding-only takes one parameter, k=1 … {}", features.rows());
  Json out{{"kernel", "greedy_kmeans_plus_plus"}, {"k", k}, {"seconds", Json::array()}, {"potential", Json::array()}};
  std::vector<Index> labels(static_cast<std::size_t>(features.rows()));
  std::vector<double> squared_distance(labels.size());
  for (int i = 0; i < options.repeat; ++i) {
    host::NodeContext node(services, host::node_seed(options.seed + i, "fit"), nullptr);
    const shoal::Context& context = node.context();
    std::vector<Index> rows;
    out["seconds"].push_back(seconds_of(
        [&] { rows = shoal::kernels::greedy_kmeans_plus_plus(context, features, k, context.random("init").fork(0)); }));
    shoal::kernels::nearest(context, features, ConstArray(shoal::kernels::take_rows(features, rows)),
                            shoal::MutableArray(labels), squared_distance);
    out["potential"].push_back(shoal::kernels::sum_in_blocks(squared_distance));
  }
  return out;
}

void run(const Options& options) {
  host::Services services(options.threads);
  const Array features = shoal::benchmarks::read_npy(services, options.data);
  shoal::require_features(features);
  Json out = options.seeding_only ? seed(services, options, features) : fit(services, options, features);
  out["n"] = features.rows();
  out["d"] = features.cols();
  out["dtype"] = shoal::name(features.dtype());
  out["threads"] = options.threads;
  std::cout << out.dump() << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Fits one clusterer to an .npy file and prints one JSON line", "shoal_fit");
  const Options options = parse(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    std::cerr << "shoal_fit: " << error.what() << "\n";
    return 1;
  }
}
