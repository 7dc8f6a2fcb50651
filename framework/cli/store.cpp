// shoal store: what is kept between runs.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "framework/cli/open_store.h"
#include "framework/cli/options.h"
#include "framework/config/scalars.h"
#include "framework/report/text_table.h"
#include "shoal/error.h"

namespace shoal::cli {
namespace {

std::string describe_bytes(std::int64_t bytes) {
  const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  for (; value >= 1000 && unit < 4; ++unit) value /= 1000;
  char out[32];
  std::snprintf(out, sizeof(out), unit == 0 ? "%.0f %s" : "%.3g %s", value, units[unit]);
  return out;
}

std::string describe_seconds(double seconds) {
  char out[32];
  std::snprintf(out, sizeof(out), seconds < 10 ? "%.2f" : "%.0f", seconds);
  return out;
}

std::string describe_age(std::filesystem::file_time_type used) {
  const double seconds = std::chrono::duration<double>(std::filesystem::file_time_type::clock::now() - used).count();
  if (seconds < 90) return "now";
  if (seconds < 5400) return text("{} min", static_cast<int>(seconds / 60));
  if (seconds < 172800) return text("{} h", static_cast<int>(seconds / 3600));
  return text("{} d", static_cast<int>(seconds / 86400));
}

/// config::quantity_of, with a message where there is nothing.
std::optional<double> read_quantity(const std::string& written, const char* option,
                                    std::span<const config::Unit> units) {
  const auto found = config::quantity_of(written, units);
  if (found) return found;
  std::string known;
  for (const auto& [letter, factor] : units) known += (known.empty() ? "" : ", ") + std::string(1, letter);
  std::fprintf(stderr, "shoal: error: %s wants a number below a million and one of %s, got '%s'\n", option,
               known.c_str(), written.c_str());
  return std::nullopt;
}

void print_results(const std::vector<host::Store::Listed>& results) {
  std::vector<std::vector<std::string>> lines = {{"key", "node", "component", "experiment", "seconds", "size", "used"}};
  for (const auto& [manifest, used, bytes] : results)
    lines.push_back({manifest.key.substr(0, 12), manifest.node,
                     manifest.parts.size() > 1 ? manifest.parts[1].second : "", manifest.experiment,
                     describe_seconds(manifest.seconds), describe_bytes(bytes), describe_age(used)});
  std::fputs(host::align_columns(lines, {false, false, false, false, true, true, true}, 2).c_str(), stdout);
}

void print_unfinished(const std::vector<host::Store::Unfinished>& checkpoints) {
  std::vector<std::vector<std::string>> lines = {
      {"checkpoint", "node", "component", "experiment", "seconds", "size", "written"}};
  const auto or_dash = [](const std::string& word) { return word.empty() ? "-" : word; };
  for (const host::Store::Unfinished& each : checkpoints)
    lines.push_back({each.key.substr(0, 12), or_dash(each.node), or_dash(each.component), or_dash(each.experiment),
                     describe_seconds(each.seconds), describe_bytes(each.bytes), describe_age(each.written)});
  std::fputs(host::align_columns(lines, {false, false, false, false, true, true, true}, 2).c_str(), stdout);
}

/// ", 2 checkpoints of unfinished work", or "".
std::string describe_checkpoints(std::int64_t count) {
  return count == 0 ? "" : text(", {} checkpoint{} of unfinished work", count, count == 1 ? "" : "s");
}

}  // namespace

int list_store(const Options&) {
  const auto store = open_store();
  if (!store) return kWrongInput;
  const auto results = store->list();
  if (!results.empty()) print_results(results);
  const auto checkpoints = store->checkpoints();
  if (!checkpoints.empty()) print_unfinished(checkpoints);
  const std::string unfinished = describe_checkpoints(static_cast<std::int64_t>(checkpoints.size()));
  std::printf("%zu results%s, %s in %s\n", results.size(), unfinished.c_str(), describe_bytes(store->size()).c_str(),
              store->folder().string().c_str());
  return kDone;
}

int show_stored(const Options& options) {
  const auto store = open_store();
  if (!store) return kWrongInput;
  std::size_t found = 0;
  for (const auto& listed : store->list()) {
    const host::Manifest& manifest = listed.manifest;
    if (!manifest.key.starts_with(options.key)) continue;
    ++found;
    std::printf("%s\n  node '%s' of '%s', %s, %.3g s on %d threads, %s\n", manifest.key.c_str(), manifest.node.c_str(),
                manifest.experiment.c_str(), manifest.written.c_str(), manifest.seconds, manifest.threads,
                describe_bytes(listed.bytes).c_str());
    for (const auto& [name, value] : manifest.parts) std::printf("  %-20s %s\n", name.c_str(), value.c_str());
    if (const auto values = manifest.outputs.find("values"); values != manifest.outputs.end())
      for (const auto& [name, value] : values->items())
        std::printf("  → %-18s %s\n", name.c_str(), value.dump().substr(0, 120).c_str());
  }
  if (found > 0) return kDone;
  std::fprintf(stderr, "shoal: error: the store has no result whose key begins with '%s'\n", options.key.c_str());
  return kWrongInput;
}

int verify_store(const Options&) {
  const auto store = open_store();
  if (!store) return kWrongInput;
  host::Services services(host::usable_processors());
  const auto found = store->verify(host::allocate_in(services), services.pool);
  std::fputs(text("{} results were damaged and are out of use", found.damaged).c_str(), stdout);
  if (found.unreadable == 0) std::fputs(text(", {} are good", store->list().size()).c_str(), stdout);
  std::fputs("\n", stdout);
  if (found.checkpoints + found.damaged_checkpoints + found.at_work > 0)
    std::fputs(text("{} checkpoints were damaged and are out of use, {} are good, {} belong to work that goes on\n",
                    found.damaged_checkpoints, found.checkpoints, found.at_work)
                   .c_str(),
               stdout);
  if (found.unreadable > 0) std::fputs(text("{} files could not be read now\n", found.unreadable).c_str(), stdout);
  return found.damaged + found.damaged_checkpoints + found.unreadable == 0 ? kDone : kRunFailed;
}

int prune_store(const Options& options) {
  host::Store::PruneOptions what{.dry_run = options.dry_run};
  if (!options.older.empty()) {
    static constexpr config::Unit kAges[] = {{'h', 3600}, {'d', 86400}, {'w', 604800}};
    what.older_seconds = read_quantity(options.older, "--older", kAges);
    if (!what.older_seconds) return kWrongInput;
  }
  if (!options.max_size.empty()) {
    const auto bytes = read_quantity(options.max_size, "--max-size", config::kByteUnits);
    if (!bytes) return kWrongInput;
    what.max_bytes = static_cast<std::int64_t>(*bytes);
  }
  if (options.older.empty() && options.max_size.empty()) {
    std::fprintf(stderr, "shoal: error: say what may go, by --older AGE or --max-size SIZE\n");
    return kWrongInput;
  }
  const auto store = open_store();
  if (!store) return kWrongInput;
  const auto pruned = store->prune(what);
  if (!pruned.results.empty()) print_results(pruned.results);
  if (!pruned.checkpoints.empty()) print_unfinished(pruned.checkpoints);
  const std::string unfinished = describe_checkpoints(static_cast<std::int64_t>(pruned.checkpoints.size()));
  std::printf("%zu results%s %s, %s\n", pruned.results.size(), unfinished.c_str(),
              options.dry_run ? "would go" : "are gone", describe_bytes(pruned.bytes).c_str());
  return kDone;
}

}  // namespace shoal::cli
