// What the registry opens, what it refuses before anything of it runs, and what it says then. The broken files are
// made from a good plugin by changing the bytes that the test is about.
#include "framework/plugin/registry.h"

#include <elf.h>
#include <gmock/gmock.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "framework/plugin/testing_folder.h"
#include "shoal/abi.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const fs::path kPlugins = SHOAL_TEST_PLUGINS;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class RegistryTest : public WithFolder {
 protected:
  fs::path write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }

  /// A copy of the good plugin whose descriptor `change` has changed.
  template <typename Change>
  fs::path with_descriptor(Change&& change) {
    std::string bytes = good_;
    const char magic[8] = SHOAL_MAGIC;
    const auto at = bytes.find(std::string(magic, sizeof(magic)));
    EXPECT_NE(at, std::string::npos);
    shoal_descriptor descriptor;
    std::memcpy(&descriptor, bytes.data() + at, sizeof(descriptor));
    change(descriptor);
    std::memcpy(bytes.data() + at, &descriptor, sizeof(descriptor));
    return write("libchanged.so", bytes);
  }

  std::string reason_for(const fs::path& file) {
    registry_.load_file(file);
    EXPECT_THAT(registry_.libraries(), IsEmpty());
    return registry_.refusals().empty() ? "" : registry_.refusals().back().reason;
  }

  /// The same for a text that is in the file, however often; both are equally long.
  fs::path with_text(const std::string& text, const std::string& other) {
    EXPECT_EQ(text.size(), other.size());
    std::string bytes = good_;
    int times = 0;
    for (auto at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1), ++times)
      bytes.replace(at, text.size(), other);
    EXPECT_GT(times, 0);
    return write("libchanged.so", bytes);
  }

  /// A copy of the good plugin with another entry of type `Entry` in the table of `count` of them at `table`: the first
  /// for which `change` returns true.
  template <typename Entry, typename Change>
  fs::path with_entry(std::uint64_t table, unsigned count, Change&& change) {
    std::string bytes = good_;
    for (unsigned i = 0; i < count; ++i) {
      Entry entry;
      char* at = bytes.data() + table + i * sizeof(entry);
      std::memcpy(&entry, at, sizeof(entry));
      if (!change(entry)) continue;
      std::memcpy(at, &entry, sizeof(entry));
      return write("libchanged.so", bytes);
    }
    ADD_FAILURE() << "there is no such entry";
    return {};
  }
  Elf64_Ehdr header() const {
    Elf64_Ehdr out;
    std::memcpy(&out, good_.data(), sizeof(out));
    return out;
  }

  std::string good_ = bytes_of(kPlugins / "toys" / "libtoys.so");
  Services services_{1};
  Registry registry_{services_};
};

TEST_F(RegistryTest, OpensAGoodPluginAndListsItsComponents) {
  registry_.load_folder(kPlugins / "toys");
  ASSERT_THAT(registry_.libraries(), SizeIs(1));
  EXPECT_EQ(registry_.libraries()[0].descriptor.name, "toys");
  EXPECT_THAT(registry_.ids(), ::testing::ElementsAre("clusterer/toy-deal", "clusterer/toy-lost", "dataset/toy-line",
                                                      "dataset/toy-mirror", "dataset/toy-shown", "metric/toy-agreement",
                                                      "metric/toy-sum", "transform/toy-times"));
  EXPECT_THAT(registry_.refusals(), IsEmpty());
  EXPECT_THAT(registry_.libraries()[0].digest(), SizeIs(64));
}

TEST_F(RegistryTest, OpensOneFileOnceHoweverOftenItIsFound) {
  registry_.load_folder(kPlugins / "toys");
  registry_.load_file(kPlugins / "toys" / ".." / "toys" / "libtoys.so");
  EXPECT_THAT(registry_.libraries(), SizeIs(1));
}

TEST_F(RegistryTest, FindsBothOfTwoLibrariesThatOfferOneName) {
  registry_.load_folder(kPlugins / "toys");
  registry_.load_file(write("libcopy.so", good_));
  EXPECT_THAT(registry_.find("dataset/toy-line"), SizeIs(2));
}

