#include <gmock/gmock.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "../common/dataset_testing.h"
#include "shoal/dataset.h"
#include "shoal/matrix.h"
#include "shoal/plugin.h"
#include "tensors.h"

namespace safetensors {
namespace {

using shoal::testing::Bytes;
using shoal::testing::Host;
using shoal::testing::MadeComponent;
using shoal::testing::message_of;
using shoal::testing::TempFolder;
using shoal::testing::Values;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// A file of that header and so many bytes of data.
std::string file_of(const std::string& header, std::size_t data) {
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<char>(header.size() >> (8 * i));
  return out + header + std::string(data, '\1');
}
std::string refusal(const std::string& header, std::size_t data) {
  return message_of<shoal::InputError>([&] { read_tensors(file_of(header, data), "x"); });
}
std::string tensor(const std::string& name, const std::string& dtype, const std::string& shape, int from, int to) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + shape + "],\"data_offsets\":[" +
         std::to_string(from) + "," + std::to_string(to) + "]}";
}

TEST(Tensors, AreReadInTheOrderInWhichTheyLie) {
  const std::string file = file_of(
      "{" + tensor("b", "F32", "2", 3, 11) + ",\"__metadata__\":{\"a\":\"b\"}," + tensor("a", "U8", "3,1", 0, 3) + "," +
          tensor("nothing", "F64", "0,4611686018427387904", 11, 11) + "," + tensor("one", "I8", "", 11, 12) + "}  ",
      12);
  const std::vector<Tensor> tensors = read_tensors(file, "x");
  ASSERT_EQ(tensors.size(), 4u);
  EXPECT_EQ(tensors[0].name, "a");
  EXPECT_THAT(tensors[0].shape, ElementsAre(3, 1));
  EXPECT_EQ(tensors[0].bytes.size(), 3u);
  EXPECT_EQ(tensors[1].name, "b");
  EXPECT_EQ(tensors[1].dtype, "F32");
  EXPECT_EQ(tensors[1].bytes.data(), tensors[0].bytes.data() + 3);
  EXPECT_TRUE(read_tensors(file_of("{}", 0), "x").empty());
}

// The checks of safetensors/src/tensor.rs, each with its own kind of file.
TEST(Tensors, ThatTheReferenceRefusesAreRefused) {
  EXPECT_THAT(message_of<shoal::InputError>([] { read_tensors("1234567", "x"); }),
              HasSubstr("has 7 bytes"));  // HeaderTooSmall
  EXPECT_THAT(message_of<shoal::InputError>([] { read_tensors(std::string("\0\xe1\xf5\5\1\0\0\0{", 9), "x"); }),
              HasSubstr("at most 100000000"));  // HeaderTooLarge
  EXPECT_THAT(message_of<shoal::InputError>([] { read_tensors(std::string("\x3c\0\0\0\0\0\0\0{", 9), "x"); }),
              HasSubstr("has 60 bytes, but 1 are left"));  // InvalidHeaderLength
  EXPECT_THAT(refusal("", 0), HasSubstr("does not begin with '{'"));
  EXPECT_THAT(refusal(" {}", 0), HasSubstr("does not begin with '{'"));      // InvalidHeaderStart
  EXPECT_THAT(refusal("{\xff}", 0), HasSubstr("it is no JSON, at byte 1"));  // InvalidHeader
  EXPECT_THAT(refusal("{\"\xff\":1}", 0), HasSubstr("it is no JSON"));
  EXPECT_THAT(refusal("{}}", 0), HasSubstr("it is no JSON, at byte 2"));
  EXPECT_THAT(refusal("{" + tensor("a", "F32", "2", 0, 4) + "}", 4),
              HasSubstr("(2) of F32 are 8 bytes, but it has 4"));  // TensorInvalidInfo
  EXPECT_THAT(refusal("{" + tensor("a", "F32", "4611686018427387904,16", 0, 4) + "}", 4),
              HasSubstr("2^63 or more"));  // ValidationOverflow
  EXPECT_THAT(refusal("{" + tensor("a", "F32", "18446744073709551615", 0, 4) + "}", 4),
              HasSubstr("a size of 18446744073709551615"));
  EXPECT_THAT(refusal("{" + tensor("a", "U8", "3", 0, 3) + "," + tensor("b", "U8", "3", 2, 5) + "}", 5),
              HasSubstr("bytes 2 to 5, but should begin at 3"));  // InvalidOffset
  EXPECT_THAT(refusal("{" + tensor("a", "U8", "3", 0, 3) + "," + tensor("b", "U8", "3", 4, 7) + "}", 7),
              HasSubstr("bytes 4 to 7, but should begin at 3"));
  EXPECT_THAT(refusal("{" + tensor("a", "U8", "3", 3, 0) + "}", 3), HasSubstr("bytes 3 to 0"));
  EXPECT_THAT(refusal("{" + tensor("a", "U8", "3", 0, 3) + "}", 2),
              HasSubstr("have 3 bytes, but 2 follow"));  // MetadataIncompleteBuffer
  EXPECT_THAT(refusal("{" + tensor("a", "U8", "3", 0, 3) + "}", 4), HasSubstr("have 3 bytes, but 4 follow"));
  EXPECT_THAT(refusal("{" + tensor("a", "U9", "3", 0, 3) + "}", 3), HasSubstr("dtype 'U9' is not known"));
}

TEST(Tensors, OfHeadersOfAnotherFormAreRefused) {
  EXPECT_THAT(refusal("{" + tensor("a", "U8", "1", 0, 1) + "," + tensor("a", "U8", "1", 1, 2) + "}", 2),
              HasSubstr("two tensors 'a'"));
  EXPECT_THAT(refusal("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}}", 0), HasSubstr("'dtype', which does not belong"));
  EXPECT_THAT(refusal("{\"a\":{\"dtype\":\"U8\",\"shape\":[]}}", 0), HasSubstr("'a' without all of"));
  EXPECT_THAT(refusal("{\"a\":{\"other\":1}}", 0), HasSubstr("'other', which does not belong"));
  EXPECT_THAT(refusal("{\"a\":7}", 0), HasSubstr("at 'a' there is 7"));
  EXPECT_THAT(refusal("{\"__metadata__\":{\"a\":7}}", 0), HasSubstr("there is 7"));
  EXPECT_THAT(refusal("{\"__metadata__\":{},\"__metadata__\":{}}", 0), HasSubstr("a second time"));
  EXPECT_THAT(refusal("{\"a\":{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,1]}}", 1), HasSubstr("there is -1"));
  EXPECT_THAT(refusal("{\"a\":{\"dtype\":\"U8\",\"shape\":[1.5],\"data_offsets\":[0,1]}}", 1),
              HasSubstr("there is 1.5"));
  EXPECT_THAT(refusal("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}", 1), HasSubstr("one offset"));
  EXPECT_THAT(refusal("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,2]}}", 1), HasSubstr("there is 2"));
  EXPECT_THAT(refusal("{\"a\":{\"dtype\":\"U8\",\"shape\":[[1]],\"data_offsets\":[0,1]}}", 1), HasSubstr("an array"));
  EXPECT_THAT(refusal("{\"a\":" + std::string(100000, '['), 0), HasSubstr("an array"));  // no recursion
}

// testdata/ is what testdata/make.py wrote with the reference implementation.
class SafetensorsTest : public shoal::testing::DatasetTest {
 protected:
  SafetensorsTest() : DatasetTest("dataset/safetensors") {}
  template <typename Scalar>
  std::vector<Scalar> examples(shoal::DatasetProxy& data) {
    const shoal::Array x = data.examples(host.context());
    return {x.view().data<Scalar>(), x.view().data<Scalar>() + x.size()};
  }
};

TEST_F(SafetensorsTest, ReadsBackWhatPythonWrote) {
  shoal::DatasetProxy& data = open({{"path", "testdata/float32.safetensors"}});
  EXPECT_THAT(info.shape, ElementsAre(3));
  EXPECT_EQ(info.dtype, shoal::DType::kFloat32);
  const std::vector<float> x = examples<float>(data);
  ASSERT_EQ(x.size(), 12u);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(x[static_cast<std::size_t>(i)], static_cast<float>(i) / 4);
  EXPECT_THAT(data.labels(host.context()).view().vector<std::int64_t>(), ElementsAre(2, 0, 1, 1));
  const auto view = data.view(host.context());  // the writer aligns
  ASSERT_TRUE(view);
  EXPECT_EQ(view->matrix<float>()(3, 2), 2.75f);
}

TEST_F(SafetensorsTest, TakesTheOnlyTensorWhateverItsName) {
  shoal::DatasetProxy& data = open({{"path", "testdata/images.safetensors"}});
  EXPECT_THAT(info.shape, ElementsAre(1, 2, 2));
  EXPECT_FALSE(info.labelled);
  EXPECT_THAT(examples<std::uint8_t>(data), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST_F(SafetensorsTest, WidensNumbersOfSixteenBitsAndSaysSo) {
  const auto read = [&](const char* name) -> std::vector<float> {
    shoal::DatasetProxy& data =
        open({{"path", "testdata/several.safetensors"}, {"examples", name}, {"labels", "kind"}});
    EXPECT_FALSE(data.view(host.context()));
    return examples<float>(data);
  };
  // 6e-8 is the smallest number of float16, 2^-24; 65504 its largest; bfloat16 has 8 bits for each.
  EXPECT_THAT(read("half"), ElementsAre(1, -2.5f, 65504, 0x1p-24f));
  EXPECT_THAT(host.log().back().text, HasSubstr("tensor 'half' holds F16, which is served as float32"));
  EXPECT_THAT(read("brain"), ElementsAre(1, -2.5f, 65536, 0x1.02p-24f));
  shoal::DatasetProxy& data = open({{"path", "testdata/several.safetensors"}, {"examples", "wide"}});
  EXPECT_EQ(info.dtype, shoal::DType::kFloat64);
  EXPECT_FALSE(info.labelled);
  EXPECT_EQ(examples<double>(data)[2], 65504);
}

TEST_F(SafetensorsTest, SaysWhatTheFileHoldsWhereItIsNotClear) {
  EXPECT_THAT(refusal({{"path", "testdata/several.safetensors"}}),
              AllOf(HasSubstr("'examples' says which"), HasSubstr("'half' (2, 2) F16")));
  EXPECT_THAT(refusal({{"path", "testdata/several.safetensors"}, {"examples", "z"}}),
              HasSubstr("no tensor 'z' ('examples'); it holds '"));
  EXPECT_THAT(refusal({{"path", "testdata/several.safetensors"}, {"examples", "kind"}}),
              HasSubstr("tensor 'kind' has shape (2)"));
  EXPECT_THAT(refusal({{"path", "testdata/several.safetensors"}, {"examples", "half"}, {"labels", "brain"}}),
              HasSubstr("labels are integers"));
  EXPECT_THAT(refusal({{"path", "testdata/float32.safetensors"}, {"labels", "x"}}),
              HasSubstr("type 'F32'; labels are integers"));
}

TEST_F(SafetensorsTest, RefusesWhatIsNoSuchFile) {
  EXPECT_THAT(refusal({{"path", "absent"}}), HasSubstr("does not exist"));
  EXPECT_THAT(refusal({{"path", folder.path().string()}}), HasSubstr("is a folder"));
  EXPECT_THAT(refusal({{"path", folder.write("x", {})}}), HasSubstr("is empty"));
  EXPECT_THAT(refusal({{"path", folder.write("x", {'P', 'A', 'R', '1', 0, 0, 0, 0, 0, 0})}}), HasSubstr("Parquet"));
}

TEST_F(SafetensorsTest, CutShortAnywhereIsRefused) {
  const Bytes whole = bytes_of_file("testdata/float32.safetensors");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    SCOPED_TRACE(n);
    EXPECT_NE(
        refusal({{"path", folder.write("x", Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)))}}),
        "");
  }
}

TEST_F(SafetensorsTest, WithAnyByteChangedIsReadOrRefused) {  // and nothing else: a crash ends this test
  Bytes file = bytes_of_file("testdata/float32.safetensors");
  int refusals = 0;
  for (std::uint8_t& byte : file) {
    const std::uint8_t right = byte;
    for (int value = 0; value < 256; value += 17) {
      byte = static_cast<std::uint8_t>(value);
      try {
        examples<float>(open({{"path", folder.write("x", file)}, {"examples", "x"}, {"labels", ""}}));
      } catch (const shoal::InputError&) {
        ++refusals;
      }
    }
    byte = right;
  }
  EXPECT_GT(refusals, 1000);
}

TEST_F(SafetensorsTest, MustBeOpenedFirst) {
  MadeComponent made(host, shoal_plugin_v1, "dataset/safetensors", {{"path", "testdata/float32.safetensors"}});
  EXPECT_THROW(shoal::DatasetProxy(made.object()).examples(host.context()).rows(), shoal::StateError);
  EXPECT_THROW(shoal::DatasetProxy(made.object()).view(host.context()), shoal::StateError);
}

}  // namespace
}  // namespace safetensors
