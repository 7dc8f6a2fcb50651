#include "framework/plugin/plugin_lock.h"

#include <fstream>

#include "framework/files/atomic_file.h"
#include "framework/plugin/digest.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

constexpr std::size_t kDigits = 64;

bool is_digest(const std::string& word) {
  return word.size() == kDigits && word.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string shortened(const std::string& digest) { return digest.substr(0, 8) + "…"; }

}  // namespace

std::optional<PluginLock> PluginLock::read(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  std::ifstream in(file);
  PluginLock lock;
  lock.file_ = file;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const std::string digest = line.substr(0, std::min(kDigits, line.size()));
    if (!is_digest(digest) || line.size() < kDigits + 3 || line.compare(kDigits, 2, "  ") != 0)
      throw InputError(
          text("{}:{}: wants a SHA-256, two spaces and the name of a plugin, got '{}'; `shoal plugins lock "
               "--update` writes it anew",
               file.string(), number, line));
    lock.digests_[line.substr(kDigits + 2)] = digest;
  }
  if (!in.eof()) throw InputError(text("{} cannot be read", file.string()));
  return lock;
}

PluginLock PluginLock::of(const std::vector<std::filesystem::path>& libraries) {
  PluginLock lock;
  for (const auto& library : libraries) lock.digests_[library.filename().string()] = digest_of_file(library);
  return lock;
}

std::optional<std::string> PluginLock::why_refused(const std::filesystem::path& library,
                                                   const std::string& sha256) const {
  const auto known = digests_.find(library.filename().string());
  if (known == digests_.end())
    return text("not in {}; `shoal plugins lock --update` takes it in, if you want it", file_.string());
  if (known->second == sha256) return std::nullopt;
  return text("changed since {} was written (sha256 {} → {}); `shoal plugins lock --update` if you meant it",
              file_.string(), shortened(known->second), shortened(sha256));
}

std::vector<std::string> PluginLock::differences(const PluginLock& now) const {
  std::map<std::string, std::string> out;
  for (const auto& [name, digest] : digests_)
    if (!now.digests_.contains(name)) out[name] = "is gone";
  for (const auto& [name, digest] : now.digests_) {
    const auto before = digests_.find(name);
    if (before == digests_.end()) out[name] = "is new";
    else if (before->second != digest) out[name] = "has changed";
  }
  std::vector<std::string> lines;
  for (const auto& [name, what] : out) lines.push_back(name + " " + what);
  return lines;
}

void PluginLock::write(const std::filesystem::path& file) const {
  std::string out =
      "# The plugins that experiments beside this file run with: `shoal plugins lock --update` writes it anew.\n";
  for (const auto& [name, digest] : digests_) out += digest + "  " + name + '\n';
  write_atomically(file, out);
}

}  // namespace shoal::host