TEST_F(RegistryTest, PassesAHelperLibraryInSilence) {
  registry_.load_folder(kPlugins / "no_descriptor");
  ASSERT_THAT(registry_.refusals(), SizeIs(1));
  EXPECT_FALSE(registry_.refusals()[0].damaged);
  EXPECT_THAT(registry_.refusals()[0].reason, HasSubstr("no .shoal section"));
}

TEST_F(RegistryTest, ListsAFolderThatIsNotThere) {
  registry_.load_folder(folder_ / "nowhere");
  EXPECT_THAT(registry_.folders(), SizeIs(1));
  EXPECT_THAT(registry_.refusals(), IsEmpty());
}

TEST_F(RegistryTest, RefusesAFileThatIsNotThere) {
  EXPECT_THAT(reason_for(folder_ / "libx.so"), HasSubstr("cannot be read"));
}

TEST_F(RegistryTest, RefusesATextNamedLikeALibrary) {
  EXPECT_THAT(reason_for(write("libx.so", "not a library")), HasSubstr("no ELF header"));
}

TEST_F(RegistryTest, RefusesACopyThatWasCutOff) {
  for (const std::size_t size : {std::size_t{64}, std::size_t{3000}, good_.size() / 2, good_.size() - 100}) {
    SCOPED_TRACE(size);
    EXPECT_THAT(reason_for(write("libx.so", good_.substr(0, size))),
                AllOf(HasSubstr("the file ends at byte"), HasSubstr("copy it again")));
  }
}

TEST_F(RegistryTest, SurvivesAFileCutOffAnywhereInItsHeaders) {  // none of these may crash
  for (std::size_t size = 0; size < 2000; size += 7) {
    registry_.load_file(write("libx.so", good_.substr(0, size)));
    EXPECT_THAT(registry_.libraries(), IsEmpty()) << size;
  }
}

TEST_F(RegistryTest, RefusesDamagedHeaders) {
  const auto dynamic_outside = [&](Elf64_Phdr& segment) {
    if (segment.p_type != PT_DYNAMIC) return false;
    segment.p_offset = good_.size();
    return true;
  };
  EXPECT_EQ(reason_for(with_entry<Elf64_Phdr>(header().e_phoff, header().e_phnum, dynamic_outside)),
            "damaged ELF file (dynamic section lies outside it)");
  const auto overflows = [](Elf64_Phdr& segment) {
    if (segment.p_type != PT_LOAD) return false;
    segment.p_filesz = ~std::uint64_t{0};
    segment.p_offset = 4096;
    return true;
  };
  EXPECT_EQ(reason_for(with_entry<Elf64_Phdr>(header().e_phoff, header().e_phnum, overflows)),
            "damaged ELF file (a segment's size overflows)");
  std::string bytes = good_;
  const std::uint64_t outside = good_.size() + 1000;
  std::memcpy(bytes.data() + offsetof(Elf64_Ehdr, e_shoff), &outside, sizeof(outside));
  EXPECT_THAT(reason_for(write("libx.so", bytes)), HasSubstr("before its table of sections"));
}

TEST_F(RegistryTest, RefusesALibraryOf32BitsOrAnotherByteOrder) {
  std::string bytes = good_;
  bytes[EI_CLASS] = ELFCLASS32;
  EXPECT_EQ(reason_for(write("libx.so", bytes)), "built for 32 bits, this is a 64-bit program");
  bytes = good_;
  bytes[EI_DATA] = ELFDATA2MSB;
  EXPECT_EQ(reason_for(write("libx.so", bytes)), "built for a big-endian machine");
}

TEST_F(RegistryTest, RefusesALibraryOfAnotherMachine) {
  std::string bytes = good_;
  bytes[18] = static_cast<char>(183);  // e_machine: EM_AARCH64
  EXPECT_THAT(reason_for(write("libx.so", bytes)), HasSubstr("built for aarch64"));
}

