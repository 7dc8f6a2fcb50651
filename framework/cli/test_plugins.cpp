// shoal plugins test: what components of a kind must hold to, tried on the components of a plugin.
#include <cstdio>
#include <regex>
#include <vector>

#include "framework/cli/session.h"
#include "framework/conformance/kit.h"
#include "framework/plugin/places.h"
#include "shoal/error.h"

namespace shoal::cli {
namespace {

namespace kit = host::conformance;

kit::KitOptions kit_options(const Options& options) {
  kit::KitOptions out{.only = options.only,
                      .seed = options.kit_seed,
                      .patience = options.kit_patience,
                      .in_process = options.in_process,
                      .scan_program = host::program_folder() / "shoal-scan"};
  if (options.level != "quick") out.level = options.level == "full" ? kit::Level::kFull : kit::Level::kLong;
  for (const std::string& given : options.overrides) {
    const std::size_t at = given.find('=');
    require(at != std::string::npos && at > 0, "--with takes NAME=VALUE, but got '{}'", given);
    out.given[given.substr(0, at)] = given.substr(at + 1);
  }
  for (const auto& folder : host::data_folders(options.data)) out.data_folders.push_back(folder.string());
  return out;
}

}  // namespace

int test_plugins(const Options& options) {
  kit::KitOptions how;
  try {
    how = kit_options(options);
    static_cast<void>(std::regex(how.only));
  } catch (const InputError& wrong) {
    std::fprintf(stderr, "shoal: %s\n", wrong.what());
    return kWrongInput;
  } catch (const std::regex_error& wrong) {
    std::fprintf(stderr, "shoal: --only takes a regular expression, but '%s' is none (%s)\n", how.only.c_str(),
                 wrong.what());
    return kWrongInput;
  }
  // No session: its threads would not be there in the cases' processes. Constructors are tried elsewhere, too.
  host::Services services(1);
  host::Scan scan(how.scan_program, host::plugin_cache());
  host::Registry registry(services, &scan, {.allow_writable = options.allow_writable_plugins});
  for (const std::string& file : options.files) registry.load_file(file);
  for (const host::Refusal& refusal : registry.refusals())
    std::fprintf(stderr, "shoal: %s: %s\n", refusal.file.c_str(), refusal.reason.c_str());
  if (!registry.refusals().empty()) return kWrongInput;

  std::size_t passed = 0, skipped = 0, bad = 0;
  std::string json;
  for (const host::Library& library : registry.libraries()) {
    std::vector<kit::CaseResult> results;
    kit::try_library(library, how, [&](const kit::CaseResult& result) {
      ++(result.bad() ? bad : result.verdict.outcome == kit::Outcome::kSkip ? skipped : passed);
      results.push_back(result);
      if (options.json) return;
      std::printf("%s\n", kit::as_line(result, library.file).c_str());
      std::fflush(stdout);
    });
    json += (json.empty() ? "" : ",\n") + kit::as_json(results, library.file);
  }
  if (options.json) std::printf("[%s]\n", json.c_str());
  else std::printf("%zu passed, %zu skipped, %zu failed\n", passed, skipped, bad);
  if (passed + skipped + bad == 0) {
    std::fprintf(stderr, "shoal: no case is called like '%s'\n", how.only.c_str());
    return kWrongInput;
  }
  return bad > 0 ? kRunFailed : kDone;
}

}  // namespace shoal::cli
