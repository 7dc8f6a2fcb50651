// Functions of testing/loads.py.
#include "python_dataset.h"

#include <gmock/gmock.h>

#include "shoal/matrix.h"
#include "testing_python.h"

namespace {

using shoal::FreeMap;
using shoal::Index;
using shoal::RowMatrix;
using shoal::testing::Host;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PythonDatasetTest : public WithPython {
 protected:
  static DatasetParams of(const std::string& call, FreeMap params = {}) {
    DatasetParams out;
    out.call = call;
    out.file = SHOAL_TEST_CODE;
    out.params = std::move(params);
    return out;
  }
  template <typename Thrown>
  std::string error_of(const DatasetParams& params) {
    return error_from<Thrown>([&] { PythonDataset(params).open(host_.context()); });
  }
};

TEST_F(PythonDatasetTest, ReadsWhatTheFunctionReturned) {
  PythonDataset dataset(of("numbered", {{{"n", {std::int64_t{3}}}}}));
  const shoal::DatasetInfo info = dataset.open(host_.context());
  EXPECT_EQ(info.count, 3);
  EXPECT_THAT(info.shape, ElementsAre(2));
  EXPECT_EQ(info.dtype, shoal::DType::kFloat32);
  EXPECT_FALSE(info.labelled);
  EXPECT_EQ(RowMatrix<float>(dataset.view(host_.context())->matrix<float>()),
            (RowMatrix<float>{{0, 1}, {2, 3}, {4, 5}}));
  RowMatrix<float> out(2, 2);
  dataset.read(host_.context(), std::vector<Index>{2, 0}, shoal::MutableArray(out), {});
  EXPECT_EQ(out, (RowMatrix<float>{{4, 5}, {0, 1}}));
  std::vector<std::int64_t> labels(2);
  EXPECT_THROW(dataset.read(host_.context(), std::vector<Index>{0, 1}, {}, shoal::MutableArray(labels)),
               shoal::InputError);
  EXPECT_THROW(dataset.read(host_.context(), std::vector<Index>{3, 0}, shoal::MutableArray(out), {}),
               shoal::InputError);
}

TEST_F(PythonDatasetTest, HasLabelsAndClassNames) {
  PythonDataset dataset(of("images"));
  const shoal::DatasetInfo info = dataset.open(host_.context());
  EXPECT_THAT(info.shape, ElementsAre(1, 2, 2));
  EXPECT_EQ(info.dtype, shoal::DType::kUInt8);
  EXPECT_THAT(info.class_names, ElementsAre("cat", "dog"));
  std::vector<std::uint8_t> bytes(4);
  std::vector<std::int64_t> labels(1);
  const Index shape[] = {1, 1, 2, 2};
  dataset.read(host_.context(), std::vector<Index>{1}, shoal::MutableArray(bytes.data(), shape),
               shoal::MutableArray(labels));
  EXPECT_THAT(bytes, ElementsAre(6, 7, 4, 5));  // its rows upside down
  EXPECT_THAT(labels, ElementsAre(0));
  EXPECT_TRUE(PythonDataset(of("labelled", {{{"n", {std::int64_t{2}}}}})).open(host_.context()).labelled);
}

TEST_F(PythonDatasetTest, KeepsFloat64) {
  EXPECT_EQ(PythonDataset(of("numbered", {{{"dtype", {std::string("float64")}}}})).open(host_.context()).dtype,
            shoal::DType::kFloat64);
}

TEST_F(PythonDatasetTest, DrawsFromTheNodesStreamAlone) {
  const auto first = [](const char* call, std::uint64_t seed) {
    Host host({.seed = seed});
    PythonDataset dataset(of(call));
    dataset.open(host.context());
    return dataset.view(host.context())->matrix<double>()(0, 0);
  };
  for (const char* call : {"drawn", "drawn_globally"}) {
    EXPECT_EQ(first(call, 1), first(call, 1));
    EXPECT_NE(first(call, 1), first(call, 2));
  }
}

TEST_F(PythonDatasetTest, HoldsTheFunctionToTheContract) {
  const auto returns = [&](const char* fault) {
    return error_of<shoal::Error>(of("returns", {{{"fault", {std::string(fault)}}}}));
  };
  EXPECT_THAT(returns("four"), HasSubstr("loads.py:returns returned 4 things, expected examples, labels or None"));
  EXPECT_THAT(returns("vector"), HasSubstr("returned examples (4,), expected (N, D)"));
  EXPECT_THAT(returns("empty"), HasSubstr("returned examples (0, 2), expected (N, D)"));
  EXPECT_THAT(returns("integers"), HasSubstr("returned examples of int64, expected float32, float64 or uint8"));
  EXPECT_THAT(returns("inf"), HasSubstr("returned inf in example 2, at 1"));
  EXPECT_THAT(returns("few labels"), HasSubstr("returned labels (3,) int64, expected (4,) of integers"));
  EXPECT_THAT(returns("real labels"), HasSubstr("returned labels (4,) float64, expected (4,) of integers"));
  EXPECT_THAT(returns("negative"), HasSubstr("returned label -1 of example 0; labels are at least 0"));
  EXPECT_THAT(returns("beyond"), HasSubstr("returned label 3 of example 3; labels are below 3, the class names"));
  EXPECT_THAT(returns("names alone"), HasSubstr("returned class names without labels"));
  EXPECT_THAT(returns("no text"), HasSubstr("returned 1 among its class names, expected texts"));
  EXPECT_THAT(returns("twice"), HasSubstr("two are the same: a, b, a, c"));
}

TEST_F(PythonDatasetTest, SaysWhatIsWrongWithTheCode) {
  EXPECT_EQ(error_of<shoal::Error>(of("raises")), "loads.py:raises threw OSError: no such server");
  EXPECT_THAT(error_of<shoal::InputError>(of("labelled")), HasSubstr("loads.py:labelled needs n"));
  EXPECT_THAT(error_of<shoal::InputError>(of("label")), HasSubstr("has no 'label'; did you mean 'labelled'?"));
}

TEST_F(PythonDatasetTest, IsReadAfterItWasOpened) {
  EXPECT_THROW(PythonDataset(of("numbered")).view(host_.context()), shoal::StateError);
}

TEST_F(PythonDatasetTest, IsInterrupted) {
  Host impatient({.cancel_after = 3});
  EXPECT_THROW(PythonDataset(of("forever")).open(impatient.context()), shoal::Cancelled);
}

}  // namespace
