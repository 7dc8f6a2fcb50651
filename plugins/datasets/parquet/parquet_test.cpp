// Files that testing/write.py writes by pyarrow, read back; without pyarrow these tests are skipped.
#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "../common/made_component.h"
#include "../common/temp_folder.h"
#include "python_interpreter.h"
#include "shoal/dataset.h"
#include "shoal/matrix.h"
#include "shoal/plugin.h"

extern "C" shoal_plugin_fn shoal_plugin_v1;

namespace {

using shoal::DType;
using shoal::testing::Bytes;
using shoal::testing::Host;
using shoal::testing::MadeComponent;
using shoal::testing::message_of;
using shoal::testing::TempFolder;
using shoal::testing::Values;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

/// The files; written once.
class Written {
 public:
  Written() {
    try {
      Host host;
      start_python(host.context());
      const py::gil_scoped_acquire gil;
      runtime().attr("require_module")("pyarrow");
    } catch (const std::exception& error) {
      why_not = error.what();
      return;
    }
    const std::string command =
        "'" + choose_python().program.string() + "' " SHOAL_TEST_SCRIPT " " + folder.path().string();
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  }
  std::string why_not;
  TempFolder folder;
};

class ParquetTest : public ::testing::Test {
 protected:
  static const Written& written() {
    static const Written files;
    return files;
  }
  void SetUp() override {
    if (!written().why_not.empty()) GTEST_SKIP() << written().why_not;
  }

  static std::string path(const std::string& name) { return (written().folder.path() / (name + ".parquet")).string(); }
  static Bytes bytes_of(const std::string& name) {
    std::ifstream in(path(name), std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(in), {});
  }

  /// A dataset that was opened.
  struct Opened {
    Opened(Host& host, Values values) : made(host, shoal_plugin_v1, "dataset/parquet", values), data(made.object()) {
      info = data.open(host.context());
    }
    MadeComponent made;
    shoal::DatasetProxy data;
    shoal::DatasetInfo info;
  };
  Opened open(const std::string& name, Values values = {}) {
    values["path"] = path(name);
    return {host_, values};
  }
  template <typename Scalar>
  std::vector<Scalar> examples(Opened& opened) {
    const auto view = opened.data.view(host_.context());
    EXPECT_TRUE(view);
    const auto rows = view->matrix<Scalar>();
    return {rows.data(), rows.data() + rows.size()};
  }
  std::vector<std::int64_t> labels(Opened& opened) {
    const shoal::Array all = opened.data.labels(host_.context());
    const auto values = all.view().vector<std::int64_t>();
    return {values.begin(), values.end()};
  }
  std::string refusal(const std::string& file, Values values = {}) {
    values["path"] = file;
    return message_of<shoal::InputError>([&] { Opened(host_, values); });
  }
  std::string refused(const std::string& name, Values values = {}) { return refusal(path(name), values); }

