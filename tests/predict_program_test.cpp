// shoal predict: a finished run, asked about new data, says of its own data what it said when it ran.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/probed_toy.h"
#include "tests/results.h"
#include "tests/trained_toy.h"

namespace shoal::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

json predicted(const Workplace& place, const std::string& arguments) {
  const Outcome outcome = place.shoal("predict run --format json " + arguments);
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  return json::parse(outcome.out);
}

TEST(Predict, SaysOfTheTrainingDataWhatTheRunSaid) {
  const Workplace place;
  train_toy(place);
  for (const auto& [node, artifact] : {std::pair("said", "said.predicted"), std::pair("learn", "said.predicted"),
                                       std::pair("groups", "groups.labels"), std::pair("deep", "deep.labels")}) {
    const Outcome outcome = place.shoal(std::string("predict run images.idx --out labels.npy --node ") + node);
    ASSERT_EQ(outcome.exit, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "") << node;
    EXPECT_EQ(read_file(place.folder() / "labels.npy"),
              read_file(place.folder() / "run/artifacts" / (std::string(artifact) + ".npy")))
        << node;
  }
  const json found = predicted(place, "images.idx --node learn");
  EXPECT_EQ(found["answers"], "class");
  ASSERT_EQ(found["examples"].size(), 60u);
  const std::string probabilities = read_file(place.folder() / "run/artifacts/said.probabilities.npy");
  for (std::size_t i = 0; i < 60; ++i) {
    const json& example = found["examples"][i];
    EXPECT_EQ(example["class"], i % 3);  // the net learnt them
    EXPECT_EQ(example["name"], std::string(1, static_cast<char>('a' + i % 3)));
    float kept[3];
    std::copy_n(probabilities.data() + probabilities.size() - (60 - i) * sizeof(kept), sizeof(kept),
                reinterpret_cast<char*>(kept));
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(example["probabilities"][c].get<float>(), kept[c]);
  }
}

TEST(Predict, NeedsNeitherStoreNorTrainingData) {
  const Workplace place;
  train_toy(place);
  std::filesystem::remove_all(place.store());
  std::filesystem::rename(place.folder() / "images.idx", place.folder() / "new.idx");
  std::filesystem::remove(place.folder() / "labels.idx");
  for (const auto& [node, artifact] : {std::pair("said", "said.predicted"), std::pair("groups", "groups.labels")}) {
    const Outcome outcome = place.shoal(std::string("predict run new.idx --out labels.npy --node ") + node);
    ASSERT_EQ(outcome.exit, 0) << outcome.err;
    EXPECT_EQ(read_file(place.folder() / "labels.npy"),
              read_file(place.folder() / "run/artifacts" / (std::string(artifact) + ".npy")));
  }
  EXPECT_FALSE(std::filesystem::exists(place.store()));  // nor is one made
  std::filesystem::remove(place.folder() / "run/artifacts/pca.transform.safetensors");
  const Outcome missing = place.shoal("predict run new.idx --node groups");
  EXPECT_EQ(missing.exit, 1);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("there is no "), HasSubstr("artifacts/pca.transform.safetensors"),
                                 HasSubstr("shoal run ")));
}

