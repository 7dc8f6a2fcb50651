#include "framework/cli/open_store.h"

#include <cstdio>

#include "shoal/error.h"

namespace shoal::cli {

std::unique_ptr<host::Store> open_store(std::function<void(const std::string&)> log) {
  const auto tell = [log = std::move(log)](const std::string& id, const std::string& what) {
    const std::string line = text("warning[{}]: {}", id, what);
    std::fprintf(stderr, "shoal: %s\n", line.c_str());
    if (log) log(line);
  };
  try {
    return std::make_unique<host::Store>(host::Store::default_folder(), tell);
  } catch (const host::StoreFormatError&) {
    throw;
  } catch (const std::runtime_error& error) {  // UnreadableEntry or std::system_error
    tell("S705", text("nothing is kept of this run, and nothing taken: {}", error.what()));
    return nullptr;
  }
}

}  // namespace shoal::cli