TEST_F(RegistryTest, RefusesAnotherAbi) {
  EXPECT_THAT(reason_for(with_descriptor([](auto& d) { d.abi_major = 2; })),
              HasSubstr("built for plugin ABI 2, this Shoal has 1: rebuild it"));
}

TEST_F(RegistryTest, RefusesAnotherLibTorchInTheTorchTier) {
  EXPECT_THAT(reason_for(with_descriptor([](auto& d) {
                d.flags |= SHOAL_TORCH;
                std::strcpy(d.torch, "2.1.0+cpu");
              })),
              AllOf(HasSubstr("built with LibTorch 2.1.0+cpu, this Shoal runs"), HasSubstr("rebuild it")));
}

TEST_F(RegistryTest, RefusesAnotherBuildOfTheSameLibTorch) {
  const Descriptor program = describe_program();
  EXPECT_THAT(reason_for(with_descriptor([&](auto& d) {
                d.flags |= SHOAL_TORCH;
                std::strcpy(d.torch, program.torch.c_str());
                std::strcpy(d.torch_build, "0123456789abcdef");
              })),
              AllOf(HasSubstr("another build of LibTorch"), HasSubstr("0123456789abcdef")));
}

TEST_F(RegistryTest, RefusesAnotherCxxLibraryInTheTorchTierAlone) {
  const Descriptor program = describe_program();
  const auto torch_tier = [&](shoal_descriptor& d) {
    d.flags |= SHOAL_TORCH;
    std::strcpy(d.torch, program.torch.c_str());
    std::strcpy(d.torch_build, program.torch_build.c_str());
  };
  EXPECT_THAT(reason_for(with_descriptor([&](auto& d) {
                torch_tier(d);
                std::strcpy(d.toolchain, "clang 14 libc++ 14000");
              })),
              AllOf(HasSubstr("built with libc++, this Shoal with libstdc++"), HasSubstr("only portable plugins")));
  EXPECT_THAT(reason_for(with_descriptor([&](auto& d) {
                torch_tier(d);
                std::strcpy(d.toolchain, "gcc 12.2 libstdc++ 20220819 cxx11 0");
              })),
              HasSubstr("built with libstdc++ cxx11 0, this Shoal with libstdc++ cxx11 1"));
  EXPECT_THAT(reason_for(with_descriptor([&](auto& d) {
                torch_tier(d);
                d.flags ^= SHOAL_DEBUG_STL;
              })),
              HasSubstr("another setting of _GLIBCXX_DEBUG"));
  EXPECT_THAT(reason_for(with_descriptor([&](auto& d) {
                torch_tier(d);
                std::strcpy(d.sdk, "0.0.9");
              })),
              HasSubstr("built with SDK 0.0.9, this Shoal has"));
  const auto portable =
      read_descriptor(with_descriptor([](auto& d) { std::strcpy(d.toolchain, "clang 14 libc++ 14000"); }));
  EXPECT_EQ(why_incompatible(std::get<Descriptor>(portable), program), std::nullopt) << "only C passes that border";
}

TEST_F(RegistryTest, RefusesInstructionsThatThisProcessorLacks) {
  EXPECT_THAT(reason_for(with_descriptor([](auto& d) { std::strcpy(d.isa, "avx9000"); })),
              HasSubstr("compiled for avx9000"));
}

TEST_F(RegistryTest, RefusesAnotherSanitizer) {
  EXPECT_THAT(reason_for(with_descriptor([](auto& d) { d.flags ^= SHOAL_TSAN; })), HasSubstr("Sanitizer"));
}

TEST_F(RegistryTest, RefusesADescriptorOfAnotherForm) {
  EXPECT_THAT(reason_for(with_descriptor([](auto& d) { d.size = 96; })), HasSubstr("not one of Shoal's"));
}

