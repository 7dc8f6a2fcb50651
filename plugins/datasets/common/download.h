// download.h: files fetched from the web once, checked and kept.
#ifndef SHOAL_DATASETS_DOWNLOAD_H_
#define SHOAL_DATASETS_DOWNLOAD_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] idx {

/// A file that mirrors offer, perhaps packed differently: what is checked is what it unpacks to.
struct RemoteFile {
  std::string name;                   ///< as it is kept: "train-images-idx3-ubyte.gz"
  std::vector<std::string> urls;      ///< tried in order
  std::string sha256;                 ///< of the unpacked contents
  std::int64_t max_bytes = 64 << 20;  ///< of the download; a mirror that sends more is refused
  bool as_it_comes = false;           ///< the SHA-256 is that of the file itself, packed or not
};

struct DownloadLimits {
  long connect_seconds = 15;
  long stall_seconds = 30;  ///< given up when fewer than 1000 bytes a second came for that long
};

/// Fetches `file` into `folder`, which is made where it is missing, and returns its path. The file appears there whole
/// and checked, or not at all: it is written beside under another name, checked, flushed to the disk and renamed.
/// Progress is told through `context`, in bytes.
/// Throws InputError  no mirror delivered it: each is named with its reason, a wrong hash with both
///        Cancelled   the user stopped the run; nothing is left behind
std::filesystem::path download(const shoal::Context& context, const RemoteFile& file,
                               const std::filesystem::path& folder, DownloadLimits limits = {});

}  // namespace idx

#endif  // SHOAL_DATASETS_DOWNLOAD_H_
