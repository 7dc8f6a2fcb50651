#include <gmock/gmock.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>

#include "../common/dataset_testing.h"
#include "../files/npy_testing.h"
#include "shoal/dataset.h"
#include "shoal/plugin.h"

namespace files::testing {
namespace {

using shoal::Index;
using shoal::testing::Host;
using shoal::testing::MadeComponent;
using shoal::testing::message_of;
using shoal::testing::TempFolder;
using shoal::testing::Values;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

/// dataset/npy over files of a folder that goes with the test.
class NpyTest : public shoal::testing::DatasetTest {
 protected:
  NpyTest() : DatasetTest("dataset/npy") {}
  std::string examples(const Bytes& bytes) const { return folder.write("x.npy", bytes); }
  std::string labels(const Bytes& bytes) const { return folder.write("y.npy", bytes); }
  /// Three examples of two bytes.
  std::string three() const { return examples(npy_start_of("|u1", "(3, 2)") + Bytes{0, 1, 2, 3, 4, 255}); }
};

TEST_F(NpyTest, ServesEveryDTypeOfEveryVersion) {
  const auto check = [&]<typename Number>(const char* descr, const std::vector<Number>& numbers) {
    for (const int major : {1, 2, 3}) {
      SCOPED_TRACE(::testing::Message() << descr << ", version " << major);
      shoal::DatasetProxy& data = open({{"path", examples(npy_start_of(descr, "(2, 3)", major) + bytes_of(numbers))}});
      EXPECT_EQ(info.count, 2);
      EXPECT_THAT(info.shape, ElementsAre(3));
      EXPECT_EQ(info.dtype, shoal::dtype_of<Number>());
      EXPECT_FALSE(info.labelled);
      const shoal::Array x = data.examples(host.context());
      const Number* first = x.view().data<Number>();
      EXPECT_THAT(std::vector<Number>(first, first + 6), ElementsAreArray(numbers));
    }
  };
  check("<f4", std::vector<float>{1.5f, -2, 3e38f, 1e-45f, 0, 7});
  check("<f8", std::vector<double>{1.5, -2, 1e308, 5e-324, 0, 7});
  check("|u1", std::vector<std::uint8_t>{0, 1, 127, 128, 254, 255});
}

TEST_F(NpyTest, ServesLabelsOfEveryIntegerType) {
  const auto check = [&]<typename Number>(const char* descr, Number largest) {
    SCOPED_TRACE(descr);
    shoal::DatasetProxy& data =
        open({{"path", three()},
              {"labels", labels(npy_start_of(descr, "(3,)") + bytes_of(std::vector<Number>{2, 0, largest}))}});
    EXPECT_TRUE(info.labelled);
    EXPECT_THAT(data.labels(host.context()).view().vector<std::int64_t>(),
                ElementsAre(2, 0, static_cast<std::int64_t>(largest)));
  };
  check("|i1", std::int8_t{127});
  check("|u1", std::uint8_t{255});
  check("<i2", std::int16_t{32767});
  check("<u2", std::uint16_t{65535});
  check("<i4", std::int32_t{2147483647});
  check("<u4", std::uint32_t{4294967295});
  check("<i8", std::int64_t{9223372036854775807});
  check("<u8", std::uint64_t{9223372036854775807});
}

TEST_F(NpyTest, ReadsExamplesByNumberInTheirShape) {
  shoal::DatasetProxy& data = open({{"path", examples(npy_start_of("|u1", "(3, 1, 2)") + Bytes{0, 1, 2, 3, 4, 5})},
                                    {"labels", labels(npy_start_of("|u1", "(3,)") + Bytes{1, 0, 1})},
                                    {"class_names", std::vector<std::string>{"no", "yes"}}});
  EXPECT_THAT(info.shape, ElementsAre(1, 2));
  EXPECT_THAT(info.class_names, ElementsAre("no", "yes"));
  Bytes x(4);
  std::vector<std::int64_t> y(2);
  data.read(host.context(), std::vector<Index>{2, 1}, shoal::MutableArray(x.data(), {2, 1, 2}), shoal::MutableArray(y));
  EXPECT_THAT(x, ElementsAre(4, 5, 2, 3));
  EXPECT_THAT(y, ElementsAre(1, 0));
}

/// Where the file is mapped, read-only, in this process: the first address. Source: proc(5), /proc/PID/maps.
std::uintptr_t mapped_at(const std::string& path) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.ends_with(path) && line.find(" r--s 00000000 ") != std::string::npos)
      return std::stoull(line, nullptr, 16);
  ADD_FAILURE() << path << " is not mapped";
  return 0;
}

TEST_F(NpyTest, ShowsExamplesWhereTheFileIsMapped) {
  const std::string path = three();
  const auto view = open({{"path", path}}).view(host.context());
  ASSERT_TRUE(view);
  EXPECT_THAT(view->shape(), ElementsAre(3, 2));
  EXPECT_TRUE(view->contiguous());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(view->data<std::uint8_t>()), mapped_at(path) + 128);
  EXPECT_EQ(view->data<std::uint8_t>()[5], 255);
}

