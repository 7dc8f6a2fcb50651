#include "framework/plugin/open_library.h"

#include <dlfcn.h>

#include <boost/dll/shared_library.hpp>
#include <deque>
#include <exception>
#include <set>
#include <stdexcept>
#include <string>

#include "framework/plugin/malformed.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

constexpr const char* kEntryPoint = "shoal_plugin_v1";

/// "undefined symbol: _Zx" said so that an author sees what to do.
std::string explain(const std::string& reason) {
  if (reason.find("undefined symbol") != std::string::npos)
    return reason + ": was a source file or a library left out of the build?";
  if (reason.find("cannot open shared object file") != std::string::npos)
    return reason + ": it is needed by this plugin and is not on this machine";
  if (reason.find("version `GLIBC") != std::string::npos)
    return reason + ": built with a newer compiler or system than this one; rebuild it here";
  if (reason.find("static TLS") != std::string::npos)
    return reason +
           ": too many libraries with thread-local variables are open already; give it fewer neighbours "
           "(--plugin-path), or build it with -ftls-model=global-dynamic";
  return reason;
}

/// What a static constructor throws has passed through the loader and left it half done: the process ends here, by the
/// terminate handler of shoal-scan, which says what was thrown.
void load(boost::dll::shared_library& library, const std::filesystem::path& file, std::error_code& error) noexcept try {
  namespace mode = boost::dll::load_mode;
  library.load(file.string(), error, mode::rtld_now | mode::rtld_local);
} catch (...) {
  std::terminate();  // in here the handler knows the exception
}

/// Boost.DLL 1.74 reports "Bad file descriptor" whatever the reason: dlerror has it.
boost::dll::shared_library& open_for_ever(const std::filesystem::path& file) {
  namespace dll = boost::dll;
  static auto& opened = *new std::deque<dll::shared_library>;  // leaked: a static registry would close them at exit
  std::error_code error;
  dlerror();
  dll::shared_library library;
  load(library, file, error);
  if (error) {
    const char* reason = dlerror();
    std::string what = reason != nullptr ? reason : error.message();
    const std::string prefix = file.string() + ": ";
    if (what.starts_with(prefix)) what.erase(0, prefix.size());
    throw std::runtime_error(explain(what));
  }
  opened.push_back(std::move(library));
  return opened.back();
}

}  // namespace

std::vector<const shoal_component*> open_library(const std::filesystem::path& file, Services& services) {
  boost::dll::shared_library& opened = open_for_ever(file);
  if (!opened.has(kEntryPoint)) throw std::runtime_error(text("it does not export {}", kEntryPoint));
  auto* entry = opened.get<shoal_plugin_fn>(kEntryPoint);
  NodeContext context(services, 0, nullptr);
  const shoal_context* c = context.context().c_context();
  const shoal_component* const* components = nullptr;
  const std::int32_t count = entry(c, &components);
  if (count < 0) {
    const std::string message = c->host->message(c);
    throw std::runtime_error(message.empty() ? text("its entry function answers {} and says no reason", count)
                                             : message);
  }
  if (count == 0) throw std::runtime_error("it has no components");
  if (components == nullptr) throw std::runtime_error(text("it promises {} components and gives no table", count));
  std::vector<const shoal_component*> out;
  std::set<std::string_view> ids;
  for (std::int32_t i = 0; i < count; ++i) {
    const shoal_component* component = components[i];
    if (component == nullptr) throw std::runtime_error(text("its component {} of {} is null", i + 1, count));
    if (const auto reason = why_malformed(*component)) throw std::runtime_error(*reason);
    if (!ids.insert(component->id).second) throw std::runtime_error(text("it has '{}' twice", component->id));
    out.push_back(component);
  }
  return out;
}

}  // namespace shoal::host
