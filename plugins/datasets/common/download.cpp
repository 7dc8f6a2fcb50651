#include "download.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <memory>
#include <system_error>

#include "byte_stream.h"
#include "sha256.h"

namespace idx {
namespace {

namespace fs = std::filesystem;

std::string reason_of(int error) { return std::error_code(error, std::generic_category()).message(); }

// A file under a name of its own beside where it shall lie; gone again unless it is kept.
class PartFile {
 public:
  explicit PartFile(const fs::path& final_path) : final_(final_path), part_(final_path.string() + ".part-XXXXXX") {
    fd_ = ::mkostemp(part_.data(), O_CLOEXEC);
    shoal::require(fd_ >= 0, "'{}' cannot be written: {}", part_, reason_of(errno));
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile() {
    ::close(fd_);
    if (!kept_) ::unlink(part_.c_str());
  }

  const std::string& path() const { return part_; }

  // False where the disk is full or failed: errno says so.
  bool write(const char* bytes, std::size_t n) {
    while (n > 0) {
      const ssize_t done = ::write(fd_, bytes, n);
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return false;
      bytes += done;
      n -= static_cast<std::size_t>(done);
    }
    return true;
  }

  void keep() {
    const bool worked = ::fchmod(fd_, 0644) == 0 && ::fsync(fd_) == 0 && ::rename(part_.c_str(), final_.c_str()) == 0;
    shoal::require(worked, "'{}' cannot be kept: {}", final_.string(), reason_of(errno));
    kept_ = true;
    const int folder = ::open(final_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;  // the file is there; only a power cut in the next seconds could undo the rename
    ::fsync(folder);
    ::close(folder);
  }

 private:
  fs::path final_;
  std::string part_;
  int fd_ = -1;
  bool kept_ = false;
};

// What libcurl's callbacks share; nothing may be thrown through libcurl.
struct Transfer {
  const shoal::Context& context;
  PartFile& part;
  std::int64_t max_bytes;
  std::int64_t written = 0;
  std::string failure = {};
  std::exception_ptr thrown = nullptr;
};

std::size_t on_bytes(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t n = size * count;
  transfer.written += static_cast<std::int64_t>(n);
  if (transfer.written > transfer.max_bytes) {
    transfer.failure = shoal::text("sends more than the {} bytes expected at most", transfer.max_bytes);
    return 0;
  }
  if (!transfer.part.write(bytes, n)) {
    transfer.failure = shoal::text("'{}' cannot be written: {}", transfer.part.path(), reason_of(errno));
    return 0;
  }
  return n;
}

int on_progress(void* user, curl_off_t total, curl_off_t done, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(user);
  try {
    transfer.context.progress(done, total, "bytes");
    return 0;
  } catch (...) {
    transfer.thrown = std::current_exception();
    return 1;
  }
}

// Writes what `url` gives to `part`. Returns why it failed; "" if it did not.
std::string fetch(const shoal::Context& context, const std::string& url, PartFile& part, std::int64_t max_bytes,
                  DownloadLimits limits) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (curl == nullptr) throw std::bad_alloc();
  Transfer transfer{context, part, max_bytes};
  std::array<char, CURL_ERROR_SIZE> message{};
  const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(curl.get(), option, value); };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "https,http,file");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "https,http");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, 5L);
  set(CURLOPT_FAILONERROR, 1L);
  set(CURLOPT_NOSIGNAL, 1L);  // no alarm signals in a process with threads
  set(CURLOPT_CONNECTTIMEOUT, limits.connect_seconds);
  set(CURLOPT_LOW_SPEED_LIMIT, 1000L);
  set(CURLOPT_LOW_SPEED_TIME, limits.stall_seconds);
  set(CURLOPT_ERRORBUFFER, message.data());
  set(CURLOPT_WRITEFUNCTION, &on_bytes);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(&transfer));
  const CURLcode status = curl_easy_perform(curl.get());
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  if (!transfer.failure.empty()) return transfer.failure;
  if (status == CURLE_OK) return "";
  return message[0] != '\0' ? message.data() : curl_easy_strerror(status);
}

// Why the contents are not those expected; "" where they are.
std::string check_contents(const std::string& path, const std::string& sha256, bool as_it_comes) {
  try {
    ByteStream stream(path, as_it_comes ? ByteStream::Unpack::kNever : ByteStream::Unpack::kGzip);
    Sha256 digest;
    std::array<char, 64 * 1024> piece;
    for (std::size_t got = piece.size(); got == piece.size();) {
      got = stream.read(piece.data(), piece.size());
      digest.add(piece.data(), got);
    }
    if (stream.cut_short()) return shoal::text("what came is cut short after {} bytes", stream.file_bytes());
    const std::string got = digest.hex();
    return got == sha256 ? "" : shoal::text("what came has contents of SHA-256 {}, expected {}", got, sha256);
  } catch (const shoal::InputError& error) {
    return error.what();
  }
}

}  // namespace

fs::path download(const shoal::Context& context, const RemoteFile& file, const fs::path& folder,
                  DownloadLimits limits) {
  std::error_code error;
  fs::create_directories(folder, error);
  shoal::require(!error, "the folder '{}' cannot be made: {}", folder.string(), error.message());
  std::string reasons;
  for (const std::string& url : file.urls) {
    PartFile part(folder / file.name);
    std::string reason = fetch(context, url, part, file.max_bytes, limits);
    if (reason.empty()) reason = check_contents(part.path(), file.sha256, file.as_it_comes);
    if (reason.empty()) {
      part.keep();
      return folder / file.name;
    }
    reasons += shoal::text("\n  {}: {}", url, reason);
  }
  throw shoal::InputError(shoal::text("'{}' could not be downloaded to '{}':{}", file.name, folder.string(), reasons));
}

}  // namespace idx
