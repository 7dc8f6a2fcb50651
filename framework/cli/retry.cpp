#include "framework/cli/retry.h"

#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include "framework/report/run_file.h"
#include "shoal/error.h"

namespace shoal::cli {
namespace {

std::string name_of(const config::Value& document) {
  const config::Value* name = document.find("name");
  return name != nullptr ? name->text : "";
}

std::string rows_in_words(std::size_t count) { return text("{} row{}", count, count == 1 ? "" : "s"); }

/// How many rows of an experiment and of an earlier run go together.
struct Counts {
  std::size_t all = 0;      ///< rows of the experiment
  std::size_t chosen = 0;   ///< of them, those that the run did not finish
  std::size_t unknown = 0;  ///< of them, those that the run did not have
  std::size_t failed = 0;   ///< rows of the run that it did not finish
};

void tell(const Counts& counts, const std::string& folder, config::Diagnostics& diagnostics) {
  if (counts.failed > 0 && counts.chosen == 0) {
    diagnostics.error("M513", {},
                      text("--retry-failed: of the {} that {} did not finish, none is a row of this experiment",
                           rows_in_words(counts.failed), folder),
                      {{"the same changes, axes and seeds as for that run give the same rows", {}}});
    return;
  }
  std::vector<config::Note> left_out;
  if (counts.unknown > 0)
    left_out.push_back(
        {text("{} of this experiment that it did not have: left out", rows_in_words(counts.unknown)), {}});
  if (counts.chosen < counts.failed)
    left_out.push_back(
        {text("{} of it that this experiment has not", rows_in_words(counts.failed - counts.chosen)), {}});
  diagnostics.note("M514", {},
                   counts.failed == 0 ? text("nothing failed in {}, so nothing is run", folder)
                                      : text("{} of {} run again: failed, skipped or cancelled in {}", counts.chosen,
                                             rows_in_words(counts.all), folder),
                   std::move(left_out));
}

/// Null after M513.
std::optional<host::RunFile> read(const std::string& asked, const std::string& name,
                                  config::Diagnostics& diagnostics) try {
  host::RunFile run = host::read_run(asked == Retry::kLatest ? "runs/" + name + "/" + asked : asked);
  if (run.name == name) return run;
  diagnostics.error(
      "M513", {},
      text("--retry-failed: {} is a run of '{}', but this experiment is '{}'", run.folder.string(), run.name, name));
  return std::nullopt;
} catch (const std::runtime_error& error) {
  diagnostics.error(
      "M513", {}, text("--retry-failed: {}", error.what()),
      {{"--retry-failed=RUN names another run; without the option all rows run, less what the store has", {}}});
  return std::nullopt;
}

}  // namespace

std::vector<config::Row> Retry::choose(const config::Value& document, std::vector<config::Row> rows,
                                       config::Diagnostics& diagnostics) {
  const auto run = read(asked_, name_of(document), diagnostics);
  if (!run) return {};
  folder_ = run->folder.string();
  Counts counts{.all = rows.size()};
  std::map<host::RowName, bool> done;  // of each row of that run
  for (const host::FileRow& row : run->rows) {
    done[host::name_of_row(row)] = row.done();
    counts.failed += row.done() ? 0 : 1;
  }
  std::erase_if(rows, [&](const config::Row& row) {
    const auto found = done.find(host::name_of_row(row));
    counts.unknown += found == done.end() ? 1 : 0;
    return found == done.end() || found->second;
  });
  counts.chosen = rows.size();
  nothing_failed_ = counts.failed == 0;
  tell(counts, folder_, diagnostics);
  return rows;
}

}  // namespace shoal::cli
