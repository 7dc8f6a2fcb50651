// reporter/json-lines: every event of a run as a line of JSON in the run folder.
#include "shoal/plugin.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "event_json.h"
#include "shoal/reporter.h"

namespace {

struct Params {
  std::string file = "events.jsonl";
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("file", &Params::file, "its name in the run folder");
  }
  void check() const {
    shoal::require(!file.empty() && file.find('/') == std::string::npos,
                   "'file' must be a name in the run folder, but is '{}'", file);
  }
};

class JsonLines final : public shoal::Reporter {
 public:
  explicit JsonLines(const Params& params) : name_(params.file) {}

  void begin(shoal::Context&, const std::filesystem::path& run_folder, std::string_view) override {
    path_ = run_folder / name_;
    file_.reset(std::fopen(path_.c_str(), "abe"));
    if (file_ == nullptr) fail("create");
    flush_folder(run_folder);
  }

  void on(shoal::Context&, const shoal::Event& event) override {
    const std::string line = shoal::event_json(event) + "\n";
    if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size()) fail("write");
    // What a crash must not lose is flushed; a run of thousands of steps is not slowed by the rest, which is flushed
    // once a second for whoever reads along. What a loss of power must not take back, that work was done, goes to the
    // disk; what came from the store is there already.
    const bool flushes = (event.type != SHOAL_SCALAR && event.type != SHOAL_PROGRESS) || event.time - flushed_ >= 1;
    if (flushes && std::fflush(file_.get()) != 0) fail("write");
    if (flushes) flushed_ = event.time;
    const bool did_work = event.type == SHOAL_NODE_END && event.status >= SHOAL_OK;
    if ((did_work || event.type == SHOAL_RUN_END) && ::fsync(::fileno(file_.get())) != 0 && errno != EINVAL)
      fail("flush");  // EINVAL: a disk that cannot
  }

 private:
  [[noreturn]] void fail(const char* doing) const {
    throw shoal::InputError(shoal::text("cannot {} {}: {}", doing, path_.string(), std::strerror(errno)));
  }

  /// The name of the new file, too, is to be there after a loss of power.
  static void flush_folder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;  // it may be written to but not read
    ::fsync(descriptor);         // a disk that cannot says so, and nothing can be done
    ::close(descriptor);
  }

  std::string name_;
  std::filesystem::path path_;
  double flushed_ = 0;  // when, by the events' time
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, &std::fclose};
};

}  // namespace

SHOAL_PLUGIN("json-lines", "0.1.0", "every event of a run as a line of JSON") {
  plugin.add<JsonLines, Params>("reporter/json-lines");
}
