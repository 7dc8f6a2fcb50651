// Libraries that do harm by being loaded: each is found out in another process, named for what it does, and remembered.
#include "framework/plugin/scan.h"

#include <gmock/gmock.h>

#include <clocale>
#include <csignal>
#include <fstream>

#include "framework/plugin/registry.h"
#include "framework/plugin/testing_folder.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

const fs::path kPlugins = SHOAL_TEST_PLUGINS;

class ScanTest : public WithFolder {
 protected:
  /// tests/plugins/hostile.cpp under the name of what it shall do.
  fs::path hostile(const std::string& deed) {
    const fs::path file = folder_ / ("lib" + deed + ".so");
    fs::copy_file(kPlugins / "hostile" / "libhostile.so", file, fs::copy_options::overwrite_existing);
    return file;
  }

  ScanVerdict verdict_on(const std::string& deed) { return scan_.judge({hostile(deed)}).at(0); }
  std::string reason_for(const std::string& deed) { return verdict_on(deed).reason.value_or("it may be opened"); }

  fs::path cache_ = folder_ / "cache" / "plugins.json";
  Scan scan_{SHOAL_SCAN_PROGRAM, cache_, std::chrono::seconds(2)};
};

TEST_F(ScanTest, PassesAGoodPlugin) {
  const auto verdicts = scan_.judge({kPlugins / "toys" / "libtoys.so", hostile("harmless")});
  ASSERT_THAT(verdicts, SizeIs(2));
  for (const ScanVerdict& verdict : verdicts) {
    EXPECT_EQ(verdict.reason, std::nullopt);
    EXPECT_THAT(verdict.warnings, IsEmpty());
  }
}

TEST_F(ScanTest, SaysWhatAConstructorThrew) {
  EXPECT_EQ(reason_for("throws"),
            "died while loading: std::runtime_error(\"ctor threw\"), thrown by a static constructor");
  EXPECT_EQ(reason_for("throws-number"), "died while loading: int, thrown by a static constructor");
}

TEST_F(ScanTest, SaysOfWhichSignalAConstructorDiedAndWhere) {
  EXPECT_THAT(reason_for("segfault"), AllOf(StartsWith("died while loading (SIGSEGV"), HasSubstr("libsegfault.so+0x")));
  EXPECT_THAT(reason_for("stack"), AllOf(StartsWith("died while loading (SIGSEGV"), HasSubstr("libstack.so+0x")));
  EXPECT_THAT(reason_for("abort"), AllOf(StartsWith("died while loading (SIGABRT"), HasSubstr("libabort.so+0x")));
  EXPECT_THAT(reason_for("illegal"), AllOf(StartsWith("died while loading (SIGILL"), HasSubstr("libillegal.so+0x")));
}

TEST_F(ScanTest, SaysThatAConstructorEndsTheProcess) {
  EXPECT_EQ(reason_for("exits"), "it ends the process while it is loaded, by exit(0)");
}

TEST_F(ScanTest, StopsWhatDoesNotEnd) {
  EXPECT_THAT(reason_for("loops"), AnyOf("still loading after 2 s of the processor's time, stopped",
                                         "still loading after 12 s, stopped"));  // where others have the processor
  EXPECT_EQ(reason_for("sleeps"), "still loading after 12 s, stopped");
}

TEST_F(ScanTest, GivesNothingToRead) { EXPECT_EQ(reason_for("reads"), "it may be opened"); }

constexpr bool kSanitized = SHOAL_HAS_ASAN + SHOAL_HAS_TSAN > 0;  // then some limits are not set

TEST_F(ScanTest, LetsNoConstructorStartAProcess) {
  if (kSanitized) GTEST_SKIP() << "sanitizers start processes of their own";
  const std::string reason = "it starts another process while it is loaded, which no plugin may";
  EXPECT_EQ(reason_for("forks"), reason);
  EXPECT_EQ(reason_for("runs"), reason);
}

TEST_F(ScanTest, StopsAFlood) {
  EXPECT_EQ(reason_for("floods"), "it writes more than 1048576 bytes while it is loaded");
}

TEST_F(ScanTest, LimitsMemory) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer takes more than any limit";
  EXPECT_THAT(reason_for("memory"), HasSubstr("std::bad_alloc"));
}

