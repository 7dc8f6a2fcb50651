// `shoal` starts without LibTorch and becomes shoal-host where it needs it: nobody sees which of the two answered.
#include <gmock/gmock.h>

#include "tests/program.h"

namespace shoal::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const fs::path kPrograms = fs::path(SHOAL_PROGRAM).parent_path();

/// What a shell's command prints, on stdout and stderr, in the folder.
std::string said(const Workplace& place, const std::string& command) {
  const std::string line =
      "cd '" + place.folder().string() + "' && " + place.environment() + " " + command + " >said.txt 2>&1 </dev/null";
  EXPECT_NE(std::system(line.c_str()), -1);
  return read_file(place.folder() / "said.txt");
}

TEST(TwoPrograms, AllButTheHostStartWithoutLibTorch) {
  const Workplace place;
  const auto libraries = [&](const char* program) {
    return said(place, "ldd '" + (kPrograms / program).string() + "'");
  };
  for (const char* program : {"shoal", "shoal-scan", "shoal-complete", "shoal-watch"}) {
    if (!fs::exists(kPrograms / program)) continue;
    EXPECT_THAT(libraries(program), AllOf(HasSubstr("libc.so"), Not(HasSubstr("libtorch")), Not(HasSubstr("libc10"))))
        << program;
  }
  EXPECT_THAT(libraries("shoal-host"), HasSubstr("libtorch"));
}

TEST(TwoPrograms, AnswerAlike) {
  const Workplace place;
  const std::string front = "'" SHOAL_PROGRAM "' ", host = "'" + (kPrograms / "shoal-host").string() + "' ";
  for (const char* command :
       {"--help", "--version", "plugins -v", "explain K203", "runs", "completion bash", "no-command",
        "plugins show toy-deal", "check nothing.yaml", "run", "compare", "show nowhere"})
    EXPECT_EQ(said(place, front + command), said(place, host + command)) << command;
}

TEST(TwoPrograms, ListPluginsWithoutOpeningThem) {
  const Workplace place;
  const std::string list = "'" SHOAL_PROGRAM "' plugins";
  EXPECT_THAT(said(place, list), HasSubstr("clusterer/toy-deal"));
  const std::string opened = "calling init: " + fs::canonical(SHOAL_TEST_PLUGINS "/toys/libtoys.so").string();
  EXPECT_THAT(said(place, "LD_DEBUG=files " + list), AllOf(HasSubstr("calling init: "), Not(HasSubstr(opened))));
  EXPECT_THAT(said(place, "LD_DEBUG=files " + list + " show toy-deal"), HasSubstr(opened));
}

TEST(TwoPrograms, SayWhenTheOtherIsMissing) {
  const Workplace place;
  const fs::path alone = place.folder() / "bin";
  fs::create_directory(alone);
  fs::copy_file(SHOAL_PROGRAM, alone / "shoal");
  EXPECT_THAT(said(place, "bin/shoal explain K203"), HasSubstr("K203"));
  EXPECT_EQ(said(place, "bin/shoal check some.yaml"),
            "shoal: error: cannot start " + fs::canonical(alone).string() + "/shoal-host: No such file or directory\n");
}

}  // namespace
}  // namespace shoal::tests
