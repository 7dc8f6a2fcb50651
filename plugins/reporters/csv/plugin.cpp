// reporter/csv: the numbers of a run as tidy CSV in the run folder.
#include "shoal/plugin.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "shoal/reporter.h"
#include "tidy.h"

namespace {

struct Params {
  std::string series = "series.csv", metrics = "metrics.csv";
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("series", &Params::series, "name in the run folder of the file of each step's numbers; empty: none");
    schema.field("metrics", &Params::metrics, "likewise of what each node came to; empty: none");
  }
  void check() const {
    for (const std::string* file : {&series, &metrics})
      shoal::require(file->find('/') == std::string::npos, "a file must be a name in the run folder, but is '{}'",
                     *file);
    shoal::require(series.empty() || series != metrics, "'series' and 'metrics' are both '{}'", series);
  }
};

/// A file that grows.
class Table {
 public:
  void begin(const std::filesystem::path& path, const char* header) {
    path_ = path;
    file_.reset(std::fopen(path.c_str(), "wbxe"));
    if (file_ == nullptr) fail("create");
    write(header);
  }
  void write(const std::string& line) {
    if (file_ != nullptr && std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size()) fail("write");
  }
  void flush() {
    if (file_ != nullptr && std::fflush(file_.get()) != 0) fail("write");
  }

 private:
  [[noreturn]] void fail(const char* doing) const {
    throw shoal::InputError(shoal::text("cannot {} {}: {}", doing, path_.string(), std::strerror(errno)));
  }

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, &std::fclose};  // null: none is wanted
};

class Csv final : public shoal::Reporter {
 public:
  explicit Csv(const Params& params) : params_(params) {}

  void begin(shoal::Context&, const std::filesystem::path& run_folder, std::string_view) override {
    if (!params_.series.empty()) series_.begin(run_folder / params_.series, shoal::Tidy::kSeries);
    if (!params_.metrics.empty()) metrics_.begin(run_folder / params_.metrics, shoal::Tidy::kMetrics);
  }

  void on(shoal::Context&, const shoal::Event& event) override {
    tidy_.hear(event);
    series_.write(tidy_.series(event));
    metrics_.write(tidy_.metric(event));
    if (event.type != SHOAL_NODE_END && event.type != SHOAL_RUN_END) return;
    series_.flush();  // what a crash must not lose; a run of thousands of steps is not slowed by the rest
    metrics_.flush();
  }

 private:
  Params params_;
  shoal::Tidy tidy_;
  Table series_, metrics_;
};

}  // namespace

SHOAL_PLUGIN("csv-reporter", "0.1.0", "the numbers of a run as tidy CSV") { plugin.add<Csv, Params>("reporter/csv"); }
