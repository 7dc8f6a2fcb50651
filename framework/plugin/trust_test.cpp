// Whom a session trusts: files that nobody else may change, that are in the lock, and that keep their symbols to
// themselves.
#include "framework/plugin/trust.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "framework/plugin/plugin_lock.h"
#include "framework/plugin/registry.h"
#include "framework/plugin/testing_folder.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const fs::path kPlugins = SHOAL_TEST_PLUGINS;

class TrustTest : public WithFolder {
 protected:
  TrustTest() {
    fs::copy_file(kPlugins / "toys" / "libtoys.so", library_);
    fs::permissions(library_, fs::perms(0755));
    fs::permissions(folder_, fs::perms(0755));
  }

  /// What a registry with these rules says of the folder; "" where it opened what is there.
  std::string refusal(LoadRules rules) {
    Registry registry(services_, nullptr, std::move(rules));
    registry.load_folder(folder_);
    if (registry.refusals().empty()) return registry.libraries().size() == 1 ? "" : "nothing was opened";
    return registry.refusals()[0].reason;
  }

  fs::path library_ = folder_ / "libtoys.so";
  Services services_{1};
};

TEST_F(TrustTest, OpensWhatOnlyItsOwnerMayChange) { EXPECT_EQ(refusal({}), ""); }

TEST_F(TrustTest, RefusesAFileThatAnyoneMayChange) {
  fs::permissions(library_, fs::perms(0757));
  EXPECT_EQ(refusal({}), "anyone may change it (mode 0757): chmod o-w, or --allow-writable-plugins");
  EXPECT_EQ(refusal({.allow_writable = true}), "");
}

TEST_F(TrustTest, RefusesAFolderThatAnyoneMayChangeUnlessItIsSticky) {
  fs::permissions(folder_, fs::perms(0777));
  EXPECT_EQ(refusal({}), "anyone may change what lies in " + folder_.string() +
                             " (mode 0777): chmod o-w, or --allow-writable-plugins");
  fs::permissions(folder_, fs::perms(01777));
  EXPECT_EQ(refusal({}), "");
}

TEST_F(TrustTest, RefusesALibTorchInside) {
  const ExportFindings findings = check_exports(kPlugins / "own_torch" / "libown_torch.so");
  EXPECT_THAT(findings.refused.value_or(""), HasSubstr("carries its own LibTorch"));
  ASSERT_THAT(findings.warnings, SizeIs(1));
  EXPECT_THAT(findings.warnings[0], HasSubstr("symbols that other plugins can clash with"));
  Registry registry(services_);
  registry.load_file(kPlugins / "own_torch" / "libown_torch.so");
  ASSERT_THAT(registry.refusals(), SizeIs(1));
  EXPECT_THAT(registry.refusals()[0].reason, HasSubstr("link Shoal::torch instead"));
}

TEST_F(TrustTest, WarnsOfExportsAndOpens) {
  Registry registry(services_);
  registry.load_folder(folder_);  // the toys are not built by shoal_add_plugin: the standard library's templates show
  ASSERT_THAT(registry.libraries(), SizeIs(1));
  ASSERT_THAT(registry.libraries()[0].warnings, SizeIs(1));
  EXPECT_THAT(registry.libraries()[0].warnings[0], HasSubstr("build it by shoal_add_plugin"));
}

TEST_F(TrustTest, RunsWithWhatIsInTheLockAndNothingElse) {
  const fs::path file = folder_ / PluginLock::kName;
  PluginLock::of({library_}).write(file);
  const auto lock = PluginLock::read(file);
  ASSERT_TRUE(lock.has_value());
  EXPECT_EQ(refusal({.lock = lock}), "");

  std::ofstream(library_, std::ios::app) << "changed";
  EXPECT_THAT(refusal({.lock = lock}), AllOf(HasSubstr("changed since " + file.string() + " was written (sha256 "),
                                             HasSubstr("`shoal plugins lock --update` if you meant it")));
  fs::rename(library_, folder_ / "libstranger.so");
  EXPECT_THAT(refusal({.lock = lock}), HasSubstr("not in " + file.string()));
}

TEST_F(TrustTest, SaysWhatIsOtherThanInTheLock) {
  const fs::path file = folder_ / PluginLock::kName;
  std::ofstream(file) << "# by hand\n\n"
                      << std::string(64, 'a') << "  libgone.so\n"
                      << std::string(64, 'b') << "  libtoys.so\n";
  EXPECT_THAT(PluginLock::read(file)->differences(PluginLock::of({library_})),
              ElementsAre("libgone.so is gone", "libtoys.so has changed"));
  EXPECT_THAT(PluginLock().differences(PluginLock::of({library_})), ElementsAre("libtoys.so is new"));
}

TEST_F(TrustTest, ReadsNoLockThatIsNone) {
  EXPECT_EQ(PluginLock::read(folder_ / "none.lock"), std::nullopt);
  for (const std::string& line : {std::string("libtoys.so"), std::string(64, 'g') + "  libtoys.so",
                                  std::string(64, 'a'), std::string(64, 'a') + " libtoys.so"}) {
    std::ofstream(folder_ / "bad.lock") << "# a lock\n" << line << '\n';
    try {
      PluginLock::read(folder_ / "bad.lock");
      ADD_FAILURE() << line;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("bad.lock:2: wants a SHA-256, two spaces and the name of a plugin"));
    }
  }
}

}  // namespace
}  // namespace shoal::host