  Host host_{{.threads = 2}};
};

TEST_F(ParquetTest, ReadsBackWhatPyarrowWrote) {
  Opened flowers = open("flowers", {{"label", "species"}});
  EXPECT_EQ(flowers.info.count, 4);
  EXPECT_THAT(flowers.info.shape, ElementsAre(2));
  EXPECT_EQ(flowers.info.dtype, DType::kFloat64);
  EXPECT_THAT(examples<double>(flowers), ElementsAre(0.1, 1, -1.0 / 3, 2, 1e-300, -3, 5e-324, 4));
  EXPECT_THAT(flowers.info.class_names, ElementsAre("Iris \"setosa\"", "virginica, white", "ñandú"));
  EXPECT_THAT(labels(flowers), ElementsAre(2, 0, 1, 2));
  std::vector<std::string> lines;
  for (const auto& line : host_.log()) lines.push_back(line.text);
  EXPECT_THAT(lines, AllOf(Contains(HasSubstr("left out: 'day' (date32[day])")),
                           Contains(HasSubstr("4 rows of 2 numbers, float64, labels of 3 names"))));
}

TEST_F(ParquetTest, ReadsEachCompression) {
  for (const char* codec : {"none", "snappy", "gzip", "zstd", "lz4", "brotli"}) {
    SCOPED_TRACE(codec);
    Opened flowers = open(std::string("flowers_") + codec);
    EXPECT_THAT(examples<double>(flowers), ElementsAre(0.1, 1, -1.0 / 3, 2, 1e-300, -3, 5e-324, 4));
    EXPECT_FALSE(flowers.info.labelled);
  }
}

TEST_F(ParquetTest, TakesNumbersOfEachType) {
  Opened types = open("types");
  EXPECT_EQ(types.info.dtype, DType::kFloat64);
  constexpr double kFloatMax = std::numeric_limits<float>::max(), kHalfLeast = 0x1p-24;
  // 2^53 + 1 and 2^64 − 1 are the nearest double's, by ties to even.
  EXPECT_THAT(examples<double>(types),
              ElementsAre(0, -128, 0, -32768, 0, -2147483648.0, 0, -0x1p63, 0, -65504, -kFloatMax,
                          -std::numeric_limits<double>::max(), -12345678.25, 7,  //
                          1, 127, 255, 32767, 65535, 2147483647.0, 4294967295.0, 0x1p53, 0x1p64, kHalfLeast,
                          std::numeric_limits<float>::denorm_min(), std::numeric_limits<double>::denorm_min(), 0.5, 9));
}

TEST_F(ParquetTest, ServesTheSmallestDtypeThatHoldsAll) {
  const auto dtype = [&](const char* name, Names columns) { return open(name, {{"columns", columns}}).info.dtype; };
  EXPECT_EQ(dtype("types", {"uint8"}), DType::kUInt8);
  for (const char* small : {"bool", "int8", "int16", "uint16", "float16", "float32"})
    EXPECT_EQ(dtype("types", {small, "uint8"}), DType::kFloat32) << small;
  for (const char* wide : {"int32", "uint32", "int64", "uint64", "float64", "decimal", "category"})
    EXPECT_EQ(dtype("types", {"float32", wide}), DType::kFloat64) << wide;
  Opened bytes = open("bytes", {{"label", "label"}});
  EXPECT_THAT(examples<std::uint8_t>(bytes), ElementsAre(0, 3, 255, 4));
  EXPECT_THAT(labels(bytes), ElementsAre(1, 0));
  Opened wanted = open("flowers", {{"dtype", "float32"}});
  EXPECT_THAT(examples<float>(wanted), ElementsAre(0.1f, 1, -1.0f / 3, 2, 0, -3, 0, 4));
}

TEST_F(ParquetTest, ReadsManyBatchesAcrossRowGroups) {
  Opened rows = open("long", {{"label", "label"}});
  ASSERT_EQ(rows.info.count, 200000);
  EXPECT_EQ(rows.info.dtype, DType::kFloat32);
  const auto x = examples<float>(rows);
  const auto y = labels(rows);
  for (std::size_t i = 0; i < 200000; ++i) {
    ASSERT_EQ(x[2 * i], static_cast<float>(i)) << i;
    ASSERT_EQ(x[2 * i + 1], static_cast<float>(i) / -2) << i;
    ASSERT_EQ(y[i], i % 7) << i;
  }
  Opened named = open("long", {{"columns", Names{"half"}}, {"label", "text"}});
  EXPECT_THAT(named.info.class_names, ElementsAre("c0", "c1", "c2"));
  const auto classes = labels(named);
  for (std::size_t i = 0; i < 200000; ++i) ASSERT_EQ(classes[i], i % 3) << i;
}

TEST_F(ParquetTest, ChoosesColumnsByNameOrNumberInTheirOrder) {
  Opened types = open("types", {{"columns", Names{"-1", "int8", "1"}}, {"label", "3"}});
  EXPECT_THAT(examples<double>(types), ElementsAre(7, -128, 0, 9, 127, 1));
  EXPECT_THAT(labels(types), ElementsAre(0, 255));
}

TEST_F(ParquetTest, KnowsTheIndexAndTheCategoriesOfPandas) {
  Opened frame = open("frame", {{"label", "kind"}});
  EXPECT_THAT(examples<double>(frame), ElementsAre(1.5, 2.5, 3.5));
  EXPECT_THAT(frame.info.class_names, ElementsAre("a", "b"));
  EXPECT_THAT(labels(frame), ElementsAre(1, 0, 1));
  Opened asked = open("frame", {{"columns", Names{"__index_level_0__"}}});
  EXPECT_THAT(examples<double>(asked), ElementsAre(10, 20, 30));
}

TEST_F(ParquetTest, RefusesOrDropsMissingValues) {
  EXPECT_THAT(refused("gaps", {{"columns", Names{"x"}}}), HasSubstr("row 1, column 'x': the value is missing (None)"));
  EXPECT_THAT(refused("gaps", {{"columns", Names{"n"}}}), HasSubstr("row 2, column 'n': the value is missing (None)"));
  EXPECT_THAT(refused("gaps", {{"columns", Names{"x"}}, {"label", "holed"}}), HasSubstr("missing: drop"));
  Opened kept = open("gaps", {{"columns", Names{"x", "n"}}, {"label", "label"}, {"missing", "drop"}});
  EXPECT_THAT(examples<double>(kept), ElementsAre(1, 1, 5, 5));
  EXPECT_THAT(labels(kept), ElementsAre(0, 0));
  EXPECT_THAT(kept.info.class_names, ElementsAre("a"));
  Opened holed = open("gaps", {{"columns", Names{"n"}}, {"label", "holed"}, {"missing", "drop"}});
  EXPECT_THAT(labels(holed), ElementsAre(0, 1, 3));
  EXPECT_THAT(refused("all_gaps", {{"missing", "drop"}}), HasSubstr("all its 2 rows have a missing value"));
}

TEST_F(ParquetTest, RefusesColumnsThatAreNotThereOrNotOfNumbers) {
  EXPECT_THAT(refused("flowers", {{"columns", Names{"widht"}}}),
              HasSubstr("has no column 'widht' ('columns'); did you mean 'width'?"));
  EXPECT_THAT(refused("flowers", {{"label", "5"}}), HasSubstr("has 4 columns, so there is no column 5 ('label')"));
  EXPECT_THAT(refused("flowers", {{"columns", Names{"0"}}}), HasSubstr("there is no column 0"));
  EXPECT_THAT(refused("flowers", {{"columns", Names{"species"}}}),
              HasSubstr("column 'species' is text, not of numbers"));
  EXPECT_THAT(refused("flowers", {{"columns", Names{"width", "1"}}}), HasSubstr("column '1' is in 'columns' twice"));
  EXPECT_THAT(refused("flowers", {{"columns", Names{"height"}}, {"label", "height"}}), HasSubstr("is the label"));
  EXPECT_THAT(refused("nested", {{"columns", Names{"embedding"}}}),
              HasSubstr("column 'embedding' is nested, list<element: double>, not of numbers"));
  EXPECT_THAT(refused("text"), AllOf(HasSubstr("no column of numbers"), HasSubstr("'name' (text), 'tags' (nested")));
  EXPECT_THAT(refused("twice"), HasSubstr("has 2 columns 'x'"));
  EXPECT_THAT(refused("none"), HasSubstr("has no rows"));
}

TEST_F(ParquetTest, TakesWholeNumbersAndTextAsLabels) {
  const auto with = [&](const char* label) { return Values{{"columns", Names{"x"}}, {"label", label}}; };
  Opened whole = open("labels", with("whole"));
  EXPECT_THAT(labels(whole), ElementsAre(2, 0, 1));
  EXPECT_THAT(refused("labels", with("below")), HasSubstr("row 2, column 'below': the label is -1;"));
  EXPECT_THAT(refused("labels", with("part")), HasSubstr("row 1, column 'part': the label is 1.5;"));
  EXPECT_THAT(refused("labels", with("huge")), HasSubstr("row 2, column 'huge': the label is 9223372036854775808;"));
  EXPECT_THAT(refused("labels", with("price")), HasSubstr("column 'price' is decimal128"));
}

TEST_F(ParquetTest, RefusesWhatIsTooLargeForFloat32) {
  EXPECT_THAT(refused("large", {{"columns", Names{"x"}}, {"dtype", "float32"}}),
              HasSubstr("row 1, column 'x': 1e+39 is too large for float32; dtype: float64 holds it"));
  Opened inf = open("large", {{"columns", Names{"inf"}}, {"dtype", "float32"}});
  EXPECT_THAT(examples<float>(inf), ElementsAre(HUGE_VALF, -HUGE_VALF));
}

TEST_F(ParquetTest, RefusesDamagedFiles) {
  const TempFolder folder;
  const Bytes good = bytes_of("checked");
  Bytes cut(good.begin(), good.end() - 5);
  EXPECT_THAT(refusal(folder.write("cut.parquet", cut)),
              AllOf(HasSubstr("cut.parquet' (" + std::to_string(cut.size()) + " bytes) does not end with 'PAR1'"),
                    HasSubstr("cut short?")));
  Bytes page = good;
  page[4000] ^= 1;  // a bit of a number: only the checksum of its page can tell
  EXPECT_THAT(refusal(folder.write("page.parquet", page)),
              AllOf(HasSubstr("page.parquet' is damaged: "), HasSubstr("CRC")));
  // Whatever else may happen to what describes the table: it is read all the same, or refused; it never ends the
  // process.
  int refusals = 0;
  for (std::size_t at = good.size() - 200; at < good.size(); at += 3) {
    Bytes footer = good;
    footer[at] ^= 0x55;
    try {
      Opened(host_, {{"path", folder.write("footer.parquet", footer)}});
    } catch (const shoal::Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("footer.parquet'"));
      ++refusals;
    }
  }
  EXPECT_GT(refusals, 5);
}

