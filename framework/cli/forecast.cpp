// shoal plan and why: what a run would do, and for which reason.
#include "framework/cli/forecast.h"

#include <algorithm>
#include <cstdio>

#include "framework/cli/open_store.h"
#include "framework/run/earlier_times.h"
#include "shoal/error.h"

namespace shoal::cli {

Forecast::Forecast(Session& session, const host::Plan& plan, host::Store* store, std::vector<host::RowMeans> rows)
    : events_(std::make_unique<host::EventBus>(std::vector<std::shared_ptr<host::Live>>{}, "", "")) {
  if (store != nullptr) cache_.emplace(*store, session.services, "");
  executor_ = std::make_unique<host::Executor>(
      plan, session.services, *events_, nobody_,
      host::ExecutorOptions{.rows = std::move(rows), .cache = cache_ ? &*cache_ : nullptr});
  forecast_ = executor_->forecast(wrong_);
}

bool Forecast::tell_if_wrong(const Options& options, Session& session) const {
  if (!wrong_.has_errors()) return true;
  tell_and_keep(options, session, wrong_, "Nothing was run.");
  tell_at_end(options, session);
  return false;
}

bool Forecast::tell_of_its_data(const Options& options, Session& session, const host::Plan& plan) const {
  config::Diagnostics found;
  host::check_against_data(plan, executor_->dataset_infos(), found);
  return tell_of_data(options, session, found);
}

const host::KeyParts& Forecast::parts_of(std::size_t task) const { return executor_->parts_of(task); }

namespace {

using host::GraphNode;
using Fate = host::Executor::Forecast;

std::string settings_of(const config::Row& row) {
  std::string out;
  for (const auto& [axis, label] : row.settings) out += axis + " " + label + "  ";
  return out + text("seed {}", row.seed);
}

const char* word_of(Fate fate) {
  switch (fate) {
    case Fate::declared: return "";
    case Fate::kept: return "stored";
    case Fate::computed: return "run";
    case Fate::unknown: return "run?";
  }
  return "";
}

std::string shortened(const std::string& value) { return value.size() > 40 ? value.substr(0, 12) + "…" : value; }

/// The result that shares most with `parts`: of a node of that name, or else of that component.
std::optional<host::Manifest> nearest(host::Store& store, const std::string& node, const host::KeyParts& parts) {
  std::optional<host::Manifest> best;
  std::size_t most = 0;
  for (const host::Store::Listed& listed : store.list()) {
    const host::Manifest& manifest = listed.manifest;
    if (manifest.parts.size() < 2 || manifest.parts[1] != parts[1]) continue;  // another component
    std::size_t shared = manifest.node == node ? 1000 : 1;
    for (const auto& part : parts)
      if (std::find(manifest.parts.begin(), manifest.parts.end(), part) != manifest.parts.end()) ++shared;
    if (shared >= most) most = shared, best = manifest;  // of equals the one used last
  }
  return best;
}

void print_differences(const host::KeyParts& before, const host::KeyParts& now) {
  for (const auto& [name, value] : now) {
    const std::string* old = host::find_part(before, name);
    if (old != nullptr && *old == value) continue;
    const std::string was = old == nullptr ? "(nothing)" : shortened(*old);
    std::printf("  %-18s %s → %s%s\n", name.c_str(), was.c_str(), shortened(value).c_str(),
                name == "library" ? "   (the plugin was built anew)" : "");
  }
  for (const auto& [name, value] : before)
    if (host::find_part(now, name) == nullptr)
      std::printf("  %-18s %s → (nothing)\n", name.c_str(), shortened(value).c_str());
}

/// "about 4 min, by earlier times of 12 of 15 node runs\n", or "" where no time is known.
std::string estimate(const host::Plan& plan, const Forecast& forecast, host::Store& store,
                     const std::vector<host::RowMeans>& rows) {
  const host::EarlierTimes earlier(store.list());
  std::size_t known = 0, all = 0;
  double seconds = 0;
  for (std::size_t t = 0; t < plan.tasks.size(); ++t) {
    const GraphNode& node = plan.node_of(plan.tasks[t]);
    if (!node.at_work || (forecast.of(t) != Fate::computed && forecast.of(t) != Fate::unknown)) continue;
    ++all;
    const host::KeyParts& parts = forecast.parts_of(t);
    const host::RowMeans& means = rows[plan.tasks[t].row];
    const auto took = earlier.seconds_of(
        {.parts = parts.empty() ? host::key_parts(node, plan.tasks[t].seed, {}, means.device) : parts,
         .inputs_known = !parts.empty(),
         .node = node.name,
         .experiment = plan.rows[0].graph.experiment.name,
         .threads = means.threads});
    if (!took) continue;
    ++known;
    seconds += *took;
  }
  return known == 0 ? "" : text("{}, by earlier times of {} of {} node runs\n", host::roughly(seconds), known, all);
}

void explain(const Forecast& forecast, const host::Plan& plan, std::size_t t, host::Store& store) {
  const GraphNode& node = plan.node_of(plan.tasks[t]);
  const host::KeyParts& parts = forecast.parts_of(t);
  switch (forecast.of(t)) {
    case Fate::declared: std::printf("it computes nothing: it is declared for others to use\n"); return;
    case Fate::unknown:
      std::printf("its inputs are to be computed first; if they come out as before, its kept result is taken\n");
      return;
    case Fate::kept: {
      const auto manifest = store.find(host::key_of(parts));
      if (!manifest) {  // it was a moment ago
        std::printf("it was in the store, but another process has just removed it\n");
        return;
      }
      std::printf("it is taken from the store: %s, computed in %.3g s at %s by '%s'\n",
                  manifest->key.substr(0, 12).c_str(), manifest->seconds, manifest->written.c_str(),
                  manifest->experiment.c_str());
      return;
    }
    case Fate::computed: break;
  }
  if (!node.cached) {
    std::printf("it is computed: the experiment says `cache: off`\n");
    return;
  }
  const auto before = nearest(store, node.name, parts);
  if (!before) {
    std::printf("it is computed: the store has no result of %s\n", std::string(node.component.id()).c_str());
    return;
  }
  if (before->parts == parts) {
    std::printf("it is computed: what was kept of it (%s) is not all that is needed now\n",
                before->key.substr(0, 12).c_str());
    return;
  }
  std::printf("it is computed; the nearest result kept is %s of node '%s' (%s), and differs in\n",
              before->key.substr(0, 12).c_str(), before->node.c_str(), before->written.c_str());
  print_differences(before->parts, parts);
}

}  // namespace

int plan(const Options& options) {
  Session session(options);
  const auto plan = plan_or_explain(options, session);
  if (!plan) return kWrongInput;
  const auto means = choose_means(options, session, *plan);
  if (!means) return kWrongInput;
  const auto store = options.no_cache ? nullptr : open_store();
  const Forecast forecast(session, *plan, store.get(), *means);
  if (!forecast.tell_if_wrong(options, session) || !forecast.tell_of_its_data(options, session, *plan))
    return kWrongInput;
  std::size_t runs = 0, kept = 0, perhaps = 0, shared = 0;
  for (std::size_t r = 0; r < plan->rows.size(); ++r) {
    const host::PlannedRow& row = plan->rows[r];
    std::printf("row %zu of %zu  %s\n", r + 1, plan->rows.size(), settings_of(row.row).c_str());
    for (const std::size_t i : row.graph.order) {
      const GraphNode& node = row.graph.nodes[i];
      if (!node.at_work) continue;
      const host::Task& task = plan->tasks[row.tasks[i]];
      const bool here = task.row == r;
      const Fate fate = forecast.of(row.tasks[i]);
      ++(!here ? shared : fate == Fate::kept ? kept : fate == Fate::computed ? runs : perhaps);
      const std::string why = here ? "" : text("same as in row {}", task.row + 1);
      std::printf("  %-16s %-7s %-28s %s\n", node.name.c_str(), here ? word_of(fate) : "shared",
                  std::string(node.component.id()).c_str(), why.c_str());
    }
  }
  std::printf(
      "%zu node runs: %zu taken from the store, %zu to run, %zu only if their inputs change; %zu shared between "
      "rows.\n",
      runs + kept + perhaps, kept, runs, perhaps, shared);
  if (store && runs + perhaps > 0) std::fputs(estimate(*plan, forecast, *store, *means).c_str(), stdout);
  return kDone;
}

int why(const Options& options) {
  Session session(options);
  const auto plan = plan_or_explain(options, session);
  if (!plan) return kWrongInput;
  const auto means = choose_means(options, session, *plan);
  const auto store = open_store();
  if (!means || !store) return kWrongInput;
  const std::vector<std::string> names = node_names(*plan);
  const auto found = std::find(names.begin(), names.end(), options.node);
  if (found == names.end()) {
    std::fprintf(stderr, "shoal: error[G301]: the experiment has no node '%s'%s\n", options.node.c_str(),
                 config::did_you_mean(options.node, names).c_str());
    return kWrongInput;
  }
  const Forecast forecast(session, *plan, store.get(), *means);
  if (!forecast.tell_if_wrong(options, session)) return kWrongInput;
  for (std::size_t t = 0; t < plan->tasks.size(); ++t) {
    const host::Task& task = plan->tasks[t];
    if (plan->node_of(task).name != options.node) continue;
    if (plan->rows.size() > 1)
      std::printf("row %zu of %zu  %s\n", task.row + 1, plan->rows.size(),
                  settings_of(plan->rows[task.row].row).c_str());
    explain(forecast, *plan, t, *store);
  }
  return kDone;
}

}  // namespace shoal::cli
