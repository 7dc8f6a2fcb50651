// Datasets whose examples lie in memory anyway: nobody copies them, and clusters come out as from a copy.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plugins/datasets/files/npy_testing.h"
#include "shoal/error.h"
#include "tests/results.h"

namespace shoal::tests {
namespace {

using files::testing::bytes_of;
using files::testing::npy_start_of;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

json first_row(const Workplace& place, const std::string& run) { return results_in(place.folder() / run)["rows"][0]; }

// Examples (i, 2i) of i = 0 … 5, which end the run where somebody reads them: their sum is 3·15 = 45.
constexpr const char* kShown = R"(shoal: 1
name: shown
nodes:
  data:  {use: dataset/toy-shown}
  part:  {use: dataset/subset, in: {data: data}, with: {from: 1, count: 2}}
  times: {use: transform/toy-times, in: {data: data}, with: {factor: 2}}
  deal:  {use: clusterer/toy-deal, in: {data: data}, with: {k: 2}}
  more:  {use: deal.clusterer, in: {data: part}}
  sum:   {use: metric/toy-sum, in: {features: data}}
  twice: {use: metric/toy-sum, in: {features: times}}
  two:   {use: metric/toy-sum, in: {features: part}}
)";

TEST(ExamplesInPlace, AreLookedAtWhereTheyLie) {
  const Workplace place;
  place.write("shown.yaml", kShown);
  const Outcome outcome = place.shoal("run shown.yaml --out run");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const json metrics = first_row(place, "run")["metrics"];
  EXPECT_EQ(metrics["sum.sum"], 45.0);
  EXPECT_EQ(metrics["twice.sum"], 90.0);
  EXPECT_EQ(metrics["two.sum"], 3.0 * (1 + 2));
}

TEST(ExamplesInPlace, AreReadWhereTheDatasetCannotShowThem) {
  const Workplace place;
  place.write("shown.yaml", kShown);
  EXPECT_THAT(place.shoal("run shown.yaml data.fault=absent").err, HasSubstr("these examples cannot be read"));
}

TEST(ExamplesInPlace, AreHeldToWhatTheDatasetSaidOfThem) {
  const Workplace place;
  place.write("shown.yaml", kShown);
  for (const char* fault : {"one-too-few", "other-dtype", "other-rank"})
    EXPECT_THAT(place.shoal(std::string("run shown.yaml data.fault=") + fault).err,
                HasSubstr("dataset/toy-shown broke its contract: its view is not of the shape and dtype"))
        << fault;
}

TEST(ExamplesInPlace, AreSaidByShow) {
  EXPECT_THAT(Workplace().shoal("plugins show npy").out, HasSubstr("traits   dataset-view"));
}

template <typename Number>
std::string npy_file(const std::string& descr, const std::string& shape, const std::vector<Number>& numbers) {
  const files::testing::Bytes start = npy_start_of(descr, shape), data = bytes_of(numbers);
  return std::string(start.begin(), start.end()) + std::string(data.begin(), data.end());
}

/// 600 examples of 4 numbers 0 … 255 in three clouds, as a .npy file of `Number`s.
template <typename Number>
std::string clouds(const std::string& descr) {
  std::vector<Number> numbers;
  for (int i = 0; i < 600; ++i)
    for (int j = 0; j < 4; ++j) numbers.push_back(static_cast<Number>(100 * (i % 3) + (i * 7 + j * 13) % 50));
  return npy_file(descr, "(600, 4)", numbers);
}

TEST(ExamplesInPlace, OfTheSameIntegersGiveTheSameClustersInEveryDType) {
  const Workplace place;
  place.write("float32.npy", clouds<float>("<f4"));
  place.write("float64.npy", clouds<double>("<f8"));
  place.write("uint8.npy", clouds<std::uint8_t>("|u1"));
  place.write("npy.yaml", R"(shoal: 1
name: npy
nodes:
  points: {use: dataset/npy, with: {path: uint8.npy}}
  groups: {use: clusterer/kmeans, in: {data: points}, with: {k: 5}}
)");
  for (const char* dtype : {"float32", "float64", "uint8"}) {
    const Outcome outcome = place.shoal(text("run npy.yaml points.path={}.npy --out {}", dtype, dtype));
    ASSERT_EQ(outcome.exit, 0) << outcome.err;
  }
  const std::string labels = read_file(place.folder() / "uint8/artifacts/groups.labels.npy");
  EXPECT_EQ(labels.size(), 128u + 600 * 8);
  for (const char* dtype : {"float32", "float64"}) {
    EXPECT_EQ(read_file(place.folder() / dtype / "artifacts/groups.labels.npy"), labels) << dtype;
    EXPECT_EQ(first_row(place, dtype)["metrics"]["groups.inertia"],
              first_row(place, "uint8")["metrics"]["groups.inertia"]);
  }
}

TEST(ExamplesInPlace, OfAFileThatLiesAreSaidAtTheirNode) {
  const Workplace place;
  place.write("lying.npy", npy_file("<f4", "(4611686018427387904, 4)", std::vector<float>(8)));
  place.write("npy.yaml", R"(shoal: 1
name: npy
nodes:
  points: {use: dataset/npy, with: {path: lying.npy}}
  groups: {use: clusterer/kmeans, in: {data: points}}
)");
  const Outcome outcome = place.shoal("run npy.yaml");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("npy.yaml:4:3: error[R601]: node 'points'"), HasSubstr("lying.npy"),
                                 HasSubstr("2^63 or more bytes, but 32 bytes follow")));
}

}  // namespace
}  // namespace shoal::tests