TEST(Predict, GivesTheNearestCentroidAndItsDistance) {  // of (0,0), (0,2), (10,0), (10,2) in two: (0,1) and (10,1)
  const Workplace place;
  place.write("points.csv", "x,y\n0,0\n0,2\n10,0\n10,2\n");
  place.write("new.idx", idx_bytes({2, 2}, std::string{1, 1, 10, 4}));
  place.write("toy.yaml",
              "shoal: 1\nname: toy\nnodes:\n  points: {use: dataset/csv, with: {path: points.csv}}\n"
              "  groups: {use: clusterer/kmeans, in: {data: points}, with: {k: 2}}\n");
  ASSERT_EQ(place.shoal("run toy.yaml -q --out run").exit, 0);
  const json found = predicted(place, "new.idx");
  EXPECT_EQ(found["answers"], "cluster");
  const json &near = found["examples"][0], &far = found["examples"][1];
  EXPECT_NE(near["cluster"], far["cluster"]);
  EXPECT_EQ(near["cluster"], near["nearest"]);
  EXPECT_DOUBLE_EQ(near["distance"].get<double>(), 1);
  EXPECT_DOUBLE_EQ(far["distance"].get<double>(), 3);
  const Outcome said = place.shoal("predict run new.idx");
  EXPECT_THAT(said.err, HasSubstr("note: uint8 became float32"));
  EXPECT_THAT(said.out, HasSubstr("example  cluster  nearest  distance\n0 "));
  const Outcome csv = place.shoal("predict run new.idx --format csv");
  EXPECT_THAT(csv.out, HasSubstr("example,cluster,nearest,distance\n0,"));
}

/// The (N) int64 at the end of an NPY file.
std::vector<std::int64_t> labels_in(const std::filesystem::path& file, std::size_t count) {
  const std::string bytes = read_file(file);
  std::vector<std::int64_t> out(count);
  std::copy_n(bytes.data() + bytes.size() - count * sizeof(std::int64_t), count * sizeof(std::int64_t),
              reinterpret_cast<char*>(out.data()));
  return out;
}

TEST(Predict, SaysOfTheTestSetWhatAProbeWasRightAbout) {
  const Workplace place;
  probe_toy(place);
  const json metrics = results_in(place.folder() / "run")["rows"][0]["metrics"];
  for (const std::string node : {"probe", "early", "late"}) {
    SCOPED_TRACE(node);
    const Outcome outcome = place.shoal("predict run test.idx --out labels.npy --node " + node);
    ASSERT_EQ(outcome.exit, 0) << outcome.err;
    const auto said = labels_in(place.folder() / "labels.npy", 60);
    int right = 0;
    for (std::size_t i = 0; i < 60; ++i) right += said[i] == static_cast<std::int64_t>(i % 3) ? 1 : 0;
    EXPECT_EQ(right / 60.0, metrics.at(node + ".accuracy"));
    EXPECT_GT(right, 20) << "no better than chance";
    EXPECT_LT(right, 60) << "too easy to tell anything";
    EXPECT_EQ(read_file(place.folder() / "labels.npy"),
              read_file(place.folder() / "run/artifacts" / (node + ".predicted.npy")));
  }
  // The head of a probe is one like any other: trainer/predict takes it, and answers with it.
  EXPECT_EQ(read_file(place.folder() / "run/artifacts/said.predicted.npy"),
            read_file(place.folder() / "run/artifacts/probe.predicted.npy"));
  const json classes = predicted(place, "test.idx --node probe"), again = predicted(place, "test.idx --node said");
  EXPECT_EQ(classes["answers"], "class");
  EXPECT_EQ(classes["examples"], again["examples"]);
  const std::int64_t first = classes["examples"][0]["class"];
  EXPECT_EQ(classes["examples"][0]["name"], std::string(1, static_cast<char>('a' + first)));
}

TEST(Predict, AnswersWithClustersWhereAProbeLearntThose) {
  const Workplace place;
  probe_toy(place);
  const json found = predicted(place, "test.idx --node pseudo");
  EXPECT_EQ(found["answers"], "cluster");
  EXPECT_FALSE(found.contains("class_names"));
  const auto said = labels_in(place.folder() / "run/artifacts/pseudo.predicted.npy", 60);
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(found["examples"][i]["cluster"], said[i]);
}

TEST(Predict, TakesAProbeFromTheStoreToo) {
  const Workplace place;
  probe_toy(place);
  const Outcome again = place.shoal("run probed.yaml -q --out again");
  ASSERT_EQ(again.exit, 0) << again.err;
  ASSERT_EQ(place.shoal("predict again test.idx --out labels.npy --node early").exit, 0);
  EXPECT_EQ(read_file(place.folder() / "labels.npy"), read_file(place.folder() / "run/artifacts/early.predicted.npy"));
}

