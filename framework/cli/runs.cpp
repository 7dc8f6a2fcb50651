// shoal runs, show and diff: what finished runs came to, from their folders alone.
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "framework/cli/options.h"
#include "framework/report/run_diff.h"
#include "framework/report/run_list.h"
#include "framework/report/run_show.h"

namespace shoal::cli {
namespace {

/// Prints what `say` gives; what a folder has wrong is wrong input.
template <typename Say>
int print(Say say) {
  try {
    std::fputs(say().c_str(), stdout);
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return kWrongInput;
  }
  return kDone;
}

// What a component threw may be no text.
std::string dump(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

int runs(const Options& options) {
  return print([&] {
    const auto found = host::list_runs(options.folder);
    return options.format == "json" ? dump(host::runs_as_json(found)) : host::runs_as_text(found);
  });
}

int show_run(const Options& options) {
  return print([&] {
    const host::RunFile run = host::read_run(options.runs.at(0));
    return options.format == "json" ? dump(host::show_as_json(run)) : host::show_as_text(run);
  });
}

int diff(const Options& options) {
  return print([&] {
    const host::RunFile first = host::read_run(options.runs.at(0)), second = host::read_run(options.runs.at(1));
    const host::RunDifference found = host::diff_runs(first, second);
    return options.format == "json" ? dump(host::diff_as_json(found)) : host::diff_as_text(found);
  });
}

}  // namespace shoal::cli