TEST_F(NpyTest, ReadsNumbersThatLieAtNoMultipleOfTheirSize) {  // align 1: the data begins where the text ends
  const Bytes start = npy_start_of("<f8", "(1, 2)", 1, 1);
  ASSERT_NE(start.size() % 8, 0u);
  shoal::DatasetProxy& data = open({{"path", examples(start + bytes_of(std::vector<double>{3, 4}))}});
  EXPECT_FALSE(data.view(host.context()));
  EXPECT_EQ(data.examples(host.context()).view().data<double>()[1], 4);
}

TEST_F(NpyTest, RefusesWhatAreNoExamples) {
  EXPECT_THAT(refusal({{"path", examples(npy_start_of("<f4", "(2,)") + Bytes(8))}}),
              AllOf(HasSubstr("x.npy' has shape (2)"), HasSubstr("x.reshape(-1, 1)")));
  EXPECT_THAT(refusal({{"path", examples(npy_start_of("<f4", "()") + Bytes(4))}}), HasSubstr("has shape ()"));
  EXPECT_THAT(refusal({{"path", examples(npy_start_of("<f4", "(0, 2)"))}}), HasSubstr("is at least 1"));
  EXPECT_THAT(refusal({{"path", examples(npy_start_of("<f4", "(2, 0)"))}}), HasSubstr("is at least 1"));
  EXPECT_THAT(refusal({{"path", examples(npy_start_of("<i4", "(1, 1)") + Bytes(4))}}),
              AllOf(HasSubstr("x.npy' holds numbers of type '<i4'"), HasSubstr("'<f4', '<f8' or '|u1'")));
  EXPECT_THAT(refusal({{"path", examples(npy_start_of("<f4", "(2, 2)") + Bytes(8))}}),
              AllOf(HasSubstr("x.npy' says"), HasSubstr("16 bytes, but 8 bytes follow")));
}

TEST_F(NpyTest, RefusesWhatIsNoFileToMap) {
  EXPECT_THAT(refusal({{"path", (folder.path() / "absent.npy").string()}}), HasSubstr("absent.npy' does not exist"));
  EXPECT_THAT(refusal({{"path", folder.path().string()}}), HasSubstr("is a folder"));
  EXPECT_THAT(refusal({{"path", examples({})}}), HasSubstr("x.npy' is empty"));
  const std::string pipe = (folder.path() / "pipe.npy").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(refusal({{"path", pipe}}), HasSubstr("is not a plain file"));
}

TEST_F(NpyTest, RefusesLabelsThatDoNotFit) {
  const auto refused = [&](const Bytes& bytes) { return refusal({{"path", three()}, {"labels", labels(bytes)}}); };
  EXPECT_THAT(refused(npy_start_of("<f8", "(3,)") + Bytes(24)),
              AllOf(HasSubstr("y.npy' holds numbers of type '<f8'"), HasSubstr("labels are integers")));
  EXPECT_THAT(refused(npy_start_of("|b1", "(3,)") + Bytes(3)), HasSubstr("labels are integers"));
  EXPECT_THAT(refused(npy_start_of("|u1", "(3, 1)") + Bytes(3)), HasSubstr("has shape (3, 1); labels are (N)"));
  EXPECT_THAT(refused(npy_start_of("|u1", "(2,)") + Bytes(2)),
              AllOf(HasSubstr("has 2 labels"), HasSubstr("has 3 examples")));
}

TEST_F(NpyTest, RefusesLabelsOutOfRangeWhereTheyAreRead) {
  const auto refused = [&](const Bytes& bytes, const Values& more = {}) {
    Values values = {{"path", three()}, {"labels", labels(bytes)}};
    values.insert(more.begin(), more.end());
    shoal::DatasetProxy& data = open(values);
    return message_of<shoal::InputError>([&] { data.labels(host.context()); });
  };
  EXPECT_THAT(refused(npy_start_of("|i1", "(3,)") + Bytes{0, 1, 255}), HasSubstr("y.npy' has label -1 at row 2"));
  EXPECT_THAT(refused(npy_start_of("<u8", "(3,)") + Bytes(24, 255)), HasSubstr("label 18446744073709551615 at row 0"));
  EXPECT_THAT(
      refused(npy_start_of("|u1", "(3,)") + Bytes{0, 2, 0}, {{"class_names", std::vector<std::string>{"a", "b"}}}),
      HasSubstr("label 2 at row 1, but there are 2 classes"));
}

TEST_F(NpyTest, SaysThatItsFileChangedSinceItWasOpened) {
  const std::string path = three();
  shoal::DatasetProxy& data = open({{"path", path}});
  std::filesystem::resize_file(path, 128 + 4);
  EXPECT_THAT(message_of<shoal::InputError>([&] { data.examples(host.context()); }),
              HasSubstr("x.npy' changed while it was in use: it had 134 bytes, now 132"));
  EXPECT_THROW(data.view(host.context()), shoal::InputError);
  std::filesystem::resize_file(path, 128 + 6);  // the size is right again, the data is not
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_THAT(message_of<shoal::InputError>([&] { data.examples(host.context()); }), HasSubstr("was written to"));
}

TEST_F(NpyTest, MustBeOpenedFirst) {
  MadeComponent made(host, shoal_plugin_v1, "dataset/npy", {{"path", three()}});
  EXPECT_THROW(shoal::DatasetProxy(made.object()).examples(host.context()).rows(), shoal::StateError);
  EXPECT_THROW(shoal::DatasetProxy(made.object()).view(host.context()), shoal::StateError);
}

}  // namespace
}  // namespace files::testing
