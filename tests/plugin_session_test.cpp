// What a session does about plugins that are broken, hostile, changed or crash: it says so and goes on.
#include <gmock/gmock.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/program.h"

namespace shoal::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class PluginSession : public ::testing::Test {
 protected:
  /// tests/plugins/hostile.cpp under the name of what it shall do, in a folder of plugins.
  void hostile(const std::string& deed) const {
    fs::create_directories(folder());
    fs::copy_file(fs::path(SHOAL_TEST_PLUGINS) / "hostile" / "libhostile.so", folder() / ("lib" + deed + ".so"),
                  fs::copy_options::overwrite_existing);
  }
  fs::path folder() const { return place_.folder() / "plugins"; }
  /// With a memory of plugins of its own.
  Outcome shoal(const std::string& arguments) const { return place_.shoal(arguments, "XDG_CACHE_HOME=cache"); }

  const Workplace place_;
};

constexpr const char* kUsesDeed = R"(shoal: 1
name: deed
nodes:
  data: {use: dataset/toy-line, with: {count: 6}}
  deal: {use: clusterer/toy-deal, in: {data: data}, with: {k: 2}, isolate: none}
  share: {use: metric/toy-agreement, in: {labels: data.labels, predicted: deal.labels}}
report: [share]
)";

TEST_F(PluginSession, GoesOnBesideLibrariesThatDoHarm) {
  for (const char* deed : {"segfault", "throws", "exits", "forks", "fast-math", "handler"}) hostile(deed);
  std::ofstream(folder() / "libtext.so") << "not a library";
  place_.write("deed.yaml", kUsesDeed);
  const Outcome ran = shoal("run deed.yaml --plugin-path plugins --out run");
  EXPECT_EQ(ran.exit, 0) << ran.err;

  const Outcome listed = shoal("plugins --plugin-path plugins");
  EXPECT_EQ(listed.exit, 0);
  EXPECT_THAT(listed.out, HasSubstr("metric/deed"));
  EXPECT_THAT(listed.out, HasSubstr("plugins/libhandler.so: loading it changes the handler of SIGINT"));
  EXPECT_THAT(listed.out, HasSubstr("plugins/libsegfault.so: died while loading (SIGSEGV"));
  EXPECT_THAT(listed.out, HasSubstr("plugins/libthrows.so: died while loading: std::runtime_error(\"ctor threw\")"));
  EXPECT_THAT(listed.out, HasSubstr("plugins/libexits.so: it ends the process while it is loaded"));
  EXPECT_THAT(listed.out, HasSubstr("plugins/libforks.so: it starts another process"));
  EXPECT_THAT(listed.out, HasSubstr("plugins/libfast-math.so: loading it changes the processor"));
  EXPECT_THAT(listed.out, Not(HasSubstr("libtext.so")));
  EXPECT_THAT(shoal("plugins -v --plugin-path plugins").out, HasSubstr("libtext.so: not a plugin (no ELF header)"));
}

TEST_F(PluginSession, ExplainsWhyAPluginThatIsNamedIsNotThere) {
  hostile("throws");
  place_.write("deed.yaml", std::string(kUsesDeed) + "plugins: [plugins/libthrows.so]\n");
  const Outcome checked = shoal("check deed.yaml");
  EXPECT_EQ(checked.exit, 1);
  EXPECT_THAT(checked.err, AllOf(HasSubstr("deed.yaml:8:11: error[K217]"), HasSubstr("\"ctor threw\"")));
}

TEST_F(PluginSession, NamesTheNodeThatCrashedAndGoesOnWithTheSameCommand) {
  std::string file = kUsesDeed;
  file.replace(file.find("{k: 2}"), 6, "{k: 2, fault: crash}");
  file += "matrix: {deal.k: [2]}\n";
  place_.write("deed.yaml", file);
  const Outcome crashed = shoal("run deed.yaml --out run");
  EXPECT_EQ(crashed.exit, 128 + SIGSEGV);
  EXPECT_THAT(crashed.err, HasSubstr("shoal: crashed (SIGSEGV) while node 'deal' (clusterer/toy-deal 0.1.0, "));
  EXPECT_THAT(crashed.err,
              HasSubstr("; it happened in " + fs::canonical(SHOAL_TEST_PLUGINS).string() + "/toys/libtoys.so"));
  EXPECT_THAT(crashed.err, HasSubstr("`isolate: process`"));
  EXPECT_EQ(shoal("run deed.yaml deal.fault=none --out again").exit, 0);
  const Outcome isolated = shoal("run deed.yaml deal.isolate=process --out apart");
  EXPECT_EQ(isolated.exit, 2);
  EXPECT_THAT(isolated.err, HasSubstr("its process was ended by signal 11"));
}

TEST_F(PluginSession, RunsWithLockedPluginsOnly) {
  place_.write("deed.yaml", kUsesDeed);
  EXPECT_THAT(shoal("plugins lock").out, HasSubstr("plugins.lock has "));
  EXPECT_EQ(shoal("check deed.yaml").exit, 0);
  EXPECT_EQ(shoal("plugins lock").exit, 0) << "nothing has changed";

  hostile("harmless");
  const Outcome listed = shoal("plugins --plugin-path plugins");
  EXPECT_THAT(listed.out, HasSubstr("libharmless.so: not in plugins.lock; `shoal plugins lock --update`"));
  const Outcome differs = shoal("plugins lock --plugin-path plugins");
  EXPECT_EQ(differs.exit, 1);
  EXPECT_THAT(differs.out, HasSubstr("libharmless.so is new\n"));
  EXPECT_EQ(shoal("plugins lock --update --plugin-path plugins").exit, 0);
  EXPECT_THAT(shoal("plugins --plugin-path plugins").out, HasSubstr("metric/deed"));

  place_.write("plugins.lock", "nonsense\n");
  const Outcome broken = shoal("check deed.yaml");
  EXPECT_EQ(broken.exit, 1);
  EXPECT_THAT(broken.err, HasSubstr("plugins.lock:1: wants a SHA-256"));
}

TEST_F(PluginSession, TriesAgainWhatCrashedWhenAsked) {
  hostile("segfault");
  EXPECT_THAT(shoal("plugins --plugin-path plugins").out, HasSubstr("libsegfault.so: died"));
  EXPECT_TRUE(fs::exists(place_.folder() / "cache/shoal/plugins-v2.json"));
  EXPECT_THAT(shoal("plugins rescan --plugin-path plugins").out, HasSubstr("libsegfault.so: died"));
}

#ifdef __x86_64__
// tests/abi/libl1-normalize.so is a file of the first release (ABI 1.1), kept as it was built then: tests/outside's
// plugin in C. It must work for ever.
TEST_F(PluginSession, OpensAPluginOfTheFirstRelease) {
  place_.write("first.yaml", R"(shoal: 1
name: first
nodes:
  data: {use: dataset/toy-line, with: {count: 6}}
  unit: {use: transform/l1-normalize, in: {data: data}}
  sum:  {use: metric/toy-sum, in: {features: unit}}
report: [sum]
)");
  const fs::path kept = fs::path(SHOAL_TEST_SOURCES) / "abi";
  const Outcome ran = shoal("run first.yaml --out run --plugin-path '" + kept.string() + "'");
  ASSERT_EQ(ran.exit, 0) << ran.err;
  const auto results = nlohmann::json::parse(read_file(place_.folder() / "run" / "results.json"));
  EXPECT_EQ(results["rows"][0]["metrics"]["sum.sum"], 5.0);  // of 0, 1, … 5, each its own length but the first
}
#endif

}  // namespace
}  // namespace shoal::tests
