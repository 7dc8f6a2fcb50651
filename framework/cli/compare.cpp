// shoal compare: a table over the settings of finished runs.
#include <cstdio>
#include <stdexcept>

#include "framework/cli/options.h"
#include "framework/report/comparison_table.h"

namespace shoal::cli {
namespace {

host::TableFormat format_of(const std::string& name) {
  if (name == "md") return host::TableFormat::markdown;
  if (name == "tex") return host::TableFormat::latex;
  if (name == "csv") return host::TableFormat::csv;
  if (name == "html") return host::TableFormat::html;
  return host::TableFormat::text;
}

std::string table_text(const std::vector<host::RunFile>& runs, const Options& options) {
  host::CompareOptions wanted{.metrics = options.metrics,
                              .all_metrics = options.all,
                              .baseline = options.baseline,
                              .sort = options.sort,
                              .practical = options.practical};
  if (!options.pivot.empty() && (options.format == "csv" || options.format == "json"))
    throw std::runtime_error("--pivot is for people: " + options.format +
                             " has every number in columns of its own already");
  for (const std::string& where : options.where) {
    const auto setting = host::split_setting(where);
    if (!setting) throw std::runtime_error("--where wants axis=label, got '" + where + "'");
    wanted.where.push_back(*setting);
  }
  const host::Comparison comparison = host::compare(runs, wanted);
  if (options.format == "json") return host::to_json(comparison);
  const host::Table table = options.pivot.empty() ? host::table_of(comparison, options.practical, options.differences)
                                                  : host::pivot_of(comparison, options.pivot);
  return host::render(comparison, table, format_of(options.format));
}

}  // namespace

int compare_runs(const Options& options) {
  try {
    if (options.runs.empty())
      throw std::runtime_error("name a run folder, or data by --data FILE --clusterers A,B --k K");
    std::vector<host::RunFile> runs;
    for (const std::string& run : options.runs) runs.push_back(host::read_run(run));
    std::fputs(table_text(runs, options).c_str(), stdout);
    return kDone;
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return kWrongInput;
  }
}

}  // namespace shoal::cli
