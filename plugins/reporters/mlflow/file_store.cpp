#include "file_store.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <system_error>

#include "shoal/error.h"

namespace mlflow {
namespace {

namespace fs = std::filesystem;

/// Text in quotes, as YAML and JSON both read it.
std::string in_quotes(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

long long milliseconds(double time) { return std::llround(time * 1000); }

std::string uri_of(const fs::path& folder) { return "file://" + fs::absolute(folder).lexically_normal().string(); }

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  shoal::require(!error, "cannot create {}: {}", folder.string(), error.message());
}

/// Whole or not at all: others may be reading.
void write_file(const fs::path& file, const std::string& text) {
  const fs::path draft = file.string() + ".partial";
  std::ofstream out(draft, std::ios::binary);
  out << text;
  out.close();
  std::error_code error;
  if (out) fs::rename(draft, file, error);
  shoal::require(out.good() && !error, "cannot write {}", file.string());
}

/// FNV-1a, 64 bits: an id that every process gives to the same name.
std::string id_of(const std::string& name) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return std::to_string(hash % 1000000000000000000u);
}

/// "name: x" or "name: 'x'" of a meta.yaml.
bool is_named(const fs::path& meta, const std::string& name) {
  std::ifstream in(meta);
  for (std::string line; std::getline(in, line);)
    if (line == "name: " + name || line == "name: '" + name + "'" || line == "name: " + in_quotes(name)) return true;
  return false;
}

std::string new_id() {
  std::random_device chance;  // names a folder, nothing else
  std::string out;
  char digits[9];
  for (int i = 0; i < 4; ++i) {
    std::snprintf(digits, sizeof(digits), "%08x", chance());
    out += digits;
  }
  return out;
}

std::string number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char out[32];
  return {out, std::to_chars(out, out + sizeof(out), value).ptr};
}

}  // namespace

std::string as_key(std::string name) {
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-' && c != '.' && c != ' ') c = '_';
  return name;
}

fs::path experiment_folder(const fs::path& store, const std::string& name, double time) {
  make_folder(store);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(store, error))
    if (is_named(entry.path() / "meta.yaml", name)) return entry.path();
  const std::string id = id_of(name);
  const fs::path folder = store / id;
  shoal::require(!fs::exists(folder / "meta.yaml", error), "{} is of another experiment than '{}'", folder.string(),
                 name);
  make_folder(folder);
  write_file(folder / "meta.yaml",
             shoal::text("artifact_location: {}\ncreation_time: {}\nexperiment_id: '{}'\nlast_update_time: {}\n"
                         "lifecycle_stage: active\nname: {}\n",
                         in_quotes(uri_of(folder)), milliseconds(time), id, milliseconds(time), in_quotes(name)));
  return folder;
}

Run::Run(const fs::path& experiment, std::string name, const fs::path& artifacts, double time)
    : name_(std::move(name)),
      id_(new_id()),
      experiment_(experiment.filename().string()),
      artifacts_(uri_of(artifacts)),
      began_(time) {
  folder_ = experiment / id_;
  // Without a folder of that name MLflow takes it for no run, wherever its artifacts are.
  for (const char* part : {"params", "metrics", "tags", "artifacts"}) make_folder(folder_ / part);
  write_meta(kRunning, 0);
  tag("mlflow.runName", name_);
  tag("mlflow.source.type", "LOCAL");
}

void Run::write_meta(Status status, double end) {
  write_file(
      folder_ / "meta.yaml",
      shoal::text("artifact_uri: {}\nend_time: {}\nentry_point_name: ''\nexperiment_id: '{}'\nlifecycle_stage: "
                  "active\nrun_id: {}\nrun_name: {}\nrun_uuid: {}\nsource_name: ''\nsource_type: 4\n"
                  "source_version: ''\nstart_time: {}\nstatus: {}\ntags: []\nuser_id: ''\n",
                  in_quotes(artifacts_), end > 0 ? std::to_string(milliseconds(end)) : "null", experiment_,
                  in_quotes(id_), in_quotes(name_), in_quotes(id_), milliseconds(began_), static_cast<int>(status)));
}

void Run::param(const std::string& key, const std::string& value) {
  write_file(folder_ / "params" / as_key(key), value);
}
void Run::tag(const std::string& key, const std::string& value) { write_file(folder_ / "tags" / as_key(key), value); }

void Run::metric(const std::string& key, double value, std::int64_t step, double time) {
  pending_[as_key(key)] += shoal::text("{} {} {}\n", milliseconds(time), number(value), step);
}

void Run::flush() {
  for (const auto& [key, lines] : pending_) {
    const fs::path file = folder_ / "metrics" / key;
    std::ofstream out(file, std::ios::binary | std::ios::app);
    out << lines << std::flush;
    shoal::require(out.good(), "cannot write {}", file.string());
  }
  pending_.clear();
}

void Run::end(Status status, double time) {
  flush();
  write_meta(status, time);
}

}  // namespace mlflow
