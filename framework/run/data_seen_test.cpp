#include "framework/run/data_seen.h"

#include <gtest/gtest.h>

#include "shoal/matrix.h"

namespace shoal::host {
namespace {

TEST(DataSeen, NamesNumbersHoweverTheyLie) {
  RowMatrix<float> wide = RowMatrix<float>::Zero(300'000, 6);  // 1 200 000 bytes a column pair: two blocks of rows
  for (Eigen::Index i = 0; i < wide.rows(); ++i) wide.row(i).setConstant(static_cast<float>(i % 97));
  const RowMatrix<float> narrow = wide.leftCols(4);
  shoal_array strided = ConstArray(wide).c_array();
  const std::int64_t shape[] = {wide.rows(), 4}, strides[] = {6, 1};
  strided.shape = shape;
  strided.strides = strides;
  ThreadPool one(1), three(3);
  const DataSeen together = describe_data(ConstArray(narrow), one);
  EXPECT_EQ(describe_data(ConstArray(strided), three).sha256, together.sha256);
  EXPECT_EQ(together.dtype, "float32");
  EXPECT_EQ(together.shape, (std::vector<std::int64_t>{300'000, 4}));
}

TEST(DataSeen, TellsOtherNumbersShapesAndDtypesApart) {
  ThreadPool pool(1);
  const auto digest = [&](const auto& rows) { return describe_data(ConstArray(rows), pool).sha256; };
  const RowMatrix<float> rows{{1, 2}, {3, 4}};
  EXPECT_NE(digest(rows), digest(RowMatrix<float>{{1, 2}, {3, 5}}));
  EXPECT_NE(digest(rows), digest(RowMatrix<float>{{1, 2, 3, 4}}));
  EXPECT_NE(digest(rows), digest(RowMatrix<double>{{1, 2}, {3, 4}}));
  EXPECT_EQ(digest(rows), digest(RowMatrix<float>{{1, 2}, {3, 4}}));
}

}  // namespace
}  // namespace shoal::host