TEST_F(ScanTest, RefusesWhatWouldChangeEveryResult) {
  EXPECT_EQ(reason_for("fast-math"),
            "loading it changes the processor, which then takes denormal numbers for zero (-ffast-math): that would "
            "change every result; link without -ffast-math");
}

TEST_F(ScanTest, WarnsOfWhatItChangesElse) {
  for (const auto& [deed, what] : {std::pair("locale", "the locale, from C to C.UTF-8"),
                                   {"folder", "the current folder, from"},
                                   {"environment", "the environment variable SHOAL_DATA"},
                                   {"handler", "the handler of SIGINT"}}) {
    const ScanVerdict verdict = verdict_on(deed);
    EXPECT_EQ(verdict.reason, std::nullopt) << deed;
    ASSERT_THAT(verdict.warnings, SizeIs(1)) << deed;
    EXPECT_THAT(verdict.warnings[0], StartsWith(std::string("loading it changes ") + what));
  }
}

TEST_F(ScanTest, SaysWhoDiesWhenTheProcessEnds) {
  const auto verdicts = scan_.judge({hostile("harmless"), hostile("crash-at-exit"), hostile("other")});
  EXPECT_EQ(verdicts[0].reason, std::nullopt);
  EXPECT_EQ(verdicts[1].reason, "the process that opened it dies when it ends");
  EXPECT_EQ(verdicts[2].reason, std::nullopt);
}

TEST_F(ScanTest, SaysWhoDiesWhenTheProcessEndsAlsoWhereAnotherDiedBefore) {
  const auto verdicts = scan_.judge({hostile("crash-at-exit"), hostile("harmless"), hostile("segfault")});
  EXPECT_EQ(verdicts[0].reason, "the process that opened it dies when it ends");
  EXPECT_EQ(verdicts[1].reason, std::nullopt);
  EXPECT_THAT(verdicts[2].reason.value_or(""), StartsWith("died while loading (SIGSEGV"));
}

TEST_F(ScanTest, FindsTheOneAmongMany) {
  std::vector<fs::path> files;
  for (const char* name : {"a", "b", "segfault", "c", "exits", "d"}) files.push_back(hostile(name));
  std::vector<bool> refused;
  for (const ScanVerdict& verdict : scan_.judge(files)) refused.push_back(verdict.reason.has_value());
  EXPECT_THAT(refused, ElementsAre(false, false, true, false, true, false));
}

TEST_F(ScanTest, SaysBesideWhomItDies) {
  const auto verdicts = scan_.judge({hostile("a"), hostile("harmless"), hostile("b"), hostile("beside"), hostile("c")});
  for (const std::size_t good : {0, 1, 2, 4}) EXPECT_EQ(verdicts[good].reason, std::nullopt) << good;
  EXPECT_THAT(verdicts[3].reason.value_or(""),
              AllOf(StartsWith("died while loading (SIGABRT"), HasSubstr(", behind libharmless.so; alone it loads")));
}

TEST_F(ScanTest, SaysBesideWhomItDiesWhenTheProcessEnds) {
  const auto verdicts = scan_.judge({hostile("harmless"), hostile("beside-at-exit"), hostile("other")});
  EXPECT_EQ(verdicts[0].reason, std::nullopt);
  EXPECT_EQ(verdicts[1].reason, "the process that opened it dies when it ends, behind libharmless.so; alone it loads");
  EXPECT_EQ(verdicts[2].reason, std::nullopt);
}

TEST_F(ScanTest, RemembersBesideWhomItDiesWhateverItIsAlone) {
  const fs::path harmless = hostile("harmless"), beside = hostile("beside");
  const auto reason = scan_.judge({harmless, beside})[1].reason;
  ASSERT_NE(reason, std::nullopt);
  const auto now = [&](const std::vector<fs::path>& files) { return Scan(SHOAL_SCAN_PROGRAM, cache_).judge(files); };
  const auto written = fs::last_write_time(cache_);
  EXPECT_EQ(now({harmless, beside})[1].reason, reason);
  EXPECT_EQ(fs::last_write_time(cache_), written) << "it was tried again";
  EXPECT_EQ(now({beside})[0].reason, std::nullopt);  // found good there, and remembered
  EXPECT_EQ(now({harmless, beside})[1].reason, reason);
  EXPECT_EQ(now({beside})[0].reason, std::nullopt);
}

