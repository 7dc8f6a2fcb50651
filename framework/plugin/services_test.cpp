// The services that components get: memory, threads, random streams, cancelling.
#include "framework/plugin/services.h"

#include <gmock/gmock.h>

#include "shoal/matrix.h"

namespace shoal::host {
namespace {

using ::testing::ElementsAre;

TEST(Services, CountsTheArraysThatAreOut) {
  Services services(1);
  NodeContext node(services, 1, nullptr);
  {
    const Array array = node.context().allocate<float>({3, 4});
    const Array shared = array;  // NOLINT: the copy is what is tested
    EXPECT_EQ(services.live_arrays, 1);
    EXPECT_EQ(array.view().matrix<float>().sum(), 0);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.view().bytes()) % 64, 0u);
  }
  EXPECT_EQ(services.live_arrays, 0);
}

TEST(Services, RefusesAnArrayWhoseSizeOverflows) {
  Services services(1);
  NodeContext node(services, 1, nullptr);
  EXPECT_THROW(node.context().allocate<double>({Index{1} << 40, Index{1} << 40}), std::bad_alloc);
}

TEST(Services, CutsTheSameBlocksForAnyNumberOfThreads) {
  for (const int threads : {1, 2, 5}) {
    Services services(threads);
    NodeContext node(services, 1, nullptr);
    std::vector<Index> begins(4, -1), ends(4, -1);
    node.context().parallel_for(10, 3, [&](Index from, Index to) {
      begins[static_cast<std::size_t>(from / 3)] = from;
      ends[static_cast<std::size_t>(from / 3)] = to;
    });
    EXPECT_THAT(begins, ElementsAre(0, 3, 6, 9));
    EXPECT_THAT(ends, ElementsAre(3, 6, 9, 10));
  }
}

TEST(Services, RunsManyRoundsOnOnePool) {
  Services services(4);
  NodeContext node(services, 1, nullptr);
  std::atomic<Index> sum{0};
  for (int round = 0; round < 2000; ++round) node.context().parallel_for(8, 1, [&](Index from, Index) { sum += from; });
  EXPECT_EQ(sum, 2000 * 28);
}

TEST(Services, PassesOnWhatTheLowestBlockThrew) {
  Services services(3);
  NodeContext node(services, 1, nullptr);
  const auto fail = [&] {
    node.context().parallel_for(100, 1, [](Index from, Index) {
      if (from >= 10) throw InputError(text("block {}", from));
    });
  };
  EXPECT_THAT(fail, ::testing::ThrowsMessage<InputError>("block 10"));
}

TEST(Services, RunsSeriallyInsideABody) {
  Services services(2);
  NodeContext node(services, 1, nullptr);
  std::atomic<Index> count{0};
  node.context().parallel_for(4, 1,
                              [&](Index, Index) { node.context().parallel_for(5, 1, [&](Index, Index) { ++count; }); });
  EXPECT_EQ(count, 20);
}

TEST(Services, GivesANodeTheSameStreamsWhateverElseThereIs) {
  Services services(1);
  NodeContext a(services, node_seed(7, "kmeans"), nullptr);
  NodeContext b(services, node_seed(7, "kmeans"), nullptr);
  NodeContext other(services, node_seed(7, "head"), nullptr);
  EXPECT_EQ(a.context().random("init")(), b.context().random("init")());
  EXPECT_NE(a.context().random("init")(), a.context().random("order")());
  EXPECT_NE(a.context().random("init")(), other.context().random("init")());
  SubContext epoch0(a.context(), "clusterer", 0), epoch1(a.context(), "clusterer", 1);
  EXPECT_NE(epoch0.random()(), epoch1.random()());
}

TEST(Services, TellsComponentsThatTheUserStopped) {
  Services services(1);
  NodeContext node(services, 1, nullptr);
  node.context().progress(0, 10);
  services.cancelled = true;
  EXPECT_THROW(node.context().progress(1, 10), Cancelled);
}

}  // namespace
}  // namespace shoal::host
