// reporter/@name@: how long each node took, as a table in the run folder.
#include "shoal/plugin.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "shoal/reporter.h"

namespace {

struct Params {
  std::string file = "@name@.csv";
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("file", &Params::file, "its name in the run folder");
  }
  void check() const {
    shoal::require(!file.empty() && file.find('/') == std::string::npos,
                   "'file' must be a name in the run folder, but is '{}'", file);
  }
};

/// A line of comma-separated values for each node that ended: row of the matrix, node, component, seconds, and how it
/// ended: done, stored (taken from an earlier run) or failed.
class @class@ final : public shoal::Reporter {
 public:
  explicit @class@(const Params& params) : name_(params.file) {}

  void begin(shoal::Context&, const std::filesystem::path& run_folder, std::string_view) override {
    path_ = run_folder / name_;
    file_.reset(std::fopen(path_.c_str(), "we"));
    if (file_ == nullptr) fail("create");
    write("row,node,component,seconds,ended\n");
  }

  void on(shoal::Context&, const shoal::Event& event) override {
    if (event.type != SHOAL_NODE_END) return;
    const char* ended = event.status < 0 ? "stored" : event.status == SHOAL_OK ? "done" : "failed";
    write(shoal::text("{},{},{},{},{}\n", event.row, event.node, event.component, event.seconds, ended));
  }

 private:
  void write(const std::string& line) {  // flushed: who looks while the run goes on sees all of it
    if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size() || std::fflush(file_.get()) != 0)
      fail("write");
  }
  [[noreturn]] void fail(const char* doing) const {
    throw shoal::InputError(shoal::text("cannot {} {}: {}", doing, path_.string(), std::strerror(errno)));
  }

  std::string name_;
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, &std::fclose};
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "how long each node took, as comma-separated values") {
  plugin.add<@class@, Params>("reporter/@name@");
}
