#ifndef SHOAL_FRAMEWORK_CLI_OPTIONS_H_
#define SHOAL_FRAMEWORK_CLI_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "framework/cli/quick_comparison.h"

namespace CLI {
class App;
}

namespace shoal::cli {

/// What a user may say to every command.
struct Options {
  std::string experiment;
  std::vector<std::string> overrides;  ///< path=value …
  std::vector<std::string> overlays;   ///< --with FILE
  std::vector<std::string> axes;       ///< -m path=1,2,3
  std::vector<std::string> plugin_path, data;
  std::optional<std::int64_t> seeds;
  std::int64_t threads = 0;  ///< 0: as the experiment says, or all
  std::string out;           ///< run folder; "": runs/<name>/…; report: the page's file
  std::string device;        ///< "": as the experiment says
  std::string format = "text";
  bool format_given = false;       ///< predict
  std::string errors_as = "text";  ///< check, plan, run: what is wrong, as text, json, sarif or github
  bool errors_to_output = false;   ///< they are what the command is for
  std::vector<std::string> ids;    ///< explain
  std::string component;
  std::string shell;                  ///< completion
  std::string folder = "runs";        ///< runs; predict, export: one of them
  std::optional<std::int64_t> bench;  ///< run: fits to be timed
  std::vector<std::string> runs;      ///< compare, show, diff, report
  QuickComparison quick;              ///< compare --data
  std::vector<std::string> metrics, where;
  std::vector<std::string> baseline;
  std::string sort, pivot;
  double practical = 0;
  std::string retry_failed;          ///< run: only what this run did not finish; "latest": the latest of the experiment
  bool no_cache = false;             ///< run: take nothing from the store, keep nothing
  std::optional<std::int64_t> jobs;  ///< run: processes that work at once
  std::optional<std::int64_t> memory;  ///< run: bytes that all of them together may hold
  std::int64_t job_of = 0;             ///< run: being one of those, which writes nothing but the store, of that process
  std::string shard;                   ///< run, plan: "2/4"
  bool fail_fast = false, keep_going = false;  ///< run
  std::optional<double> checkpoint_every;      ///< run: seconds from one checkpoint of a node to the next, at least
  std::optional<double> timeout;               ///< run: seconds, of nodes that say none
  std::string live;                            ///< run: where its page is served, see LiveProcess; "": nowhere
  bool watch = false;                          ///< run: again whenever a file changes
  int dependencies_to = -1;                    ///< run: being one of those, the open file to tell what it depends on
  bool with_store = false;                     ///< profile: use it
  std::string trace;                           ///< profile: the file; "": trace.json in the run folder
  std::vector<std::string> force;              ///< run: nodes to be computed whatever the store has
  std::string node;                            ///< why, predict, export
  std::string older, max_size;                 ///< store prune: "30d", "20G"
  bool dry_run = false;                        ///< store prune
  std::string key;                             ///< store show: the beginning of a key
  bool all = false, differences = false;
  bool stored = false;                    ///< graph: mark what the store has
  bool resolved = false, origin = false;  ///< check: what to print
  std::size_t row = 1;                    ///< check: of this row
  bool allow_writable_plugins = false;    ///< which anyone may change
  bool without_lock = false;              ///< plugins lock: plugins.lock is not asked
  bool update = false;                    ///< plugins lock
  std::vector<std::string> files;         ///< plugins test, predict
  std::string level = "quick", only;      ///< plugins test
  std::uint64_t kit_seed = 0;             ///< plugins test
  std::int64_t kit_patience = 0;          ///< plugins test: seconds a case; 0: by level
  bool in_process = false, json = false;  ///< plugins test
  bool quiet = false, verbose = false, strict = false, markdown = false, vscode = false;
  std::optional<std::size_t> of_row;                ///< predict, export: from 1
  std::optional<std::int64_t> of_seed;              ///< predict, export
  bool resize = false;                              ///< predict
  std::string kind, plugin_name, language = "c++";  ///< new
  int request = -1;                                 ///< isolated-worker: the open file of its request
  std::vector<std::string> command;                 ///< as typed
  const CLI::App* app = nullptr;                    ///< all commands, for those that describe them
};

/// Exit codes.
enum ExitCode : int { kDone = 0, kWrongInput = 1, kRunFailed = 2 };

int run(const Options& options);
int profile(const Options& options);
int check(const Options& options);
int plan(const Options& options);
int explain(const Options& options);
int graph(const Options& options);
int compare(const Options& options);
int compare_runs(const Options& options);  ///< without --data
int report(const Options& options);
int why(const Options& options);
int list_store(const Options& options);
int show_stored(const Options& options);
int verify_store(const Options& options);
int prune_store(const Options& options);
int list_plugins(const Options& options);
int show_plugin(const Options& options);
int lock_plugins(const Options& options);
int rescan_plugins(const Options& options);
int test_plugins(const Options& options);
int runs(const Options& options);
int show_run(const Options& options);
int diff(const Options& options);
int predict(const Options& options);
int export_run(const Options& options);
int watch_page(const Options& options);
int new_plugin(const Options& options);
int schema(const Options& options);
int completion(const Options& options);
int complete_catalogue(const Options& options);  ///< what shoal-complete has to know, as JSON
int man_page(const Options& options);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_OPTIONS_H_
