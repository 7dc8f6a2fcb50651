#ifndef SHOAL_FRAMEWORK_PLUGIN_DESCRIPTOR_H_
#define SHOAL_FRAMEWORK_PLUGIN_DESCRIPTOR_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace shoal::host {

/// What a plugin says of itself, read from its file before anything of it runs.
struct Descriptor {
  std::uint32_t abi_major = 0, abi_minor = 0;
  std::uint64_t flags = 0;  ///< SHOAL_TORCH, SHOAL_ASAN, … of abi.h
  std::string name, version, sdk, toolchain, isa, torch, torch_build;

  bool torch_tier() const;
};

/// A file that is no plugin and need not be one: a helper library, a text. Passed in silence, shown with -v.
struct NotAPlugin {
  std::string reason;
};
/// A file that should have been one.
struct Damaged {
  std::string reason;
};

/// Reads the descriptor out of the ELF section ".shoal", by reading alone: opening a library runs its constructors, and
/// a truncated or damaged one kills the process inside dlopen. Never throws.
std::variant<Descriptor, NotAPlugin, Damaged> read_descriptor(const std::filesystem::path& file);

/// Why this program cannot open what `descriptor` describes, and what to do about it; nothing where it can.
std::optional<std::string> why_incompatible(const Descriptor& descriptor, const Descriptor& program);

/// What the running program would say of itself.
Descriptor describe_program();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_DESCRIPTOR_H_