TEST_F(ScanTest, TriesANewOneAmongThoseThatAreKnown) {
  const fs::path beside = hostile("beside");
  EXPECT_EQ(scan_.judge({beside})[0].reason, std::nullopt);
  const auto verdicts = scan_.judge({hostile("harmless"), beside});
  EXPECT_EQ(verdicts[0].reason, std::nullopt);
  EXPECT_THAT(verdicts[1].reason.value_or(""), HasSubstr(", behind libharmless.so; alone it loads"));
}

TEST_F(ScanTest, SaysAndRemembersWhichComponentsThereAre) {
  const fs::path file = hostile("harmless");
  for (int time = 0; time < 2; ++time) {
    const auto verdict = Scan(SHOAL_SCAN_PROGRAM, cache_).judge({file})[0];
    ASSERT_THAT(verdict.components, SizeIs(1));
    EXPECT_EQ(verdict.components[0].id, "metric/deed");
    EXPECT_EQ(verdict.components[0].summary, "was it loaded?");
  }
}

TEST_F(ScanTest, RemembersUntilTheFileChanges) {
  const fs::path file = hostile("segfault");
  const std::string first = scan_.judge({file})[0].reason.value_or("");
  Scan deaf("/nowhere/shoal-scan", cache_);  // it cannot try anything
  EXPECT_THROW(deaf.judge({file}), std::system_error) << "another program's verdicts count for nothing";
  const auto before = fs::last_write_time(cache_);
  Scan again(SHOAL_SCAN_PROGRAM, cache_);
  EXPECT_EQ(again.judge({file})[0].reason, first);
  EXPECT_EQ(fs::last_write_time(cache_), before);
  fs::copy_file(kPlugins / "toys" / "libtoys.so", file, fs::copy_options::overwrite_existing);
  EXPECT_EQ(Scan(SHOAL_SCAN_PROGRAM, cache_).judge({file})[0].reason, std::nullopt);
}

TEST_F(ScanTest, ForgetsWhenAsked) {
  static_cast<void>(verdict_on("harmless"));
  EXPECT_TRUE(fs::exists(cache_));
  scan_.forget();
  EXPECT_FALSE(fs::exists(cache_));
}

TEST_F(ScanTest, RemembersNothingThatTheSurroundingsMayHaveCaused) {
  const fs::path file = kPlugins / "undefined_symbol" / "libundefined_symbol.so";
  const ScanVerdict verdict = scan_.judge({file})[0];
  EXPECT_THAT(verdict.reason.value_or(""), HasSubstr("undefined symbol"));
  EXPECT_FALSE(fs::exists(cache_));
}

TEST_F(ScanTest, TakesADamagedCacheForAnEmptyOne) {
  fs::create_directories(cache_.parent_path());
  for (const char* content : {"", "{", "[]", R"({"version": 2, "libraries": {"/x": 3}})", "\x80\xff"}) {
    std::ofstream(cache_) << content;
    EXPECT_EQ(Scan(SHOAL_SCAN_PROGRAM, cache_).judge({hostile("harmless")})[0].reason, std::nullopt);
  }
}

TEST_F(ScanTest, KeepsTheSessionUnharmed) {  // all of them at once, and the good one opens
  for (const char* deed : {"throws", "segfault", "exits", "forks", "fast-math", "locale", "handler", "harmless"})
    hostile(deed);
  Services services(1);
  Registry registry(services, &scan_);
  registry.load_folder(folder_);
  std::vector<std::string> opened;
  for (const Library& library : registry.libraries()) opened.push_back(library.file.filename());
  EXPECT_THAT(opened, ElementsAre("libhandler.so", "libharmless.so", "liblocale.so"));
  EXPECT_THAT(registry.refusals(), SizeIs(5));
  struct sigaction interrupt = {};
  sigaction(SIGINT, nullptr, &interrupt);
  EXPECT_EQ(interrupt.sa_handler, SIG_DFL);
  EXPECT_STREQ(std::setlocale(LC_ALL, nullptr), "C");
}

}  // namespace
}  // namespace shoal::host
