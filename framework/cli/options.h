#ifndef SHOAL_FRAMEWORK_CLI_OPTIONS_H_
#define SHOAL_FRAMEWORK_CLI_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "framework/cli/quick_comparison.h"

namespace shoal::cli {

/// What a user may say to every command.
struct Options {
  std::string experiment;
  std::vector<std::string> overrides;  ///< path=value …
  std::vector<std::string> plugin_path, data;
  std::optional<std::int64_t> seeds;
  std::int64_t threads = 0;  ///< 0: as the experiment says, or all
  std::string out;           ///< run folder; "": runs/<name>/…
  std::string device;        ///< "": as the experiment says
  std::string format = "text";
  std::string errors_as = "text";  ///< check, plan, run: what is wrong, as text, json, sarif or github
  bool errors_to_output = false;   ///< they are what the command is for
  std::vector<std::string> ids;    ///< explain
  std::string component;
  std::optional<std::int64_t> bench;  ///< run: fits to be timed
  std::vector<std::string> runs;      ///< compare
  QuickComparison quick;              ///< compare --data
  std::vector<std::string> metrics, where;
  std::vector<std::string> baseline;
  std::string sort, pivot;
  double practical = 0;
  bool all = false, differences = false;
  bool quiet = false, verbose = false, strict = false, markdown = false;
  std::vector<std::string> command;  ///< as typed, for environment.json
};

/// Exit codes.
enum ExitCode : int { kDone = 0, kWrongInput = 1, kRunFailed = 2 };

int run(const Options& options);
int check(const Options& options);
int plan(const Options& options);
int explain(const Options& options);
int graph(const Options& options);
int compare(const Options& options);
int list_plugins(const Options& options);
int show_plugin(const Options& options);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_OPTIONS_H_
