// `shoal-complete WORD…`: what could be the last word of a line that begins with `shoal`; one a line, with a tab before
// what it is, `:files` where files fit too. A program of its own, which answers at once: what it knows of commands and
// plugins comes from a cache of `shoal-host complete-catalogue`, which holds as long as no plugin's file and no program
// has another size or time.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "framework/cli/complete.h"
#include "framework/cli/shell_word.h"
#include "framework/plugin/places.h"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

void add_stamp(const fs::path& file, std::string& stamp) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return;
  stamp += file.string() + " " + std::to_string(status.st_size) + " " + std::to_string(status.st_mtim.tv_sec) + "." +
           std::to_string(status.st_mtim.tv_nsec) + "\n";
}

/// Names, sizes and times of all that the catalogue is made from.
std::string stamp_of(const fs::path& program) {
  std::string stamp;
  add_stamp(program, stamp);
  for (const fs::path& folder : shoal::host::plugin_folders({})) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
      if (entry.path().extension() == ".so") files.push_back(fs::absolute(entry.path(), error));
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) add_stamp(file, stamp);
  }
  return stamp;
}

std::optional<json> parse(const std::string& text) {
  json out = json::parse(text, nullptr, false);
  return out.is_discarded() ? std::nullopt : std::optional(std::move(out));
}

/// What is behind the stamp in the cache, if it is there and holds.
std::optional<json> read_cache(const fs::path& file, const std::string& stamp) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!text.starts_with(stamp + "\n")) return std::nullopt;
  return parse(text.substr(stamp.size() + 1));
}

/// Whole or not at all; a cache that cannot be written costs time, no more.
void write_cache(const fs::path& file, const std::string& stamp, const std::string& catalogue) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  const fs::path unfinished = file.string() + "." + std::to_string(getpid());
  std::ofstream out(unfinished, std::ios::binary);
  out << stamp << "\n" << catalogue;
  out.close();
  if (out) fs::rename(unfinished, file, error);
  if (!out || error) fs::remove(unfinished, error);
}

std::string ask(const fs::path& program) {
  std::FILE* pipe = popen((shoal::cli::in_quotes(program.string()) + " complete-catalogue 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return "";
  std::string out;
  char buffer[65536];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, n);
  return pclose(pipe) == 0 ? out : "";
}

std::optional<json> catalogue() {
  const fs::path program = shoal::host::program_folder() / "shoal-host";
  const std::string stamp = stamp_of(program);
  const fs::path folder = shoal::host::cache_folder();
  // One file for each set of folders, so that two builds do not write over each other's.
  const fs::path file =
      folder / ("completion-" + std::to_string(std::hash<std::string>{}(stamp.substr(0, stamp.find(' ')))) + ".json");
  if (!folder.empty())
    if (auto known = read_cache(file, stamp)) return known;
  const std::string text = ask(program);
  auto made = parse(text);
  if (made && !folder.empty()) write_cache(file, stamp, text);
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto known = catalogue();
    if (!known) return 1;
    const auto found = shoal::cli::complete(*known, std::vector<std::string>(argv + 1, argv + argc));
    for (const auto& [text, help] : found.candidates)
      std::printf(help.empty() ? "%s%s\n" : "%s\t%s\n", text.c_str(), help.c_str());
    if (found.files) std::puts(":files");
  } catch (const std::exception&) {
    return 1;  // a shell that completes has nobody to tell
  }
  return 0;
}