TEST(Predict, SaysWhyANodeDoesNotAnswer) {
  const Workplace place;
  probe_toy(place);
  const auto refusal = [&](const std::string& node) {
    const Outcome outcome = place.shoal("predict run test.idx --node " + node);
    EXPECT_EQ(outcome.exit, 1) << node;
    EXPECT_EQ(outcome.out, "") << node;
    return outcome.err;
  };
  EXPECT_THAT(refusal("bare"),
              AllOf(HasSubstr("'bare' (trainer/linear-probe) gave no head in this run"),
                    HasSubstr("only where 'classifier' is wired"),
                    HasSubstr("These answer:\n  --node groups  (clusterer/kmeans: clusters)"),
                    HasSubstr("--node probe  (trainer/linear-probe: classes)"), Not(HasSubstr("--node bare"))));
  EXPECT_THAT(refusal("nearest"),
              HasSubstr("'nearest' (trainer/knn-probe) keeps nothing that new examples could be asked of: neither a "
                        "head, nor an encoder with centroids. These answer:"));
  EXPECT_THAT(refusal("net"), HasSubstr("'net' (encoder/convnet) is only declared, for other nodes to use"));
  place.write("alone.yaml", std::string(kProbedToy).substr(0, std::string(kProbedToy).find("  head: ")) +
                                "  bare: {use: trainer/linear-probe, in: {encoder: net, train: train, test: test}}\n");
  ASSERT_EQ(place.shoal("run alone.yaml -q --out alone").exit, 0);
  EXPECT_THAT(place.shoal("predict alone test.idx").err,
              AllOf(HasSubstr("no node of the run answers what a new example is"),
                    HasSubstr("\n  'bare' (trainer/linear-probe) gave no head in this run")));
}

#ifdef SHOAL_TEST_IMAGES  // where libpng and libjpeg are

TEST(Predict, TakesImagesAndSaysWhatTheyLookUnlike) {
  const Workplace place;
  train_toy(place);
  auto image = toy_images()[1];
  place.write("b.pgm", pgm_bytes(image));
  const Outcome good = place.shoal("predict run b.pgm --node learn");
  ASSERT_EQ(good.exit, 0) << good.err;
  EXPECT_EQ(good.err, "");
  EXPECT_THAT(good.out, AllOf(HasSubstr("example  class  name  probability\nb.pgm        1  b ")));
  for (auto& pixel : image) pixel = static_cast<std::uint8_t>(222 - pixel);  // the data's are 0 … 222
  place.write("inverted.pgm", pgm_bytes(image));
  const Outcome inverted = place.shoal("predict run b.pgm inverted.pgm --node learn");
  EXPECT_EQ(inverted.exit, 0);
  EXPECT_THAT(inverted.err, AllOf(HasSubstr("warning: 1 of 2 examples look unlike what the run learnt from"),
                                  HasSubstr("inverted, black for white, they would be alike. They were not changed")));
}

