#include "framework/plugin/descriptor.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string_view>
#include <vector>

#include "framework/plugin/elf_file.h"
#include "shoal/abi.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_X86_64: return "x86-64";
    case EM_AARCH64: return "aarch64";
    case EM_386: return "32-bit x86";
    case EM_RISCV: return "RISC-V";
    case EM_PPC64: return "POWER";
    default: return text("machine {}", machine);
  }
}

#if defined(__x86_64__)
constexpr unsigned kThisMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kThisMachine = EM_AARCH64;
#else
#error "add this machine"
#endif

std::optional<std::string> check_header(const Elf64_Ehdr& header) {
  if (header.e_ident[EI_CLASS] != ELFCLASS64) return "built for 32 bits, this is a 64-bit program";
  if (header.e_ident[EI_DATA] != ELFDATA2LSB) return "built for a big-endian machine";
  if (header.e_machine != kThisMachine)
    return text("built for {}, this is {}", machine_name(header.e_machine), machine_name(kThisMachine));
  return std::nullopt;
}

/// What would make the loader read outside the file: SIGBUS or SIGSEGV inside dlopen.
std::optional<std::string> check_segments(ElfFile& file, const Elf64_Ehdr& header) {
  std::uint64_t needed = 0;
  bool dynamic_inside = true;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (!file.read(header.e_phoff + std::uint64_t{i} * sizeof(segment), segment))
      return text("the file ends at byte {}, before its table of segments: copy it again", file.size());
    if (segment.p_offset + segment.p_filesz < segment.p_offset) return "damaged ELF file (a segment's size overflows)";
    if (segment.p_type == PT_DYNAMIC) dynamic_inside = file.holds(segment.p_offset, segment.p_filesz);
    if (segment.p_type == PT_LOAD) needed = std::max(needed, segment.p_offset + segment.p_filesz);
  }
  if (needed > file.size())
    return text("the file ends at byte {} but its segments need {}: copy it again", file.size(), needed);
  if (!dynamic_inside) return "damaged ELF file (dynamic section lies outside it)";
  return std::nullopt;
}

template <std::size_t N>
std::string field(const char (&characters)[N]) {
  return std::string(characters, strnlen(characters, N));
}

Descriptor from_c(const shoal_descriptor& raw) {
  return {.abi_major = raw.abi_major,
          .abi_minor = raw.abi_minor,
          .flags = raw.flags,
          .name = field(raw.name),
          .version = field(raw.version),
          .sdk = field(raw.sdk),
          .toolchain = field(raw.toolchain),
          .isa = field(raw.isa),
          .torch = field(raw.torch),
          .torch_build = field(raw.torch_build)};
}

bool cpu_supports(std::string_view set) {
#if defined(__x86_64__)
  const std::pair<std::string_view, bool> known[] = {
      {"sse3", __builtin_cpu_supports("sse3")},
      {"ssse3", __builtin_cpu_supports("ssse3")},
      {"sse4.1", __builtin_cpu_supports("sse4.1")},
      {"sse4.2", __builtin_cpu_supports("sse4.2")},
      {"avx", __builtin_cpu_supports("avx")},
      {"avx2", __builtin_cpu_supports("avx2")},
      {"fma", __builtin_cpu_supports("fma")},
      {"bmi2", __builtin_cpu_supports("bmi2")},
      {"avx512f", __builtin_cpu_supports("avx512f")},
      {"avx512bw", __builtin_cpu_supports("avx512bw")},
      {"avx512dq", __builtin_cpu_supports("avx512dq")},
      {"avx512vl", __builtin_cpu_supports("avx512vl")},
      {"avx512vnni", __builtin_cpu_supports("avx512vnni")},
      {"avx512bf16", __builtin_cpu_supports("avx512bf16")},
  };
  for (const auto& [name, supported] : known)
    if (name == set) return supported;
#endif
  return false;  // not known here: better refused than SIGILL
}

std::string missing_instructions(std::string_view isa) {
  std::string missing;
  while (!isa.empty()) {
    const auto end = std::min(isa.find_first_of(", "), isa.size());
    const std::string_view set = isa.substr(0, end);
    if (!set.empty() && !cpu_supports(set)) missing += (missing.empty() ? "" : ", ") + std::string(set);
    isa.remove_prefix(std::min(end + 1, isa.size()));
  }
  return missing;
}

std::string sanitizers(std::uint64_t flags) {
  if ((flags & SHOAL_ASAN) != 0 && (flags & SHOAL_TSAN) != 0) return "AddressSanitizer and ThreadSanitizer";
  if ((flags & SHOAL_ASAN) != 0) return "AddressSanitizer";
  if ((flags & SHOAL_TSAN) != 0) return "ThreadSanitizer";
  return "no sanitizer";
}

