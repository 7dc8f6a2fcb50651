#include "idx_dataset.h"

#include <gmock/gmock.h>

#include <bit>
#include <thread>

#include "idx_testing.h"
#include "shoal/testing.h"

namespace idx::testing {
namespace {

using shoal::DType;
using shoal::testing::Host;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename Scalar>
std::vector<Scalar> examples(const IdxDataset& data, Host& host, const std::vector<shoal::Index>& which) {
  shoal::Index columns = 1;
  for (const shoal::Index size : data.info().shape) columns *= size;
  std::vector<Scalar> out(which.size() * static_cast<std::size_t>(columns));
  data.read(host.context(), which, shoal::MutableArray(out.data(), {static_cast<shoal::Index>(which.size()), columns}),
            {});
  return out;
}

TEST(IdxDataset, GathersRowsInTheOrderAskedWithTheirLabels) {
  const TempFolder folder;
  Host host;
  const IdxDataset data({.examples = {folder.write("x", idx_header(8, {3, 1, 2}) + Bytes{1, 2, 3, 4, 5, 6})},
                         .labels = DataFile{folder.write("y", idx_header(8, {3}) + Bytes{7, 8, 9})}});
  EXPECT_EQ(data.info().count, 3);
  EXPECT_THAT(data.info().shape, ElementsAre(1, 1, 2));
  EXPECT_TRUE(data.info().labelled);
  const std::vector<shoal::Index> which = {2, 0, 2};
  EXPECT_THAT(examples<std::uint8_t>(data, host, which), ElementsAre(5, 6, 1, 2, 5, 6));
  std::vector<std::int64_t> labels(3);
  data.read(host.context(), which, {}, shoal::MutableArray(labels));
  EXPECT_THAT(labels, ElementsAre(9, 7, 9));
}

TEST(IdxDataset, HoldsEveryTypeExactly) {
  const TempFolder folder;
  Host host;
  // By hand: −2 is fe, −300 is fed4, 16777217 = 2^24 + 1 is no float32, 1.5 is 3fc00000 and 3ff8000000000000.
  const auto made = [&](std::uint8_t type, const Bytes& number) {
    return IdxDataset({.examples = {folder.write("x", idx_header(type, {1, 1}) + number)}});
  };
  const IdxDataset int8 = made(0x09, {0xfe});
  EXPECT_EQ(int8.info().dtype, DType::kFloat32);
  EXPECT_THAT(examples<float>(int8, host, {0}), ElementsAre(-2));
  EXPECT_THAT(examples<float>(made(0x0B, {0xfe, 0xd4}), host, {0}), ElementsAre(-300));
  const IdxDataset int32 = made(0x0C, {1, 0, 0, 1});
  EXPECT_EQ(int32.info().dtype, DType::kFloat64);
  EXPECT_THAT(examples<double>(int32, host, {0}), ElementsAre(16777217));
  EXPECT_THAT(examples<float>(made(0x0D, {0x3f, 0xc0, 0, 0}), host, {0}), ElementsAre(1.5f));
  EXPECT_THAT(examples<double>(made(0x0E, {0x3f, 0xf8, 0, 0, 0, 0, 0, 0}), host, {0}), ElementsAre(1.5));
}

TEST(IdxDataset, DividesBytes) {
  const TempFolder folder;
  Host host;
  const IdxDataset data({.examples = {folder.write("x", idx_header(8, {1, 2}) + Bytes{51, 255})},
                         .dtype = DType::kFloat64,
                         .divide_by = 255});
  EXPECT_THAT(examples<double>(data, host, {0}), ElementsAre(51.0 / 255, 1));
}

TEST(IdxDataset, LabelsThatDoNotFitAreRefused) {
  const TempFolder folder;
  Host host;
  const DataFile x{folder.write("x", idx_header(8, {2, 1}) + Bytes{1, 2})};
  const auto with_labels = [&](const Bytes& y) {
    return message_of<shoal::InputError>([&] {
      const IdxDataset data({.examples = x, .labels = DataFile{folder.write("y", y)}, .class_names = {"a", "b"}});
      std::vector<std::int64_t> labels(1);
      data.read(host.context(), std::vector<shoal::Index>{0}, {}, shoal::MutableArray(labels));
    });
  };
  EXPECT_THAT(with_labels(idx_header(8, {3}) + Bytes{0, 1, 0}), AllOf(HasSubstr("3 labels"), HasSubstr("2 examples")));
  EXPECT_THAT(with_labels(idx_header(8, {2}) + Bytes{0, 2}),
              AllOf(HasSubstr("label 2 at row 1"), HasSubstr("2 classes")));
  EXPECT_THAT(with_labels(idx_header(9, {2}) + Bytes{0xff, 0}),
              AllOf(HasSubstr("label -1 at row 0"), HasSubstr("least is 0")));
  EXPECT_THAT(with_labels(idx_header(8, {2, 1}) + Bytes{0, 0}), AllOf(HasSubstr("(2, 1)"), HasSubstr("rank 1")));
  EXPECT_THAT(with_labels(idx_header(0x0D, {2}) + counting(8)),
              AllOf(HasSubstr("float32"), HasSubstr("whole numbers")));
}

TEST(IdxDataset, WhatCannotBeServedIsRefused) {
  const TempFolder folder;
  Host host;
  const DataFile bytes{folder.write("x", idx_header(8, {2, 1}) + Bytes{1, 2})};
  const DataFile floats{folder.write("f", idx_header(0x0D, {2, 1}) + Bytes{0, 0, 0, 0, 0x7f, 0xc0, 0, 0})};
  const auto refusal = [](auto&& call) { return message_of<shoal::InputError>(call); };
  EXPECT_THAT(refusal([&] { IdxDataset({.examples = floats, .dtype = DType::kUInt8}); }), HasSubstr("holds float32"));
  EXPECT_THAT(refusal([&] { IdxDataset({.examples = bytes, .divide_by = 2}); }), HasSubstr("divided by 2"));
  EXPECT_THAT(refusal([&] { examples<float>(IdxDataset({.examples = floats}), host, {0}); }),
              HasSubstr("NaN, or a number too large for its dtype, at row 1, column 0"));
  EXPECT_THAT(refusal([&] { examples<std::uint8_t>(IdxDataset({.examples = bytes}), host, {2}); }),
              HasSubstr("example 2 of 2"));
  EXPECT_THAT(refusal([&] { examples<float>(IdxDataset({.examples = bytes}), host, {0}); }),
              HasSubstr("expected uint8, got float32"));
  EXPECT_THAT(refusal([&] {
                examples<std::uint8_t>(IdxDataset({.examples = {bytes.path, "00ff"}}), host, {0});
              }),
              AllOf(HasSubstr("another file of that name"), HasSubstr("expected 00ff")));
  EXPECT_THAT(refusal([&] {
                std::vector<std::int64_t> labels(1);
                IdxDataset({.examples = bytes})
                    .read(host.context(), std::vector<shoal::Index>{0}, {}, shoal::MutableArray(labels));
              }),
              HasSubstr("has no labels"));
}

TEST(IdxDataset, ThatChangesAfterItWasOpenedIsRefused) {
  const TempFolder folder;
  Host host;
  const IdxDataset data({.examples = {folder.write("x", idx_header(8, {2, 1}) + Bytes{1, 2})}});
  folder.write("x", idx_header(8, {3, 1}) + Bytes{1, 2, 3});
  EXPECT_THAT(message_of<shoal::InputError>([&] { examples<std::uint8_t>(data, host, {0}); }),
              HasSubstr("changed while it was in use"));
  folder.write("x", idx_header(8, {2, 1}) + Bytes{1, 2});
  EXPECT_THAT(examples<std::uint8_t>(data, host, {1}), ElementsAre(2));  // put right, it is read
}

TEST(IdxDataset, IsReadByManyThreadsAtOnce) {
  const TempFolder folder;
  const IdxDataset data({.examples = {folder.write("x.gz", gzip(idx_header(8, {5000, 10}) + counting(50000)))}});
  std::vector<shoal::Index> all(5000);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<shoal::Index>(i);
  std::vector<Bytes> got(4);
  std::vector<std::thread> threads;
  for (Bytes& out : got) {
    threads.emplace_back([&] {
      Host host({.threads = 2});
      out = examples<std::uint8_t>(data, host, all);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Bytes& out : got) EXPECT_EQ(out, counting(50000));
}

}  // namespace
}  // namespace idx::testing
