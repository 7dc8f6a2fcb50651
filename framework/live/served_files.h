#ifndef SHOAL_FRAMEWORK_LIVE_SERVED_FILES_H_
#define SHOAL_FRAMEWORK_LIVE_SERVED_FILES_H_

#include <filesystem>
#include <optional>
#include <string>

namespace shoal::host {

/// The regular file of a run folder that a request's path names, "/figures/loss.svg": the path decoded already. Nothing
/// for what lies outside of the folder, whatever the way there (.., a link), and for folders. `folder` is canonical.
std::optional<std::filesystem::path> find_served_file(const std::filesystem::path& folder, const std::string& path);

/// "text/html; charset=utf-8", by the file's ending; what is not known is application/octet-stream.
std::string media_type_of(const std::filesystem::path& file);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_LIVE_SERVED_FILES_H_
