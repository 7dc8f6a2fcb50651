#include "neighbor_table.h"

#include <gmock/gmock.h>

#include "shoal/matrix.h"
#include "shoal/testing.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;
using ::testing::ThrowsMessage;

const RowMatrix<Index> kTable{{1, 2}, {2, 3}, {3, 0}, {0, 1}};

TEST(NeighborTable, DrawsEveryNeighbourAboutEquallyOften) {
  int firsts = 0, differ = 0;
  for (std::uint64_t epoch = 0; epoch < 1000; ++epoch) {
    const std::vector<Index> drawn = draw_neighbors(ConstArray(kTable), shoal::Random(epoch));
    for (Index i = 0; i < 4; ++i) {
      const Index one = drawn[static_cast<std::size_t>(i)];
      EXPECT_TRUE(one == kTable(i, 0) || one == kTable(i, 1)) << i;
      firsts += one == kTable(i, 0) ? 1 : 0;
    }
    differ += (drawn[0] == 1) != (drawn[1] == 2) ? 1 : 0;
  }
  EXPECT_NEAR(firsts, 2000, 5 * std::sqrt(4000) / 2);  // five deviations of a binomial of 4000 at ½
  EXPECT_NEAR(differ, 500, 5 * std::sqrt(1000) / 2);   // examples draw apart from one another
  EXPECT_EQ(draw_neighbors(ConstArray(kTable), shoal::Random(7)), draw_neighbors(ConstArray(kTable), shoal::Random(7)));
}

TEST(NeighborTable, IsRefusedWhereItIsNone) {
  require_neighbors(ConstArray(kTable), 4);
  const auto refuses = [](const auto& table, Index examples, const char* message) {
    EXPECT_THAT([&] { require_neighbors(ConstArray(table), examples); }, ThrowsMessage<shoal::InputError>(message));
  };
  refuses(kTable, 5, "'data' has 5 examples, but 'neighbors' are of 4");
  refuses(RowMatrix<Index>{{0, 1}, {0, 1}}, 2,
          "'neighbors' are 2 of each example, but of 2 examples one has at least 1 and at most 1 others");
  refuses(
      RowMatrix<Index>{{1}, {2}, {3}}, 3,
      "'neighbors' name example 3 as one of example 2, but examples are 0 to 2: give the graph the same examples as "
      "the trainer");
  refuses(RowMatrix<Index>{{1}, {-1}, {0}}, 3,
          "'neighbors' name example -1 as one of example 1, but examples are 0 to 2: give the graph the same examples "
          "as the trainer");
  refuses(RowMatrix<float>{{1}, {0}}, 2,
          "'neighbors' must be row numbers (N, k) int64, as transform/knn-graph gives them, but they are float32 of "
          "shape (2, 1)");
}

}  // namespace
