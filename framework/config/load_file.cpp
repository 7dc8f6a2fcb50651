#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "framework/config/yaml.h"

namespace shoal::config {
namespace {

std::nullopt_t cannot_read(const std::string& path, const std::string& reason, Diagnostics& diagnostics,
                           const Place& asked_at) {
  const Place place = asked_at.source ? asked_at : Place{Source::file(path, "")};
  diagnostics.error("Y101", place, fmt::format("cannot read '{}': {}", path, reason));
  return std::nullopt;
}

std::string reason_of(int code) { return std::generic_category().message(code); }

}  // namespace

std::optional<Value> load_file(const std::string& path, Diagnostics& diagnostics, const Place& asked_at) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return cannot_read(path, "it is a folder", diagnostics, asked_at);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) return cannot_read(path, reason_of(errno), diagnostics, asked_at);

  // A little more than the limit is enough to see that it is passed; /dev/zero has no end.
  const YamlLimits limits;
  std::string text(limits.bytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return cannot_read(path, reason_of(errno), diagnostics, asked_at);
  auto asked = asked_at.source ? std::make_shared<const Place>(asked_at) : nullptr;
  return parse_yaml(Source::file(path, std::move(text), std::move(asked)), diagnostics, limits);
}

}  // namespace shoal::config