TEST_F(ParquetTest, IsStoppedByTheUser) {
  Host impatient({.cancel_after = 1});
  EXPECT_THROW(Opened(impatient, {{"path", path("long")}}), shoal::Cancelled);
}

// Without Python.
TEST(Parquet, RefusesFilesOfAnotherKind) {
  const TempFolder folder;
  Host host;
  const auto refused = [&](const std::string& path) {
    return message_of<shoal::InputError>([&] {
      MadeComponent made(host, shoal_plugin_v1, "dataset/parquet", {{"path", path}});
      shoal::DatasetProxy(made.object()).open(host.context());
    });
  };
  EXPECT_THAT(refused((folder.path() / "absent.parquet").string()), HasSubstr("does not exist"));
  EXPECT_THAT(refused(folder.write("x", {})), HasSubstr("is empty"));
  EXPECT_THAT(refused(folder.write("x", {'1', ',', '2', '\n'})), HasSubstr("does not begin with 'PAR1'"));
  EXPECT_THAT(refused(folder.write("x", {0x93, 'N', 'U', 'M', 'P', 'Y'})), HasSubstr("dataset/npy reads"));
  EXPECT_THAT(refused(folder.write("x", {'P', 'A', 'R', '1'})), HasSubstr("does not end with 'PAR1'"));
  EXPECT_THAT(refused(folder.write("x", {'P', 'A', 'R', '1', 0, 'P', 'A', 'R', 'E'})), HasSubstr("encrypted"));
}

TEST(Parquet, IsOpenedBeforeItIsUsed) {
  Host host;
  MadeComponent made(host, shoal_plugin_v1, "dataset/parquet", {{"path", "x.parquet"}});
  shoal::DatasetProxy data(made.object());
  EXPECT_THROW(data.examples(host.context()).rows(), shoal::StateError);
  EXPECT_THROW(data.view(host.context()), shoal::StateError);
}

}  // namespace
