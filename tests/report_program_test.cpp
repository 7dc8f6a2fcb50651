// `shoal report`, and the page that a run leaves, through the whole program.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "tests/program.h"

namespace shoal::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// An array in NumPy's format 1.0; `type` such as "<f4".
template <typename Number>
std::string npy(const std::string& type, const std::string& shape, const std::vector<Number>& numbers) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  std::string out = "\x93NUMPY\x01";
  out += '\0';
  out += static_cast<char>(header.size());
  out += '\0';
  out += header;
  out.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number));
  return out;
}

/// Twenty images of 4 × 4: bright above or bright below, each a little different.
void write_images(const Workplace& place) {
  std::vector<float> pixels;
  std::vector<std::int64_t> labels;
  for (int image = 0; image < 20; ++image) {
    labels.push_back(image % 2);
    for (int i = 0; i < 16; ++i) pixels.push_back((i < 8) == (image % 2 == 0) ? 0.8F + 0.01F * image : 0.01F * (i % 3));
  }
  place.write("images.npy", npy("<f4", "(20, 4, 4)", pixels));
  place.write("labels.npy", npy("<i8", "(20,)", labels));
  place.write("halves.yaml", R"(shoal: 1
name: halves
description: "top & bottom <halves>"
nodes:
  images:  {use: dataset/npy, with: {path: images.npy, labels: labels.npy}}
  pca:     {use: transform/pca, in: {data: images}, with: {components: 3}}
  groups:  {use: clusterer/kmeans, in: {data: pca}, with: {k: 2}}
  quality: {use: metric/clustering, in: {predicted: groups, labels: images.labels}}
matrix: {groups.k: [2, 3, 4], seeds: 2}
report: [quality.acc]
)");
}

TEST(Report, OfARunShowsItsImagesFeaturesAndOrigins) {
  const Workplace place;
  write_images(place);
  const Outcome ran = place.shoal("run halves.yaml --out run");
  ASSERT_EQ(ran.exit, 0) << ran.err;
  const std::string page = read_file(place.folder() / "run" / "report.html");
  EXPECT_THAT(page, HasSubstr("top &amp; bottom &lt;halves&gt;"));
  EXPECT_THAT(page, HasSubstr("nearest to the centroid in the features that were clustered"));
  EXPECT_THAT(page, HasSubstr("url(data:image/png;base64,"));
  EXPECT_THAT(page, HasSubstr("First two principal components of pca (3 numbers)"));
  EXPECT_THAT(page, HasSubstr("quality: Row 1, groups.k 2, seed 0"));  // two clusters are two classes: the best row
  EXPECT_THAT(page, HasSubstr("halves.yaml:8:"));                      // where k was said
  EXPECT_THAT(page, HasSubstr("default of clusterer/kmeans"));
  const auto origins = nlohmann::json::parse(read_file(place.folder() / "run" / "origins.json"));
  bool found = false;
  for (const auto& origin : origins) found = found || (origin["path"] == "pca.components" && origin["value"] == "3");
  EXPECT_TRUE(found);
  const auto results = nlohmann::json::parse(read_file(place.folder() / "run" / "results.json"));
  EXPECT_GT(results["rows"][0]["nodes"][0]["peak_rss_bytes"].get<std::int64_t>(), 1'000'000);
}

TEST(Report, MakesThePageAgainAndSaysWhatIsGone) {
  const Workplace place;
  write_images(place);
  ASSERT_EQ(place.shoal("run halves.yaml --out run").exit, 0);
  const std::string first = read_file(place.folder() / "run" / "report.html");
  const Outcome again = place.shoal("report run");
  EXPECT_EQ(again.exit, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("run/report.html\n"));
  EXPECT_EQ(read_file(place.folder() / "run" / "report.html"), first);  // the same run, the same page
  std::filesystem::remove_all(place.store());
  ASSERT_EQ(place.shoal("report run --out b.html").exit, 0);
  const std::string without = read_file(place.folder() / "b.html");
  EXPECT_THAT(without, HasSubstr("the first of each, as there are no distances: the store does not have the result of "
                                 "&#39;pca&#39; any more"));
  std::filesystem::remove(place.folder() / "images.npy");
  ASSERT_EQ(place.shoal("report run --out c.html").exit, 0);
  EXPECT_THAT(read_file(place.folder() / "c.html"),
              AllOf(HasSubstr("<strong>Clusters of groups</strong>: "), Not(HasSubstr("data:image/png"))));
}

TEST(Report, OpensTheRowThatIsAskedFor) {
  const Workplace place;
  write_images(place);
  ASSERT_EQ(place.shoal("run halves.yaml --out run").exit, 0);
  ASSERT_EQ(place.shoal("report run --row 4 --out four.html").exit, 0);
  EXPECT_THAT(read_file(place.folder() / "four.html"),
              AllOf(HasSubstr("Open is row 4;"), HasSubstr("quality: Row 4, groups.k 3, seed 1."),
                    HasSubstr("<summary>Row 1, groups.k 2, seed 0</summary>")));
  const Outcome beyond = place.shoal("report run --row 7");
  EXPECT_EQ(beyond.exit, 1);
  EXPECT_THAT(beyond.err, HasSubstr("run has 6 rows, so there is no row 7"));
}

TEST(Report, OfSeveralRunsWantsAFile) {
  const Workplace place;
  write_images(place);
  ASSERT_EQ(place.shoal("run halves.yaml --out a").exit, 0);
  ASSERT_EQ(place.shoal("run halves.yaml pca.components=2 --out b").exit, 0);
  const Outcome nowhere = place.shoal("report a b");
  EXPECT_EQ(nowhere.exit, 1);
  EXPECT_THAT(nowhere.err, HasSubstr("name its file by --out FILE"));
  const Outcome both = place.shoal("report a b --out both.html --metrics quality.nmi");
  EXPECT_EQ(both.exit, 0) << both.err;
  EXPECT_THAT(read_file(place.folder() / "both.html"),
              AllOf(HasSubstr("id=\"run-2-graph\""), HasSubstr("quality.nmi")));
}

TEST(Report, SaysWhatIsNoRun) {
  const Workplace place;
  const Outcome outcome = place.shoal("report nothing");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("there is no run folder nothing"));
}

}  // namespace
}  // namespace shoal::tests
