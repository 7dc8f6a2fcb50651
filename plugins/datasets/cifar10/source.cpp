#include "source.h"

#include <array>

#include "byte_stream.h"
#include "data_search.h"
#include "download.h"
#include "sha256.h"
#include "shoal/error.h"

namespace cifar {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "cifar10";                 // in a data folder, and in the cache
constexpr const char* kUnpacked = "cifar-10-batches-bin";  // what the archive unpacks to

std::vector<std::string> files_of(const std::string& split) {
  if (split == "test") return {"test_batch.bin"};
  return {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"};
}

void require_hash(const fs::path& archive, const std::string& sha256) {
  idx::ByteStream stream(archive, idx::ByteStream::Unpack::kNever);
  idx::Sha256 digest;
  std::vector<char> piece(1 << 20);
  for (std::size_t got = piece.size(); got == piece.size();) {
    got = stream.read(piece.data(), piece.size());
    digest.add(piece.data(), got);
  }
  const std::string got = digest.hex();
  shoal::require(got == sha256,
                 "'{}' is another file of that name: it has SHA-256 {}, expected {}; 'path' names files of one's own",
                 archive.string(), got, sha256);
}

/// Where a split was found: files, or one archive.
struct Found {
  std::vector<fs::path> files;
  fs::path archive;
};

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

/// In `folder` itself or what the archive unpacks to beside it; else `report` grows.
std::optional<Found> find_in(const fs::path& folder, const std::string& archive, idx::DataSearch& search) {
  if (is_file(folder / archive)) return Found{{}, folder / archive};
  for (const fs::path& place : {folder / kUnpacked, folder})
    if (auto files = search.in(place)) return Found{*files, {}};
  return std::nullopt;
}

Found find(const shoal::Context& context, const Published& published, const SourceOptions& options) {
  idx::DataSearch search(files_of(options.split));
  if (!options.path.empty()) {
    if (is_file(options.path)) return {{}, options.path};
    if (auto found = find_in(options.path, published.archive, search)) return *found;
    throw shoal::InputError(shoal::text("'path' has neither {} nor the files of CIFAR-10, split {}:{}",
                                        published.archive, options.split, search.report()));
  }
  const std::vector<std::string> known = context.data_folders();
  std::vector<fs::path> folders(known.begin(), known.end());
  std::string no_cache;
  fs::path cache;
  try {
    cache = idx::cache_folder();
    folders.push_back(cache);
  } catch (const shoal::InputError& error) {
    no_cache = error.what();
  }
  for (const fs::path& folder : folders)
    for (const fs::path& place : {folder / kFolder, folder})
      if (auto found = find_in(place, published.archive, search)) return *found;

  const std::string missing = shoal::text("CIFAR-10, split {}: neither {} nor its files are in any of these folders:{}",
                                          options.split, published.archive, search.report());
  try {
    if (!options.download) throw shoal::InputError("downloading is turned off ('download' is false)");
    if (!no_cache.empty()) throw shoal::InputError(no_cache);
    const idx::RemoteFile file{.name = published.archive,
                               .urls = published.urls,
                               .sha256 = published.sha256,
                               .max_bytes = published.bytes,
                               .as_it_comes = true};
    Found found{{}, idx::download(context, file, cache / kFolder)};
    context.log(shoal::Level::kInfo, "{} downloaded to {}", file.name, (cache / kFolder).string());
    return found;
  } catch (const shoal::InputError& error) {
    throw shoal::InputError(shoal::text(
        "{}\n{}\nput {} into a folder '{}' of a data folder (--data, $SHOAL_DATA), or give it or its folder as "
        "'path'; it is published at {}",
        missing, error.what(), published.archive, kFolder, published.urls.front()));
  }
}

}  // namespace

Records read_split(const shoal::Context& context, const Published& published, const SourceOptions& options) {
  const Found found = find(context, published, options);
  const bool own = !options.path.empty();
  const std::vector<std::string> names = files_of(options.split);
  if (!found.archive.empty()) {
    if (!own) require_hash(found.archive, published.sha256);
    return read_archive(context, found.archive, names);
  }
  Records records = read_batches(context, found.files);
  const auto wanted = static_cast<shoal::Index>(names.size()) * published.batch_records;
  const auto got = static_cast<shoal::Index>(records.size()) / kRecordBytes;
  shoal::require(own || got == wanted,
                 "'{}' and its like have {} records, but CIFAR-10's {} split {}; 'path' names files of one's own",
                 found.files.front().string(), got, options.split, wanted);
  return records;
}

}  // namespace cifar
