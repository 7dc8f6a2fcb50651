#include "framework/plugin/registry.h"

#include <dlfcn.h>

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <set>
#include <variant>

#include "framework/plugin/digest.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

constexpr const char* kEntryPoint = "shoal_plugin_v1";

/// Opens for the rest of the process. Boost.DLL 1.74 reports "Bad file descriptor" whatever the reason: dlerror has it.
boost::dll::shared_library& open_for_ever(const std::filesystem::path& file) {
  namespace dll = boost::dll;
  static auto& opened = *new std::deque<dll::shared_library>;  // leaked: a static registry would close them at exit
  std::error_code error;
  dlerror();
  dll::shared_library library;
  library.load(file.string(), error, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
  if (error) {
    const char* reason = dlerror();
    std::string what = reason != nullptr ? reason : error.message();
    const std::string prefix = file.string() + ": ";
    if (what.starts_with(prefix)) what.erase(0, prefix.size());
    throw std::runtime_error(what);
  }
  opened.push_back(std::move(library));
  return opened.back();
}

/// "undefined symbol: _Zx" said so that an author sees what to do.
std::string explain(const std::string& reason) {
  if (reason.find("undefined symbol") != std::string::npos)
    return reason + ": was a source file or a library left out of the build?";
  if (reason.find("cannot open shared object file") != std::string::npos)
    return reason + ": it is needed by this plugin and is not on this machine";
  return reason;
}

}  // namespace

const std::string& Library::digest() const {
  if (known_digest.empty()) known_digest = digest_of_file(file);
  return known_digest;
}

std::string_view trait_of_interface(std::string_view id) {
  constexpr std::string_view kTorch = "torch.";
  if (id.starts_with(kTorch)) id.remove_prefix(kTorch.size());
  return id.substr(0, id.find('/'));
}

bool ComponentEntry::has_trait(std::string_view trait) const {
  for (const char* const* t = component->traits; t != nullptr && *t != nullptr; ++t)
    if (trait == *t) return true;
  return false;
}

void Registry::load_folder(const std::filesystem::path& folder) {
  folders_.push_back(folder);
  std::error_code error;
  std::set<std::filesystem::path> files;  // by name: the order of a folder is chance
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".so") files.insert(entry.path());
  for (const auto& file : files) consider(file, false);
}

void Registry::load_file(const std::filesystem::path& file) { consider(file, true); }

void Registry::consider(const std::filesystem::path& named, bool must_be_a_plugin) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::canonical(named, error);
  if (error) {
    refusals_.push_back({named, text("cannot be read: {}", error.message())});
    return;
  }
  for (const Library& known : libraries_)
    if (known.file == file) return;
  const auto read = read_descriptor(file);
  if (const auto* none = std::get_if<NotAPlugin>(&read)) {
    refusals_.push_back({file, text("not a plugin ({})", none->reason), must_be_a_plugin});
  } else if (const auto* damaged = std::get_if<Damaged>(&read)) {
    refusals_.push_back({file, damaged->reason});
  } else if (const auto reason = why_incompatible(std::get<Descriptor>(read), describe_program())) {
    refusals_.push_back({file, *reason});
  } else {
    try {
      open(file, std::get<Descriptor>(read));
    } catch (const std::exception& failure) {
      refusals_.push_back({file, explain(failure.what())});
    }
  }
}

void Registry::open(const std::filesystem::path& file, const Descriptor& descriptor) {
  boost::dll::shared_library& opened = open_for_ever(file);
  if (!opened.has(kEntryPoint)) throw std::runtime_error(text("it does not export {}", kEntryPoint));
  auto* entry = opened.get<shoal_plugin_fn>(kEntryPoint);
  NodeContext context(services_, 0, nullptr);
  const shoal_component* const* components = nullptr;
  const std::int32_t count = entry(context.context().c_context(), &components);
  if (count < 0)
    detail::throw_status(-count, context.context().c_context()->host->message(context.context().c_context()));
  Library library{.file = file, .descriptor = descriptor, .components = {}};
  std::set<std::string_view> ids;
  for (std::int32_t i = 0; i < count; ++i) {
    const shoal_component* component = components[i];
    if (component == nullptr) throw std::runtime_error(text("its component {} of {} is null", i + 1, count));
    if (const auto reason = why_malformed(*component)) throw std::runtime_error(*reason);
    if (!ids.insert(component->id).second) throw std::runtime_error(text("it has '{}' twice", component->id));
    library.components.push_back(component);
  }
  if (library.components.empty()) throw std::runtime_error("it has no components");
  libraries_.push_back(std::move(library));
}

std::vector<ComponentEntry> Registry::find(std::string_view id) const {
  std::vector<ComponentEntry> found;
  for (const Library& library : libraries_)
    for (const shoal_component* component : library.components)
      if (id == component->id) found.push_back({component, &library});
  return found;
}

std::vector<ComponentEntry> Registry::all() const {
  std::vector<ComponentEntry> out;
  for (const Library& library : libraries_)
    for (const shoal_component* component : library.components) out.push_back({component, &library});
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.id() < b.id(); });
  return out;
}

std::vector<std::string> Registry::ids() const {
  std::vector<std::string> out;
  for (const ComponentEntry& entry : all())
    if (out.empty() || out.back() != entry.id()) out.emplace_back(entry.id());
  return out;
}

Instance::Instance(const ComponentEntry& entry, Context& context, const shoal_value* values)
    : entry_(entry), object_{sizeof(shoal_object), entry.component, nullptr} {
  detail::check_status(context.c_context(), entry.component->create(context.c_context(), values, &object_.self));
}

Instance::~Instance() {
  if (object_.self != nullptr) entry_.component->destroy(object_.self);
}

void* Instance::release() {
  void* self = object_.self;
  object_.self = nullptr;
  return self;
}

}  // namespace shoal::host
