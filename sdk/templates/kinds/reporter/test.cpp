#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "shoal/reporter.h"
#include "shoal/testing_component.h"

namespace {

using shoal::testing::Host;
using shoal::testing::Made;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr const char* kId = "reporter/@name@";

/// A run folder that is there as long as the test.
class @class@Test : public ::testing::Test {
 protected:
  @class@Test() {
    std::string name = (std::filesystem::temp_directory_path() / "@name@-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
  }
  ~@class@Test() override { std::filesystem::remove_all(folder_); }

  void begin(const Made& made, const std::filesystem::path& folder) {
    const auto* table = made.object().get<shoal_reporter_1>("reporter/1");
    shoal::detail::check_status(context(),
                                table->begin(made.object().self(), context(), folder.c_str(), "an experiment"));
  }
  void tell(const Made& made, int type, const char* node, double seconds, int status) {
    shoal::Event event{};
    event.size = sizeof(event);
    event.type = type;
    event.status = status;
    event.seconds = seconds;
    event.row = 2;
    event.node = node;
    event.component = "clusterer/kmeans";
    event.name = event.text = "";
    const auto* table = made.object().get<shoal_reporter_1>("reporter/1");
    shoal::detail::check_status(context(), table->on_event(made.object().self(), context(), &event));
  }
  const shoal_context* context() { return host_.context().c_context(); }

  Host host_;
  std::filesystem::path folder_;
};

TEST_F(@class@Test, WritesALineForEachNodeThatEnded) {
  const Made made(host_.context(), kId);
  begin(made, folder_);
  tell(made, SHOAL_NODE_BEGIN, "groups", 0, 0);
  tell(made, SHOAL_NODE_END, "groups", 0.25, SHOAL_OK);
  tell(made, SHOAL_NODE_END, "again", 0, -1);
  tell(made, SHOAL_NODE_END, "broken", 1.5, SHOAL_E_INPUT);
  std::ifstream in(folder_ / "@name@.csv");
  const std::string written{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(written,
            "row,node,component,seconds,ended\n"
            "2,groups,clusterer/kmeans,0.25,done\n"
            "2,again,clusterer/kmeans,0,stored\n"
            "2,broken,clusterer/kmeans,1.5,failed\n");
}

TEST_F(@class@Test, SaysWhichFileItCannotCreate) {
  const Made made(host_.context(), kId);
  EXPECT_THAT([&] { begin(made, folder_ / "nowhere"); },
              ThrowsMessage<shoal::InputError>(HasSubstr("nowhere/@name@.csv: No such file or directory")));
}

TEST_F(@class@Test, StaysInTheRunFolder) {
  EXPECT_THAT(
      [&] {
        Made(host_.context(), kId, {{"file", "../elsewhere.csv"}});
      },
      ThrowsMessage<shoal::InputError>("'file' must be a name in the run folder, but is '../elsewhere.csv'"));
}

}  // namespace
