#include "framework/conformance/kit.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>

#include "framework/conformance/library_cases.h"
#include "framework/conformance/work.h"

namespace shoal::host::conformance {
namespace {

std::chrono::seconds patience(const KitOptions& options) {
  if (options.patience > 0) return std::chrono::seconds(options.patience);
  return std::chrono::seconds(options.level == Level::kQuick ? 60 : options.level == Level::kFull ? 300 : 1800);
}

std::uint64_t seeds(Level level) { return level == Level::kQuick ? 1 : level == Level::kFull ? 5 : 25; }

/// What a trainer does in few epochs is what it does in many. The kit's examples are few, and their columns too.
void make_fit(Subject& subject) {
  if (subject.entry.kind() == "transform" && subject.integer("components").value_or(0) > Points::kColumns)
    subject.given.try_emplace("components", "2");
  if (subject.entry.kind() != "trainer") return;
  for (const auto& [name, value] : {std::pair("epochs", "2"), std::pair("batch_size", "64")})
    if (subject.find_parameter(name) != nullptr) subject.given.try_emplace(name, value);
  if (!ended([&] { check_given(subject.component(), subject.given); }).well()) subject.given.erase("epochs");
}

class Run {
 public:
  Run(const Library& library, const KitOptions& options, const std::function<void(CaseResult)>& tell)
      : library_(library), options_(options), tell_(tell), only_(options.only) {}

  void try_library() {
    for (const Case& each : library_cases(library_, options_.scan_program))
      attempt(library_.file.filename().string(), each, options_.seed);
  }

  void try_component(const shoal_component* component) {
    Subject subject{.entry = {component, &library_},
                    .seed = options_.seed,
                    .level = options_.level,
                    .data_folders = options_.data_folders};
    for (const auto& [name, value] : options_.given)
      if (subject.find_parameter(name) != nullptr) subject.given[name] = value;
    const std::optional<std::string> unready = make_ready(subject);
    std::vector<Case> cases;
    const Kind kind = kind_of(subject);
    if (!unready) cases = kind.cases;
    for (Case& each : common_cases(subject, kind))
      if (!unready || each.name == "metadata" || each.name == "unknown-interface-is-null") cases.push_back(each);
    for (const Case& each : cases) under_each_seed(subject, each);
    if (unready)
      attempt(component->id, {"all-others", "what needs an object of it", [&] { throw Skipped(*unready); }},
              subject.seed);
  }

 private:
  /// Why no object of it can be made here; nothing where one can.
  static std::optional<std::string> make_ready(Subject& subject) {
    try {
      subject.given = fill_required(subject.component(), subject.given);
      make_fit(subject);
      check_given(subject.component(), subject.given);
    } catch (const Skipped& skipped) {
      return skipped.what();
    } catch (const InputError& refused) {
      return text("its parameters are not taken: {}", refused.what());
    }
    return std::nullopt;
  }

  void under_each_seed(Subject& subject, const Case& each) {
    for (std::uint64_t i = 0; i < seeds(options_.level); ++i) {
      subject.seed = options_.seed + i;
      if (attempt(subject.component().id, each, subject.seed, i + 1 == seeds(options_.level))) return;
    }
  }

  /// True where it is not to be tried again. A pass is told when `last`.
  bool attempt(const std::string& component, const Case& each, std::uint64_t seed, bool last = true) {
    if (!std::regex_search(component + "." + each.name, only_)) return true;
    CaseResult result{component, each.name, each.promise, {}, seed};
    const auto begin = std::chrono::steady_clock::now();
    const auto body = [&] {
      at::set_num_threads(1);
      each.run();
    };
    result.verdict =
        options_.in_process ? judge(body) : judge_in_child(body, library_.file.c_str(), patience(options_));
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const bool done = last || result.verdict.outcome != Outcome::kPass;
    if (done) tell_(result);
    return done;
  }

  const Library& library_;
  const KitOptions& options_;
  const std::function<void(CaseResult)>& tell_;
  std::regex only_;
};

std::string command_of(const CaseResult& result, const std::filesystem::path& file) {
  std::string only;
  for (const char c : result.component + "." + result.name) only += c == '.' ? "\\." : std::string(1, c);
  return text("shoal plugins test {} --only '{}$' --in-process --seed {}", file.string(), only, result.seed);
}

}  // namespace

void try_library(const Library& library, const KitOptions& options, const std::function<void(CaseResult)>& tell) {
  Run run(library, options, tell);
  run.try_library();
  for (const shoal_component* component : library.components) run.try_component(component);
}

std::string as_line(const CaseResult& result, const std::filesystem::path& file) {
  std::string out = name(result.verdict.outcome);
  out.resize(7, ' ');
  out += result.component + "." + result.name;
  if (!result.verdict.why.empty()) out += ": " + result.verdict.why;
  if (result.bad()) out += "\n        right: " + result.promise + "\n        again: " + command_of(result, file);
  return out;
}

std::string as_json(const std::vector<CaseResult>& results, const std::filesystem::path& file) {
  nlohmann::ordered_json cases = nlohmann::json::array();
  for (const CaseResult& result : results) {
    nlohmann::ordered_json entry = {
        {"component", result.component}, {"case", result.name},       {"outcome", name(result.verdict.outcome)},
        {"promise", result.promise},     {"why", result.verdict.why}, {"seed", result.seed},
        {"seconds", result.seconds}};
    if (result.bad()) entry["again"] = command_of(result, file);
    cases.push_back(std::move(entry));
  }
  const nlohmann::ordered_json out = {{"file", file.string()}, {"cases", std::move(cases)}};
  return out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace shoal::host::conformance
