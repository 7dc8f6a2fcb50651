#include "listing.h"

#include <algorithm>
#include <system_error>

#include "shoal/error.h"

namespace images {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool is_image(const fs::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".pgm" || ending == ".ppm";
}

/// What lies in `folder`, sorted by name; hidden files do not.
std::vector<fs::directory_entry> entries_of(const fs::path& folder) {
  std::vector<fs::directory_entry> out;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error))
    if (!is_hidden(at->path())) out.push_back(*at);
  shoal::require(!error, "'{}' cannot be read: {}", folder.string(), error.message());
  std::ranges::sort(out, {}, [](const fs::directory_entry& e) { return e.path().filename().string(); });
  return out;
}

bool is_folder(const fs::directory_entry& entry) {  // also behind a link
  std::error_code error;
  return entry.is_directory(error);
}

/// Adds what lies below `folder`; `above` are the folders, without links, on the way to it.
void collect(const fs::path& folder, std::vector<fs::path>& above, Listing& out) {
  std::error_code error;
  const fs::path itself = fs::canonical(folder, error);
  shoal::require(!error, "'{}' cannot be read: {}", folder.string(), error.message());
  shoal::require(std::ranges::find(above, itself) == above.end(),
                 "'{}' is a link to '{}', in which it lies: its images would have no end", folder.string(),
                 itself.string());
  above.push_back(itself);
  for (const fs::directory_entry& entry : entries_of(folder)) {
    if (is_folder(entry)) collect(entry.path(), above, out);
    else if (is_image(entry.path())) out.files.push_back(entry.path());
    else ++out.others;
  }
  above.pop_back();
}

}  // namespace

Listing list_images(const fs::path& folder) {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  shoal::require(status.type() != fs::file_type::not_found, "'{}' does not exist", folder.string());
  shoal::require(!error, "'{}' cannot be looked at: {}", folder.string(), error.message());
  shoal::require(fs::is_directory(status), "'{}' is a file, not a folder of images", folder.string());

  Listing flat, out;
  std::vector<fs::path> above = {fs::canonical(folder)};
  for (const fs::directory_entry& entry : entries_of(folder)) {
    if (!is_folder(entry)) {
      if (is_image(entry.path())) flat.files.push_back(entry.path());
      else ++flat.others;
      continue;
    }
    const std::size_t before = out.files.size();
    collect(entry.path(), above, out);
    shoal::require(out.files.size() > before,
                   "'{}' has no images (.png, .jpg, .jpeg, .pgm, .ppm), but each subfolder of '{}' is a class",
                   entry.path().string(), folder.string());
    out.labels.resize(out.files.size(), static_cast<std::int64_t>(out.class_names.size()));
    out.class_names.push_back(entry.path().filename().string());
  }
  shoal::require(flat.files.empty() || out.files.empty(),
                 "'{}' has images in itself ('{}') and in subfolders ('{}'): either all are in classes or none",
                 folder.string(), flat.files.empty() ? "" : flat.files.front().filename().string(),
                 out.class_names.empty() ? "" : out.class_names.front());
  out.others += flat.others;
  if (out.files.empty()) out.files = std::move(flat.files);
  shoal::require(!out.files.empty(), "'{}' has no images (.png, .jpg, .jpeg, .pgm, .ppm)", folder.string());
  return out;
}

}  // namespace images