TEST(Predict, RefusesWhatDoesNotFit) {
  const Workplace place;
  train_toy(place);
  const auto refusal = [&](const std::string& arguments) {
    const Outcome outcome = place.shoal("predict run --node learn " + arguments);
    EXPECT_EQ(outcome.exit, 1) << arguments;
    EXPECT_EQ(outcome.out, "") << arguments;
    return outcome.err;
  };
  std::vector<std::uint8_t> large(16 * 16);
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 16; ++x) large[static_cast<std::size_t>(16 * y + x)] = toy_images()[2][y / 2 * 8 + x / 2];
  place.write("large.pgm", pgm_bytes(large, 16, 16));
  EXPECT_THAT(refusal("large.pgm"), HasSubstr("large.pgm is 16 high and 16 wide, but the run learnt from images 8 high "
                                              "and 8 wide; --resize scales it"));
  const Outcome resized = place.shoal("predict run --node learn --resize large.pgm");
  EXPECT_EQ(resized.exit, 0);
  EXPECT_THAT(resized.out, HasSubstr("large.pgm      2  c "));  // each pixel was doubled, so nothing is lost
  EXPECT_THAT(resized.err, HasSubstr("note: images of another size than 8 × 8 were scaled to it"));
  place.write("text.txt", "not an image\n");
  EXPECT_THAT(refusal("text.txt"), HasSubstr("text.txt' cannot be decoded: it is neither PNG, JPEG nor PGM"));
  const std::string png = read_file(SHOAL_TEST_SOURCES "/../plugins/datasets/image-folder/testdata/rgb.png");
  place.write("cut.png", png.substr(0, png.size() - 20));
  EXPECT_THAT(refusal("cut.png"), HasSubstr("cut.png' cannot be decoded: it is cut short"));
  EXPECT_THAT(refusal("absent.png"), HasSubstr("there is no file absent.png"));
  EXPECT_THAT(refusal("."), HasSubstr(". is a folder"));
  place.write("empty.png", "");
  EXPECT_THAT(refusal("empty.png"), HasSubstr("empty.png is empty"));
  EXPECT_THAT(refusal("images.idx images.idx"), HasSubstr("name it alone"));
  place.write("other.idx", idx_bytes({1, 3, 3}, "123456789"));
  EXPECT_THAT(refusal("other.idx"), HasSubstr("examples (1, 3, 3) uint8, but the run learnt from (1, 8, 8) uint8"));
  place.write("cut.idx", idx_bytes({9, 8, 8}, "1"));
  EXPECT_THAT(refusal("cut.idx"), HasSubstr("cut.idx"));
}

#endif

TEST(Predict, AsksWhichNodeAndWhichRow) {
  const Workplace place;
  train_toy(place, "-m groups.k=2,3 --seeds 2");
  const auto refusal = [&](const std::string& arguments) {
    const Outcome outcome = place.shoal("predict " + arguments);
    EXPECT_EQ(outcome.exit, 1) << arguments;
    return outcome.err;
  };
  EXPECT_THAT(refusal("run images.idx --node groups"),
              AllOf(HasSubstr("several such rows"), HasSubstr("--row 3  groups.k 3  seed 0")));
  EXPECT_THAT(refusal("run images.idx --row 9"), HasSubstr("--row 9, but the run has 4 rows"));
  EXPECT_THAT(refusal("run images.idx --seed 7 --row 1"), HasSubstr("the run has no such row"));
  EXPECT_THAT(refusal("run images.idx --row 4"), AllOf(HasSubstr("several nodes of the run answer; say which"),
                                                       HasSubstr("--node learn  (trainer/supervised: classes)"),
                                                       HasSubstr("--node deep  (clusterer/kmeans: clusters)")));
  EXPECT_THAT(refusal("run images.idx --row 4 --node group"), HasSubstr("did you mean 'groups'?"));
  EXPECT_THAT(refusal("nowhere images.idx"), HasSubstr("there is no run folder nowhere"));
  EXPECT_THAT(refusal(". images.idx"), HasSubstr("holds no plan.json"));
  ASSERT_EQ(place.shoal("predict run images.idx --row 4 --node groups --out labels.npy").exit, 0);
  EXPECT_EQ(read_file(place.folder() / "labels.npy"),
            read_file(place.folder() / "run/artifacts/row-4/groups.labels.npy"));
  // Seed 0 is a row of its own for each k, but the network was trained once for both.
  ASSERT_EQ(place.shoal("predict run images.idx --row 3 --node learn --out labels.npy").exit, 0);
  EXPECT_EQ(read_file(place.folder() / "labels.npy"),
            read_file(place.folder() / "run/artifacts/row-1/said.predicted.npy"));
}

}  // namespace
}  // namespace shoal::tests
