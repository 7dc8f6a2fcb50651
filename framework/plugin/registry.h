#ifndef SHOAL_FRAMEWORK_PLUGIN_REGISTRY_H_
#define SHOAL_FRAMEWORK_PLUGIN_REGISTRY_H_

#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "framework/plugin/descriptor.h"
#include "framework/plugin/malformed.h"
#include "framework/plugin/plugin_search.h"
#include "framework/plugin/services.h"
#include "shoal/abi.h"
#include "shoal/component.h"

namespace shoal::host {

/// A plugin that was opened. It stays open as long as the process: LibTorch, glibc and thread-local state do not
/// survive the contrary.
struct Library {
  std::filesystem::path file;  ///< canonical
  Descriptor descriptor;
  std::vector<const shoal_component*> components;
  std::vector<std::string> warnings = {};  ///< what it does that a plugin should not; nothing that would spoil results

  /// SHA-256 of the file, computed when first asked.
  const std::string& digest() const;
  mutable std::string known_digest = {};
};

/// One component of one library.
struct ComponentEntry {
  const shoal_component* component = nullptr;
  const Library* library = nullptr;

  std::string_view id() const { return component->id; }
  std::string_view kind() const { return id().substr(0, id().find('/')); }
  bool has_trait(std::string_view trait) const;
  /// Those of features that it takes: the ones that it names, or else float32 and float64.
  std::vector<DType> dtypes() const;
};

/// The trait that an interface is shown as: "partial-fit/1" is `partial-fit`, "torch.decoder/1" is `decoder`.
std::string_view trait_of_interface(std::string_view id);

/// All components that this process can use.
///
/// Threads  after loading, everything but load may be called from several threads at once.
class Registry {
 public:
  /// `scan`, which outlives this, tries files before they are opened here; null: whoever calls knows them.
  explicit Registry(Services& services, Scan* scan = nullptr, LoadRules rules = {})
      : services_(services), search_(scan, std::move(rules)) {}

  /// Opens what PluginSearch::look_into finds in the folder, or look_at in the file.
  void load_folder(const std::filesystem::path& folder, const PluginSearch::Wanted& wanted = nullptr);
  void load_file(const std::filesystem::path& file);

  const std::deque<Library>& libraries() const { return libraries_; }
  const std::vector<Refusal>& refusals() const { return search_.refusals(); }
  const std::vector<std::filesystem::path>& folders() const { return search_.folders(); }

  /// All components called `id`: none, one, or several from different libraries (the user must then choose).
  std::vector<ComponentEntry> find(std::string_view id) const;
  /// All components, by id.
  std::vector<ComponentEntry> all() const;
  std::vector<std::string> ids() const;

 private:
  void open(std::vector<FoundPlugin> found);

  Services& services_;
  PluginSearch search_;
  std::deque<Library> libraries_;  // addresses stay
};

/// A component made from checked parameters, and what it was made with; destroyed at the end.
class Instance {
 public:
  /// `values[i]` belongs to params[i]. Throws what create throws, as a shoal::Error.
  Instance(const ComponentEntry& entry, Context& context, const shoal_value* values);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const shoal_object& object() const { return object_; }
  const ComponentEntry& entry() const { return entry_; }

  /// Gives up a component of the torch tier to its C++ owner: the pointer to delete by its interface's destructor.
  void* release();

 private:
  ComponentEntry entry_;
  shoal_object object_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_REGISTRY_H_
