// shoal new, as far as a project is not built: tests/new has the rest.
#include <gmock/gmock.h>

#include "tests/program.h"

namespace shoal::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// What is said of `shoal new ARGUMENTS`, which is wrong and leaves nothing behind.
std::string refusal(const std::string& arguments) {
  const Workplace place;
  const Outcome outcome = place.shoal("new " + arguments);
  EXPECT_EQ(outcome.exit, 1) << outcome.out;
  for (const auto& entry : fs::directory_iterator(place.folder()))
    EXPECT_THAT(entry.path().filename().string(), ::testing::AnyOf("out.txt", "err.txt", "store")) << arguments;
  return outcome.err;
}

TEST(New, SaysWhichKindsThereAre) {
  EXPECT_THAT(
      refusal("clusterr mine"),
      HasSubstr("there is no kind 'clusterr'; did you mean 'clusterer'? (kinds: augmentation, clusterer, dataset, "
                "encoder, head, metric, objective, reporter, trainer, transform)"));
}

TEST(New, WantsANameThatIsOneEverywhere) {
  EXPECT_THAT(refusal("clusterer FarthestFirst"), HasSubstr("did you mean 'farthest-first'?"));
  EXPECT_THAT(refusal("clusterer ../mine"), HasSubstr("did you mean 'mine'?"));
  EXPECT_THAT(refusal("clusterer 3d"), HasSubstr("did you mean 'd'?"));
  EXPECT_THAT(refusal("clusterer a--b"), HasSubstr("did you mean 'a-b'?"));
  EXPECT_THAT(refusal("clusterer ''"), HasSubstr("such as 'farthest-first'"));
  EXPECT_THAT(refusal("clusterer " + std::string(48, 'a')), HasSubstr("at most 47 characters"));
  EXPECT_THAT(refusal("clusterer test"), HasSubstr("'test' cannot be a name"));
  EXPECT_THAT(refusal("clusterer kmeans"), HasSubstr("clusterer/kmeans is there already, in "));
}

TEST(New, WritesTensorsInCxxAlone) {
  EXPECT_THAT(refusal("encoder mine --language c"), HasSubstr("kind 'encoder' is written in C++ alone"));
  EXPECT_THAT(refusal("clusterer mine --language go"), HasSubstr("go not in"));
}

TEST(New, WritesOverNothing) {
  const Workplace place;
  place.write("mine", "what was there");
  const Outcome outcome = place.shoal("new clusterer mine");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("'mine' exists already"));
  EXPECT_EQ(read_file(place.folder() / "mine"), "what was there");
}

TEST(New, SaysWhereItLookedForTemplates) {  // a program that was taken out of its install
  const Workplace place;
  fs::create_directories(place.folder() / "a/b/bin");
  fs::copy_file(SHOAL_PROGRAM, place.folder() / "a/b/bin/moved");
  const std::string command =
      "cd '" + place.folder().string() + "' && ./a/b/bin/moved new clusterer mine >out.txt 2>err.txt </dev/null";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 1);
  const std::string said = read_file(place.folder() / "err.txt");
  EXPECT_THAT(said, HasSubstr("the templates of projects are not there; looked in "));
  EXPECT_THAT(said, HasSubstr("a/b/share/shoal/templates, "));
  EXPECT_THAT(said, HasSubstr("/sdk/templates"));
}

TEST(New, NamesFilesClassAndComponentAfterThePlugin) {
  const Workplace place;
  const Outcome outcome = place.shoal("new clusterer farthest-first-2");
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  const fs::path project = place.folder() / "farthest-first-2";
  EXPECT_THAT(read_file(project / "farthest_first_2.cpp"),
              HasSubstr("plugin.add<FarthestFirst2, Params>(\"clusterer/farthest-first-2\")"));
  EXPECT_THAT(read_file(project / "CMakeLists.txt"), HasSubstr("TESTS farthest_first_2_test.cpp LINK Shoal::kernels)"));
  EXPECT_THAT(outcome.out, HasSubstr("cd farthest-first-2 && cmake --preset dev"));
  for (const char* file :
       {"CMakePresets.json", "README.md", "example.yaml", ".gitignore", ".github/workflows/build.yml"})
    EXPECT_TRUE(fs::exists(project / file)) << file;
}

}  // namespace
}  // namespace shoal::tests
