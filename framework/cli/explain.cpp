// shoal explain: what an id means.
#include <cstdio>

#include "framework/cli/options.h"
#include "framework/config/catalog.h"
#include "framework/config/diagnostics.h"

namespace shoal::cli {
namespace {

int say_unknown(const std::string& id) {
  std::vector<std::string> ids;
  for (const config::Chapter& chapter : config::catalog())
    for (const config::Explanation& entry : chapter.entries) ids.emplace_back(entry.id);
  std::fprintf(stderr, "shoal: error: there is no diagnostic '%s'%s (shoal explain lists them)\n", id.c_str(),
               config::did_you_mean(id, ids).c_str());
  return kWrongInput;
}

}  // namespace

int explain(const Options& options) {
  if (options.markdown) {
    std::fputs(config::catalog_as_markdown().c_str(), stdout);
    return kDone;
  }
  if (options.ids.empty()) {
    std::fputs(config::list_catalog().c_str(), stdout);
    return kDone;
  }
  for (const std::string& id : options.ids) {
    const config::Explanation* entry = config::find_explanation(id);
    if (entry == nullptr) return say_unknown(id);
    std::printf("%s%s", &id == &options.ids.front() ? "" : "\n", config::render(*entry).c_str());
  }
  return kDone;
}

}  // namespace shoal::cli
