#include "framework/plugin/scan_cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "framework/files/atomic_file.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using nlohmann::json;

constexpr int kVersion = 2;

/// Changes whenever the file may have; empty where it is not there.
std::string stamp_of(const std::filesystem::path& file) {
  struct stat found = {};
  if (stat(file.c_str(), &found) != 0) return "";
  return text("{} {} {} {}", found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_ino);
}

json as_json(const ScanVerdict& verdict) {
  json components = json::array();
  for (const ScannedComponent& component : verdict.components)
    components.push_back({{"id", component.id}, {"summary", component.summary}});
  return {{"reason", verdict.reason ? json(*verdict.reason) : json(nullptr)},
          {"warnings", verdict.warnings},
          {"components", components}};
}

/// Throws json::exception for what as_json did not write.
ScanVerdict verdict_of(const json& written) {
  ScanVerdict out;
  if (!written.at("reason").is_null()) out.reason = written["reason"].get<std::string>();
  out.warnings = written.at("warnings").get<std::vector<std::string>>();
  for (const json& component : written.at("components"))
    out.components.push_back({component.at("id").get<std::string>(), component.at("summary").get<std::string>()});
  return out;
}

}  // namespace

ScanCache::ScanCache(std::filesystem::path file, const std::filesystem::path& judge)
    : file_(std::move(file)), judge_(stamp_of(judge)), entries_(read()) {}

std::map<std::string, ScanCache::Entry> ScanCache::read() const {
  std::map<std::string, Entry> out;
  std::ifstream in(file_);
  const json document = json::parse(in, nullptr, false);
  try {
    if (document.is_discarded() || document.at("version") != kVersion) return out;
    for (const auto& [library, entry] : document.at("libraries").items()) {
      Entry read{entry.at("stamp").get<std::string>()};
      if (const json& verdict = entry.at("verdict"); !verdict.is_null()) read.verdict = verdict_of(verdict);
      for (const auto& [other, clash] : entry.at("clashes").items())
        read.clashes[other] = {clash.at("stamp").get<std::string>(), clash.at("reason").get<std::string>()};
      out[library] = std::move(read);
    }
  } catch (const json::exception&) {
    out.clear();
  }
  return out;
}

std::optional<ScanVerdict> ScanCache::find(const std::filesystem::path& library,
                                           const std::vector<std::filesystem::path>& together) const {
  const auto found = entries_.find(library.string());
  if (found == entries_.end() || found->second.stamp != stamp_of(library) + " by " + judge_) return std::nullopt;
  for (const auto& [other, clash] : found->second.clashes)
    if (std::find(together.begin(), together.end(), other) != together.end() && clash.stamp == stamp_of(other))
      return ScanVerdict{.reason = clash.reason, .beside = other};
  return found->second.verdict;
}

void ScanCache::put(const std::filesystem::path& library, const ScanVerdict& verdict) {
  if (!verdict.lasting) return;
  const std::string stamp = stamp_of(library) + " by " + judge_;
  Entry& entry = entries_[library.string()];
  if (entry.stamp != stamp) entry = {stamp};
  if (verdict.beside.empty()) entry.verdict = verdict;
  else entry.clashes[verdict.beside.string()] = {stamp_of(verdict.beside), verdict.reason.value_or("")};
  added_[library.string()] = entry;
}

void ScanCache::save() {
  if (file_.empty() || added_.empty()) return;
  entries_ = read();
  for (const auto& [library, entry] : added_) entries_[library] = entry;
  added_.clear();
  json libraries = json::object();
  for (const auto& [library, entry] : entries_) {
    if (stamp_of(library).empty()) continue;
    json clashes = json::object();
    for (const auto& [other, clash] : entry.clashes)
      clashes[other] = {{"stamp", clash.stamp}, {"reason", clash.reason}};
    libraries[library] = {{"stamp", entry.stamp},
                          {"verdict", entry.verdict ? as_json(*entry.verdict) : json(nullptr)},
                          {"clashes", clashes}};
  }
  const std::string document =
      json{{"version", kVersion}, {"libraries", libraries}}.dump(1, ' ', false, json::error_handler_t::replace);
  try {
    make_folders(file_.parent_path());
    AtomicFile file(text("{}.{}", file_.string(), getpid()), file_);
    file.write(document + '\n');
    file.commit();
  } catch (const std::system_error&) {  // then they are tried again
  }
}

void ScanCache::forget() {
  entries_.clear();
  added_.clear();
  std::error_code error;
  if (!file_.empty()) std::filesystem::remove(file_, error);
}

}  // namespace shoal::host
