#include "framework/cli/new_project.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

#include "shoal/abi.h"
#include "shoal/error.h"
#include "shoal/nearest_name.h"

namespace shoal::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = sizeof(shoal_descriptor::name) - 1;

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// ---- Names

bool is_kebab_case(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (name.empty() || !lower(name.front()) || name.back() == '-') return false;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (!lower(name[i]) && !digit(name[i]) && (name[i] != '-' || name[i - 1] == '-')) return false;
  return true;
}

/// The name as it would be right: "FarthestFirst 2" → "farthest-first-2"; "" where nothing is left of it.
std::string as_kebab_case(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool word = c < 128 && std::isalnum(c) != 0;
    const bool begins =
        word && std::isupper(c) != 0 && i > 0 && std::islower(static_cast<unsigned char>(name[i - 1])) != 0;
    if ((!word || begins) && !out.empty() && out.back() != '-') out += '-';
    if (word && (!out.empty() || std::isalpha(c) != 0)) out += static_cast<char>(std::tolower(c));
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

/// "FarthestFirst" of "farthest-first".
std::string class_name(const std::string& name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (name[i] != '-')
      out +=
          i == 0 || name[i - 1] == '-' ? static_cast<char>(std::toupper(static_cast<unsigned char>(name[i]))) : name[i];
  return out;
}

std::string snake_case(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

void require_name(const std::string& name) {
  if (!is_kebab_case(name)) {
    const std::string right = as_kebab_case(name);
    throw InputError(
        text("'{}' cannot be a name: names are lower-case words with '-' between them, beginning with a letter{}", name,
             right.empty() ? ", such as 'farthest-first'" : "; did you mean '" + right + "'?"));
  }
  require(name.size() <= kLongestName, "a name has at most {} characters, but '{}' has {}", kLongestName, name,
          name.size());
  // A target of every build, and the struct of the parameters.
  constexpr std::array<std::string_view, 9> kTaken = {"all",    "clean",      "help", "install",  "package",
                                                      "params", "preinstall", "test", "uninstall"};
  if (std::find(kTaken.begin(), kTaken.end(), name) != kTaken.end())
    throw InputError(text("'{}' cannot be a name: CMake or the project has something of that name already", name));
}

// ---- Files

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string out{std::istreambuf_iterator<char>(in), {}};
  require(in.good() && !in.bad(), "cannot read {}: {}", file.string(), std::strerror(errno));
  return out;
}

/// All files below `folder`, by their path below it.
ProjectFiles read_all(const fs::path& folder) {
  ProjectFiles out;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) out[entry.path().lexically_relative(folder)] = read(entry.path());
  return out;
}

/// Folders below `folder`, in order.
std::vector<std::string> folders_of(const fs::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory()) out.push_back(entry.path().filename());
  std::sort(out.begin(), out.end());
  return out;
}

struct Language {
  std::string_view name, extension;
};
constexpr std::array<Language, 3> kLanguages = {{{"c++", ".cpp"}, {"c", ".c"}, {"rust", ".rs"}}};

std::string extension_of(const std::string& language) {
  for (const Language& one : kLanguages)
    if (one.name == language) return std::string(one.extension);
  throw InputError(text("there is no language '{}' here: c++, c or rust", language));
}

/// `template_text` with every `@word@` replaced. Throws InputError for a word that means nothing.
std::string fill_in(const std::string& template_text, const std::map<std::string, std::string>& words,
                    const fs::path& file) {
  std::string out;
  for (std::size_t at = 0; at < template_text.size();) {
    std::size_t end = at + 1;
    if (template_text[at] == '@')
      while (end < template_text.size() && std::islower(static_cast<unsigned char>(template_text[end])) != 0) ++end;
    if (template_text[at] == '@' && end > at + 1 && end < template_text.size() && template_text[end] == '@') {
      const std::string word = template_text.substr(at + 1, end - at - 1);
      const auto found = words.find(word);
      require(found != words.end(), "the template of {} asks for '@{}@', which means nothing", file.string(), word);
      out += found->second;
      at = end + 1;
    } else {
      out += template_text[at++];
    }
  }
  return out;
}

