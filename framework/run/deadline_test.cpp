#include "framework/run/deadline.h"

#include <gmock/gmock.h>

#include <chrono>
#include <future>
#include <thread>

namespace shoal::host {
namespace {

using ::testing::HasSubstr;

/// Hears one line, on whatever thread it is said.
class Ears final : public Listener {
 public:
  void progress(const std::string&, std::int64_t, std::int64_t) override {}
  void log(Level, const std::string& line) override { said_.set_value(line); }
  void scalar(const std::string&, double, std::int64_t) override {}
  bool heard_within(std::chrono::seconds time) { return first.wait_for(time) == std::future_status::ready; }

 private:
  std::promise<std::string> said_;

 public:
  std::future<std::string> first = said_.get_future();
};

/// Works as a component does that looks whether it is to stop, for a minute at most.
void work_and_look(Services& services) {
  NodeContext context(services, 0, nullptr);
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < std::chrono::seconds(60)) context.context().progress(0, 0, "works");
}

TEST(Deadline, StopsWhatLooks) {
  Services services(1);
  {
    const Deadline deadline(services, 0.05, nullptr);
    EXPECT_THROW(work_and_look(services), Cancelled);
    try {
      deadline.explain_cancelled();
      ADD_FAILURE() << "it was the deadline";
    } catch (const TimedOut& error) {
      EXPECT_STREQ(error.what(), "it was not done after 0.05 seconds, its timeout, and has stopped");
    }
  }
  NodeContext next(services, 0, nullptr);
  EXPECT_NO_THROW(next.context().progress(0, 0, "the next node has its own time"));
}

TEST(Deadline, SaysThatWorkTookNoNotice) {
  Services services(1);
  Ears ears;
  const Deadline deadline(services, 0.05, &ears);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_THROW(deadline.require_met(), TimedOut);
  EXPECT_FALSE(ears.heard_within(std::chrono::seconds(0)));  // it has five seconds to answer
  ASSERT_TRUE(ears.heard_within(std::chrono::seconds(60)));
  EXPECT_THAT(ears.first.get(), HasSubstr("its timeout of 0.05 seconds is over"));
}

TEST(Deadline, LeavesAloneWhatIsDoneInTime) {
  Services services(1);
  for (const double seconds : {0.0, 60.0, 1e300}) {
    const Deadline deadline(services, seconds, nullptr);
    NodeContext context(services, 0, nullptr);
    EXPECT_NO_THROW(context.context().progress(0, 0, "works"));
    EXPECT_NO_THROW(deadline.require_met());
    EXPECT_NO_THROW(deadline.explain_cancelled());
  }
}

TEST(Deadline, IsNotTheUsersDoing) {
  Services services(1);
  const Deadline deadline(services, 60, nullptr);
  services.cancelled = true;
  EXPECT_THROW(work_and_look(services), Cancelled);
  EXPECT_NO_THROW(deadline.explain_cancelled());
}

}  // namespace
}  // namespace shoal::host
