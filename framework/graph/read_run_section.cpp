// `run:` and `compare:` of an experiment: what no result hangs on.
#include "framework/config/scalars.h"
#include "framework/graph/read_parts.h"
#include "shoal/error.h"

namespace shoal::host {

using config::Diagnostics;
using config::Entry;
using config::Value;

namespace {

constexpr std::int64_t kMostJobs = 1024;

}  // namespace

RunSection read_run_section(const Value& value, Diagnostics& diagnostics) {
  RunSection out;
  if (!require_map(value, "run", diagnostics, "as in `run: {jobs: 4, timeout: 600}`")) return out;
  static const std::vector<std::string> known = {"jobs", "fail_fast", "checkpoint_every", "timeout", "memory"};
  for (const Entry& part : value.entries) {
    if (part.key == "jobs") {
      out.jobs = config::read_int(part.value, diagnostics, "jobs");
      out.jobs_place = part.value.place;
      if (out.jobs && (*out.jobs < 1 || *out.jobs > kMostJobs))
        diagnostics.error("K206", part.value.place,
                          text("'jobs' must be between 1 and {}, but is {}", kMostJobs, *out.jobs));
    } else if (part.key == "fail_fast") {
      out.fail_fast = config::read_bool(part.value, diagnostics, "fail_fast");
    } else if (part.key == "checkpoint_every") {
      out.checkpoint_every = config::read_real(part.value, diagnostics, "checkpoint_every");
      if (out.checkpoint_every && *out.checkpoint_every < 0)
        diagnostics.error("K206", part.value.place,
                          text("'checkpoint_every' must be 0 seconds or more, but is {}", *out.checkpoint_every));
    } else if (part.key == "timeout") {
      out.timeout = read_timeout(part.value, diagnostics);
    } else if (part.key == "memory") {
      out.memory = config::read_bytes(part.value, diagnostics, "memory");
      out.memory_place = part.value.place;
    } else if (part.key == "keep_going") {
      diagnostics.error("K201", part.key_place, "unknown key 'keep_going' in 'run'",
                        {{"what fails takes nothing else with it anyway; `fail_fast: true` is the other way", {}}});
    } else {
      unknown_key(part, "in 'run'", known, diagnostics);
    }
  }
  return out;
}

CompareSection read_compare_section(const Value& value, Diagnostics& diagnostics) {
  CompareSection out;
  if (!require_map(value, "compare", diagnostics, "as in `compare: {baseline: {backend: ours}, metrics: [probe.acc]}`"))
    return out;
  static const std::vector<std::string> known = {"baseline", "metrics"};
  for (const Entry& part : value.entries) {
    if (part.key == "baseline" && part.value.is_scalar() && part.value.text == "none") {
      out.no_baseline = true;
    } else if (part.key == "baseline") {
      if (!require_map(part.value, "baseline", diagnostics, "as in `baseline: {backend: ours}`, or `baseline: none`"))
        continue;
      for (const Entry& one : part.value.entries) out.baseline.push_back({one.key, one.value, one.key_place});
    } else if (part.key == "metrics") {
      if (!part.value.is_list())
        diagnostics.error("K205", part.value.place,
                          text("'metrics' must be a list, but is {}", part.value.kind_name()));
      for (const Value& item : part.value.items)
        if (auto name = read_output_name(item, "metrics", diagnostics)) out.metrics.push_back(std::move(*name));
    } else {
      unknown_key(part, "in 'compare'", known, diagnostics);
    }
  }
  return out;
}

}  // namespace shoal::host
