// Completion as a shell meets it: the scripts are sourced, and what they offer comes from the built programs.
#include <gmock/gmock.h>

#include <chrono>

#include "tests/program.h"

namespace shoal::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kExperiment = R"(shoal: 1
name: toy
nodes:
  data: {use: dataset/toy-line, with: {count: 6}}
  deal: {use: clusterer/toy-deal, in: {data: data}, with: {k: 2}}
  times: {use: transform/toy-times, in: {data: data}}
)";

class Completion : public ::testing::Test {
 protected:
  Completion() { place_.write("toy.yaml", kExperiment); }

  /// What bash has after `line` and the tab key, one a line; without the bash-completion package.
  std::string bash(const std::string& line) const {
    place_.write("ask.sh", R"(set -u
source <("$SHOAL" completion bash)
PATH=$(dirname "$SHOAL"):$PATH
COMP_LINE=$1 COMP_POINT=${#1}
_shoal shoal
printf '%s\n' "${COMPREPLY[@]}"
)");
    const std::string command = "cd '" + place_.folder().string() +
                                "' && SHOAL='" SHOAL_PROGRAM
                                "' XDG_CACHE_HOME=cache SHOAL_PLUGIN_PATH='" SHOAL_TEST_PLUGINS "/toys' bash ask.sh '" +
                                line + "' >bash.txt 2>bash-err.txt </dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0) << read_file(place_.folder() / "bash-err.txt");
    return read_file(place_.folder() / "bash.txt");
  }

  Workplace place_;
};

TEST_F(Completion, OffersCommandsOptionsAndFiles) {
  EXPECT_THAT(bash("shoal pl"), AllOf(HasSubstr("plan\n"), HasSubstr("plugins\n"), Not(HasSubstr("run"))));
  EXPECT_THAT(bash("shoal run --th"), HasSubstr("--threads\n"));
  EXPECT_THAT(bash("shoal graph --format "), HasSubstr("dot\n"));
  EXPECT_THAT(bash("shoal run to"), HasSubstr("toy.yaml\n"));
  EXPECT_THAT(bash("shoal "), Not(HasSubstr("complete-catalogue")));
}

TEST_F(Completion, OffersPathsOfTheExperimentAndValues) {
  EXPECT_EQ(bash("shoal run toy.yaml dea"), "deal.\n");
  EXPECT_THAT(bash("shoal check toy.yaml deal."), AllOf(HasSubstr("deal.k=\n"), Not(HasSubstr("n_clusters"))));
  // Bash has cut the word at the sign, and puts what is offered behind it.
  EXPECT_EQ(bash("shoal plan toy.yaml times.mode="), "plain\nnoisy\n");
  EXPECT_THAT(bash("shoal plan toy.yaml deal.use=clusterer/toy-d"), HasSubstr("clusterer/toy-deal\n"));
}

TEST_F(Completion, AnswersFromItsCacheAndSeesAChange) {
  bash("shoal pl");
  std::filesystem::path cache;
  for (const auto& file : std::filesystem::directory_iterator(place_.folder() / "cache/shoal"))
    if (file.path().filename() != "plugins-v1.json") cache = file.path();  // which plugins were tried is kept beside it
  const std::string kept = read_file(cache);
  ASSERT_THAT(kept, HasSubstr("clusterer/toy-deal"));
  std::ofstream(cache) << "/old/shoal 1 2.3\n\n{}";
  EXPECT_THAT(bash("shoal pl"), HasSubstr("plan\n"));
  EXPECT_EQ(read_file(cache), kept);
  std::ofstream(cache) << kept.substr(0, kept.size() / 2);  // written by halves
  EXPECT_THAT(bash("shoal pl"), HasSubstr("plan\n"));
  EXPECT_EQ(read_file(cache), kept);
}

TEST_F(Completion, PrintsAScriptForEachShell) {
  for (const char* shell : {"bash", "zsh", "fish"})
    EXPECT_THAT(place_.shoal(std::string("completion ") + shell).out, HasSubstr("shoal-complete")) << shell;
  EXPECT_EQ(place_.shoal("completion tcsh").exit, 1);
}

}  // namespace
}  // namespace shoal::tests
