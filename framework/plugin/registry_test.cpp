// What the registry opens, what it refuses before anything of it runs, and what it says then. The broken files are
// made from a good plugin by changing the bytes that the test is about.
#include "framework/plugin/registry.h"

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