bool includes(const std::string& source, std::string_view headers) {
  return source.find(text("#include \"shoal/{}", headers)) != std::string::npos;
}

}  // namespace

Templates::Templates(const std::vector<fs::path>& folders) {
  std::error_code error;
  std::string looked;
  for (const fs::path& folder : folders) {
    if (fs::is_directory(folder / "kinds", error)) {
      folder_ = folder;
      return;
    }
    looked += (looked.empty() ? "" : ", ") + folder.string();
  }
  throw InputError(
      text("the templates of projects are not there; looked in {}. Installing Shoal again (cmake --install) "
           "brings them back",
           looked));
}

std::vector<std::string> Templates::kinds() const { return folders_of(folder_ / "kinds"); }

ProjectFiles Templates::fill(const NewPlugin& plugin) const {
  const std::vector<std::string> all_kinds = kinds();
  if (std::find(all_kinds.begin(), all_kinds.end(), plugin.kind) == all_kinds.end())
    throw InputError(text("there is no kind '{}'{} (kinds: {})", plugin.kind, did_you_mean(plugin.kind, all_kinds),
                          join(all_kinds)));
  require_name(plugin.name);

  ProjectFiles of_kind = read_all(folder_ / "kinds" / plugin.kind);
  const std::string extension = extension_of(plugin.language);
  const auto source = of_kind.find("plugin" + extension);
  if (source == of_kind.end())
    throw InputError(
        text("kind '{}' is written in C++ alone: its tensors cross the border as LibTorch's own classes, "
             "not as C",
             plugin.kind));

  const std::string file = snake_case(plugin.name);
  ProjectFiles out = read_all(folder_ / "project");
  out["README.md"] = of_kind.at("README.md") + out["README.md"];
  out["example.yaml"] = of_kind.at("example.yaml");
  out[file + extension] = source->second;
  out[file + "_test.cpp"] = of_kind.at("test.cpp");
  if (plugin.language == "rust") out.merge(read_all(folder_ / "rust"));

  const bool torch = includes(source->second, "torch/");
  const std::map<std::string, std::string> words = {
      {"kind", plugin.kind},
      {"name", plugin.name},
      {"file", file},
      {"class", class_name(plugin.name)},
      {"source", file + extension},
      {"shoal", SHOAL_SDK_VERSION},
      {"components", torch ? " COMPONENTS torch" : ""},
      {"links",
       std::string(includes(source->second, "kernels/") ? " LINK Shoal::kernels" : "") + (torch ? " TORCH" : "")}};
  for (auto& [path, contents] : out) contents = fill_in(contents, words, path);
  return out;
}

void write_project(const fs::path& folder, const ProjectFiles& files) {
  std::error_code error;
  require(!fs::exists(fs::symlink_status(folder, error)),
          "'{}' exists already; nothing is written over: choose another name, or another folder to be in",
          folder.string());
  // Filled under a name of its own: who is interrupted finds the whole project or none.
  fs::path unfinished = folder;
  unfinished += text(".new-{}", static_cast<std::int64_t>(::getpid()));
  try {
    for (const auto& [path, contents] : files) {
      fs::create_directories((unfinished / path).parent_path());
      std::ofstream out(unfinished / path, std::ios::binary);
      out << contents;
      out.close();
      require(out.good(), "cannot write {}: {}", (folder / path).string(), std::strerror(errno));
    }
    fs::rename(unfinished, folder);
  } catch (const fs::filesystem_error& failure) {
    fs::remove_all(unfinished, error);
    throw InputError(text("cannot create {}: {}", folder.string(), failure.code().message()));
  } catch (...) {
    fs::remove_all(unfinished, error);
    throw;
  }
}

}  // namespace shoal::cli
