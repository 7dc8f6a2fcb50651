// reporter/tensorboard: the scalars of a run as event files that TensorBoard reads.
#include "shoal/plugin.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>
#include <string>

#include "event_file.h"
#include "shoal/reporter.h"

namespace {

namespace fs = std::filesystem;

struct Params {
  std::string folder = "tensorboard";
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("folder", &Params::folder,
                 "of the event files, one folder a row below it; a name alone is one in the run folder");
  }
  void check() const { shoal::require(!folder.empty(), "'folder' must not be empty"); }
};

/// A folder's name from the axes of a row: what a path cannot have, or TensorBoard shows badly, becomes _.
std::string folder_of(const shoal::Event& row) {
  constexpr std::size_t kMost = 150;  // of the 255 bytes that a name may have
  std::string out = shoal::text("row-{}", row.row + 1);
  if (*row.text != '\0') out += std::string(" ") + row.text;
  out += shoal::text(" seed {}", row.value);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == '/' || c == '\\' || c == 0x7F) c = '_';
  if (out.size() <= kMost) return out;
  out.resize(kMost);
  while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();  // a cut character
  if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xC0) out.pop_back();
  return out + "_";
}

/// events.out.tfevents.<seconds>.<host>.<process>, which TensorBoard looks for.
std::string file_name(double time) {
  char host[256] = "localhost";
  if (::gethostname(host, sizeof(host) - 1) != 0) host[0] = '\0';
  char seconds[32];
  std::snprintf(seconds, sizeof(seconds), "%010lld", static_cast<long long>(time));
  return shoal::text("events.out.tfevents.{}.{}.{}", seconds, host, ::getpid());
}

class TensorBoard final : public shoal::Reporter {
 public:
  explicit TensorBoard(const Params& params) : params_(params) {}

  void begin(shoal::Context&, const fs::path& run_folder, std::string_view) override {
    folder_ = run_folder / params_.folder;  // an absolute one stays as it is
    std::error_code error;
    fs::create_directories(folder_, error);
    shoal::require(!error, "cannot create {}: {}", folder_.string(), error.message());
  }

  void on(shoal::Context&, const shoal::Event& event) override {
    if (event.type == SHOAL_ROW_BEGIN) begin_row(event);
    else if (event.type == SHOAL_SCALAR && *event.node != '\0') scalar(event);
    else if (event.type == SHOAL_NODE_END || event.type == SHOAL_ROW_END || event.type == SHOAL_RUN_END) flush();
  }

 private:
  void begin_row(const shoal::Event& event) {
    flush();
    series_.clear();
    const fs::path folder = folder_ / folder_of(event);
    std::error_code error;
    fs::create_directories(folder, error);
    shoal::require(!error, "cannot create {}: {}", folder.string(), error.message());
    path_ = folder / file_name(event.time);
    file_.reset(std::fopen(path_.c_str(), "wbe"));
    if (file_ == nullptr) fail("create");
    write(tensorboard::record(tensorboard::version_event(event.time)));
  }

  /// What a node came to is a curve of one point, but for what it reported at each step: that is its curve already.
  void scalar(const shoal::Event& event) {
    if (file_ == nullptr) return;  // of no row
    const std::string tag = std::string(event.node) + "/" + event.name;
    if (event.step >= 0) series_.insert(tag);
    else if (series_.contains(tag)) return;
    write(tensorboard::record(
        tensorboard::scalar_event(event.time, std::max<std::int64_t>(event.step, 0), tag, event.value)));
  }

  void write(const std::string& bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) fail("write");
  }
  void flush() {
    if (file_ != nullptr && std::fflush(file_.get()) != 0) fail("write");
  }
  [[noreturn]] void fail(const char* doing) const {
    throw shoal::InputError(shoal::text("cannot {} {}: {}", doing, path_.string(), std::strerror(errno)));
  }

  Params params_;
  fs::path folder_, path_;
  std::set<std::string> series_;  // tags of the row
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, &std::fclose};
};

}  // namespace

SHOAL_PLUGIN("tensorboard", "0.1.0", "the scalars of a run as event files that TensorBoard reads") {
  plugin.add<TensorBoard, Params>("reporter/tensorboard");
}