/// "libstdc++ cxx11 1": the part of a toolchain that C++ objects depend on, without the library's date.
std::string cxx_library(const std::string& toolchain) {
  const std::string library = toolchain.find("libc++") != std::string::npos ? "libc++" : "libstdc++";
  const auto abi = toolchain.find("cxx11 ");
  return abi == std::string::npos ? library : library + " " + toolchain.substr(abi);
}

}  // namespace

bool Descriptor::torch_tier() const { return (flags & SHOAL_TORCH) != 0; }

std::variant<Descriptor, NotAPlugin, Damaged> read_descriptor(const std::filesystem::path& path) {
  ElfFile file(path);
  if (!file.good()) return Damaged{text("cannot be read: {}", std::strerror(errno))};
  Elf64_Ehdr header;
  if (!file.read(0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return NotAPlugin{"no ELF header"};
  if (const auto wrong = check_header(header)) return Damaged{*wrong};
  if (const auto wrong = check_segments(file, header)) return Damaged{*wrong};
  const auto sections = file.sections(header);
  if (!sections)
    return Damaged{text("the file ends at byte {}, before its table of sections: copy it again", file.size())};
  std::vector<ElfFile::Section> found;
  std::copy_if(sections->begin(), sections->end(), std::back_inserter(found),
               [](const ElfFile::Section& section) { return section.name == ".shoal"; });
  if (found.empty()) return NotAPlugin{"no .shoal section: a helper library"};
  shoal_descriptor raw;
  const char magic[8] = SHOAL_MAGIC;
  if (found.size() > 1)
    return Damaged{text("it holds {} descriptors: link one SHOAL_PLUGIN into a library", found.size())};
  if (found[0].size < sizeof(raw) || !file.read(found[0].offset, raw) ||
      std::memcmp(raw.magic, magic, sizeof(magic)) != 0 || raw.size < sizeof(raw))
    return Damaged{
        text("its descriptor is not one of Shoal's (size {}, expected at least {})", found[0].size, sizeof(raw))};
  return from_c(raw);
}

std::optional<std::string> why_incompatible(const Descriptor& plugin, const Descriptor& program) {
  if (plugin.abi_major != program.abi_major)
    return text("built for plugin ABI {}, this Shoal has {}: rebuild it with this SDK", plugin.abi_major,
                program.abi_major);
  if (sanitizers(plugin.flags) != sanitizers(program.flags))
    return text("built with {}, this program with {}: build both alike", sanitizers(plugin.flags),
                sanitizers(program.flags));
  if (const std::string missing = missing_instructions(plugin.isa); !missing.empty())
    return text("compiled for {}, which this CPU lacks: rebuild it without -march=native", missing);
  if (!plugin.torch_tier()) return std::nullopt;
  if (plugin.torch != program.torch)
    return text("built with LibTorch {}, this Shoal runs {}; the torch tier must match exactly: rebuild it",
                plugin.torch, program.torch);
  if (plugin.torch_build != program.torch_build)
    return text("built with another build of LibTorch {} ({} and not {}): rebuild it", plugin.torch, plugin.torch_build,
                program.torch_build);
  if (cxx_library(plugin.toolchain) != cxx_library(program.toolchain))
    return text("built with {}, this Shoal with {}; only portable plugins may differ", cxx_library(plugin.toolchain),
                cxx_library(program.toolchain));
  if ((plugin.flags & SHOAL_DEBUG_STL) != (program.flags & SHOAL_DEBUG_STL))
    return "built with another setting of _GLIBCXX_DEBUG; only portable plugins may differ";
  if (plugin.sdk != program.sdk)
    return text("built with SDK {}, this Shoal has {}; the torch tier must match exactly: rebuild it", plugin.sdk,
                program.sdk);
  return std::nullopt;
}

Descriptor describe_program() {
  return {.abi_major = SHOAL_ABI_MAJOR,
          .abi_minor = SHOAL_ABI_MINOR,
          .flags = SHOAL_HAS_TORCH | SHOAL_HAS_ASAN | SHOAL_HAS_TSAN | SHOAL_HAS_DEBUG_STL,
          .name = "shoal",
          .version = SHOAL_SDK_VERSION,
          .sdk = SHOAL_SDK_VERSION,
          .toolchain = SHOAL_COMPILER SHOAL_STDLIB,
          .isa = SHOAL_BUILD_ISA,
          .torch = SHOAL_BUILD_TORCH,
          .torch_build = SHOAL_BUILD_TORCH_BUILD_ID};
}

}  // namespace shoal::host
