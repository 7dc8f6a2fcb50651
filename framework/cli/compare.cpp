// shoal compare: a table over the settings of finished runs.
#include <cstdio>
#include <stdexcept>

#include "framework/cli/session.h"
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

/// `--data`: writes the experiment, runs it, and leaves its run in `options`.
Ran run_quick(Options& options) {
  Session session(options);
  options.experiment = write_experiment(experiment_of(options.quick, session.registry)).string();
  std::fprintf(stderr, "%s\n", options.experiment.c_str());
  Ran ran = run_experiment(session, options, false);
  options.runs = {ran.folder};
  return ran;
}

}  // namespace

int compare(const Options& asked) {
  Options options = asked;
  std::string text;
  Ran ran{kDone};
  try {
    if (!options.quick.data.empty()) ran = run_quick(options);
    if (!options.quick.data.empty() && ran.folder.empty()) return ran.exit;
    if (options.runs.empty())
      throw std::runtime_error("name a run folder, or data by --data FILE --clusterers A,B --k K");
    std::vector<host::RunFile> runs;
    for (const std::string& run : options.runs) runs.push_back(host::read_run(run));
    text = table_text(runs, options);
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return kWrongInput;
  }
  std::fputs(text.c_str(), stdout);
  if (!ran.folder.empty()) std::fprintf(stderr, "%s\n", ran.folder.c_str());
  return ran.exit;
}

}  // namespace shoal::cli
