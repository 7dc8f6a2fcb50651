#ifndef SHOAL_FRAMEWORK_PLUGIN_REGISTRY_H_
#define SHOAL_FRAMEWORK_PLUGIN_REGISTRY_H_

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/plugin/descriptor.h"
#include "framework/plugin/malformed.h"
#include "framework/plugin/plugin_lock.h"
#include "framework/plugin/scan.h"
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

/// A file that was looked at and not opened, and why. `damaged` false: no plugin at all, which is nobody's fault.
struct Refusal {
  std::filesystem::path file;
  std::string reason;
  bool damaged = true;
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

/// Whose plugins are opened.
struct LoadRules {
  bool allow_writable = false;          ///< by anyone
  std::optional<PluginLock> lock = {};  ///< only these
};

/// All components that this process can use.
///
/// Threads  after loading, everything but load may be called from several threads at once.
class Registry {
 public:
  /// `scan`, which outlives this, tries files before they are opened here; null: whoever calls knows them.
  explicit Registry(Services& services, Scan* scan = nullptr, LoadRules rules = {})
      : services_(services), scan_(scan), rules_(std::move(rules)) {}

  /// Looks at every *.so of `folder` (not below it), by name, and opens those that are plugins and fit. A folder that
  /// is not there is no error: it is kept in `folders` and listed with what was found in it. A plugin that `wanted`
  /// does not want is passed over in silence, before anything else is asked of it.
  using Wanted = std::function<bool(const std::filesystem::path& file, const Descriptor& descriptor)>;
  void load_folder(const std::filesystem::path& folder, const Wanted& wanted = nullptr);
  /// One file; here a file that is no plugin is a refusal like any other.
  void load_file(const std::filesystem::path& file);

  const std::deque<Library>& libraries() const { return libraries_; }
  const std::vector<Refusal>& refusals() const { return refusals_; }
  const std::vector<std::filesystem::path>& folders() const { return folders_; }

  /// All components called `id`: none, one, or several from different libraries (the user must then choose).
  std::vector<ComponentEntry> find(std::string_view id) const;
  /// All components, by id.
  std::vector<ComponentEntry> all() const;
  std::vector<std::string> ids() const;

 private:
  /// A file that says it is a plugin, and fits.
  struct Candidate {
    std::filesystem::path file;
    Descriptor descriptor;
    std::vector<std::string> warnings;
  };
  std::optional<Candidate> consider(const std::filesystem::path& file, bool must_be_a_plugin, const Wanted& wanted);
  std::optional<std::string> why_not_trusted(const std::filesystem::path& file) const;
  void open(std::vector<Candidate> candidates);

  Services& services_;
  Scan* scan_;
  LoadRules rules_;
  std::deque<Library> libraries_;  // addresses stay
  std::vector<Refusal> refusals_;
  std::vector<std::filesystem::path> folders_;
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
