// reporter/json-lines: every event of a run as a line of JSON in the run folder.
#include "shoal/plugin.h"

#include <cerrno>
#include <cstring>
#include <fstream>

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
    file_.open(path_, std::ios::app);
    require_good("create");
  }

  void on(shoal::Context&, const shoal::Event& event) override {
    file_ << shoal::event_json(event) << '\n';
    // What a crash must not lose is flushed; a run of thousands of steps is not slowed by the rest.
    if (event.type != SHOAL_SCALAR && event.type != SHOAL_PROGRESS) file_.flush();
    require_good("write");
  }

 private:
  void require_good(const char* doing) const {
    if (!file_) throw shoal::InputError(shoal::text("cannot {} {}: {}", doing, path_.string(), std::strerror(errno)));
  }

  std::string name_;
  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace

SHOAL_PLUGIN("json-lines", "0.1.0", "every event of a run as a line of JSON") {
  plugin.add<JsonLines, Params>("reporter/json-lines");
}
