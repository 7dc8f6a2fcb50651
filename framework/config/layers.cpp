#include "framework/config/layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "framework/config/like.h"
#include "framework/config/merge.h"
#include "framework/config/yaml.h"

namespace shoal::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxDepth = 16;

// The other YAML files of the folder that `path` should be in, for "did you mean".
std::vector<std::string> neighbours_of(const fs::path& path) {
  std::vector<std::string> names;
  std::error_code error;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == path.extension()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Loader {
 public:
  explicit Loader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  std::optional<Value> load(const std::string& file, const Place& asked_at) {
    std::optional<Value> own = load_file(file, diagnostics_, asked_at);
    if (!own) return std::nullopt;
    if (!own->is_map()) {
      diagnostics_.error("K205", own->place, fmt::format("an experiment is a map, but this is {}", own->kind_name()));
      return std::nullopt;
    }
    open_.push_back(file);
    bool all_read = true;
    Value out = Value::make_map(own->place);
    for (const Value& name : bases_of(*own)) {
      std::optional<Value> base = load_base(file, name);
      all_read = all_read && base;
      if (base) lay_over(out, *std::move(base), {}, diagnostics_);
    }
    open_.pop_back();
    own->erase("base");
    lay_over(out, *std::move(own), {}, diagnostics_);
    return all_read ? std::optional(std::move(out)) : std::nullopt;
  }

 private:
  // What `base:` names; wrong entries are said and left out.
  std::vector<Value> bases_of(const Value& file) {
    const Value* base = file.find("base");
    if (base == nullptr) return {};
    if (!base->tag.empty()) {
      diagnostics_.error("Y113", base->place, fmt::format("{} means nothing at 'base'", base->tag));
    }
    std::vector<Value> names = base->is_list() ? base->items : std::vector<Value>{*base};
    std::erase_if(names, [&](const Value& name) {
      if (name.is_scalar() && !name.text.empty()) return false;
      diagnostics_.error("K205", name.place,
                         fmt::format("'base' wants a file or a list of files, got {}", name.kind_name()));
      return true;
    });
    return names;
  }

  std::optional<Value> load_base(const std::string& file, const Value& name) {
    const fs::path path = (fs::path(file).parent_path() / name.text).lexically_normal();
    std::error_code error;
    if (!fs::exists(path, error)) {
      const std::string nearest = did_you_mean(path.filename().string(), neighbours_of(path));
      diagnostics_.error(
          "C201", name.place, fmt::format("there is no file '{}'{}", name.text, nearest),
          {{fmt::format("looked for {}; a base is named relative to the file that says it", path.string()),
            std::nullopt}});
      return std::nullopt;
    }
    const auto same = [&](const std::string& other) { return fs::equivalent(other, path, error); };
    if (const auto first = std::find_if(open_.begin(), open_.end(), same); first != open_.end()) {
      std::string chain;
      for (auto at = first; at != open_.end(); ++at) chain += *at + " → ";
      diagnostics_.error("C202", name.place, fmt::format("the bases lead back: {}{}", chain, path.string()));
      return std::nullopt;
    }
    if (open_.size() > kMaxDepth) {
      diagnostics_.error("C202", name.place, fmt::format("bases nested deeper than {} files", kMaxDepth));
      return std::nullopt;
    }
    return load(path.string(), name.place);
  }

  Diagnostics& diagnostics_;
  std::vector<std::string> open_;  // the files being read, each the base of the one before
};

}  // namespace

std::optional<Value> load_layers(const std::string& file, const std::vector<std::string>& overlays,
                                 Diagnostics& diagnostics) {
  std::optional<Value> out = Loader(diagnostics).load(file, {});
  for (const std::string& overlay : overlays) {
    std::optional<Value> above = Loader(diagnostics).load(overlay, {});
    if (out && above) {
      lay_over(*out, *std::move(above), {}, diagnostics);
    } else {
      out.reset();
    }
  }
  if (out) resolve_like(*out, diagnostics);
  return out;
}

}  // namespace shoal::config