TEST_F(RegistryTest, RefusesTwoDescriptors) {
  unsigned name = 0;  // of .shoal, in the table of names
  static_cast<void>(with_entry<Elf64_Shdr>(header().e_shoff, header().e_shnum, [&](Elf64_Shdr& section) {
    if (section.sh_size != sizeof(shoal_descriptor) || section.sh_type != SHT_PROGBITS) return false;
    name = section.sh_name;
    return true;
  }));
  EXPECT_EQ(reason_for(with_entry<Elf64_Shdr>(header().e_shoff, header().e_shnum,
                                              [&](Elf64_Shdr& section) {
                                                if (section.sh_type != SHT_NOTE) return false;
                                                section.sh_name = name;
                                                return true;
                                              })),
            "it holds 2 descriptors: link one SHOAL_PLUGIN into a library");
}

TEST_F(RegistryTest, SaysWhichLibraryIsMissing) {
  EXPECT_EQ(reason_for(with_text("libstdc++.so.6", "libstdc++.so.9")),
            "libstdc++.so.9: cannot open shared object file: No such file or directory: it is needed by this plugin "
            "and is not on this machine");
}

TEST_F(RegistryTest, SaysThatTheSystemIsTooOld) {
  const auto at = good_.find("GLIBCXX_3.4");
  ASSERT_NE(at, std::string::npos);
  const std::string version = good_.substr(at, good_.find('\0', at) - at);
  std::string newer = version;
  newer[8] = '9';
  EXPECT_THAT(
      reason_for(with_text(version + '\0', newer + '\0')),
      AllOf(HasSubstr("version `" + newer + "' not found"), HasSubstr("built with a newer compiler or system")));
}

TEST_F(RegistryTest, RefusesALibraryWithoutAnEntry) {
  EXPECT_EQ(reason_for(with_text("shoal_plugin_v1", "shoal_plugin_vX")), "it does not export shoal_plugin_v1");
}

TEST_F(RegistryTest, SaysWhatIsWrongWithATable) {
  const std::pair<const char*, const char*> wrong[] = {
      {"null-table", "it promises 1 components and gives no table"},
      {"null-component", "its component 1 of 1 is null"},
      {"no-components", "it has no components"},
      {"fails-without-reason", "its entry function answers -6 and says no reason"},
      {"no-kind", "component 'kmeans' is of no known kind (its id must be like clusterer/name)"},
      {"unknown-kind", "component 'gizmo/kmeans' is of no known kind (its id must be like clusterer/name)"},
      {"no-destroy", "component 'metric/tables': create, destroy or find is null"},
      {"no-help", "component 'metric/tables': parameter 'k' has no help"},
      {"reserved-name", "component 'metric/tables': parameter 'use' has the name of a key of nodes"},
      {"unknown-type", "component 'metric/tables': parameter 'k' has type 99, which is not known here"},
      {"no-default", "component 'metric/tables': parameter 'k' has no default, and is neither required nor optional"},
      {"other-default", "component 'metric/tables': parameter 'k' has a default of another type"},
      {"default-out-of-range", "component 'metric/tables': parameter 'k' has a default outside its own range"},
  };
  const std::string bytes = bytes_of(kPlugins / "tables" / "libtables.so");
  for (const auto& [deed, reason] : wrong)
    EXPECT_EQ(reason_for(write(std::string("lib") + deed + ".so", bytes)), reason) << deed;
  registry_.load_file(write("libgood.so", bytes));
  EXPECT_THAT(registry_.ids(), ::testing::ElementsAre("metric/tables"));
}

TEST_F(RegistryTest, SaysWhatAnEntryFunctionThrew) {
  EXPECT_EQ(reason_for(kPlugins / "broken_entry" / "libbroken_entry.so"), "no components today");
}

TEST_F(RegistryTest, RefusesTwoComponentsOfOneNameInALibrary) {
  EXPECT_THAT(reason_for(kPlugins / "twice" / "libtwice.so"), HasSubstr("it has 'metric/same' twice"));
}

TEST_F(RegistryTest, SaysWhichSymbolIsMissing) {
  EXPECT_THAT(reason_for(kPlugins / "undefined_symbol" / "libundefined_symbol.so"),
              AllOf(HasSubstr("undefined symbol"), HasSubstr("nowhere"), HasSubstr("left out of the build?")));
}

}  // namespace
}  // namespace shoal::host
