// shoal run --live: the run's own page, from its first node to its report.
#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "tests/asking.h"
#include "tests/running.h"
#include "tests/trained_toy.h"

namespace shoal::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// The toy, which trains until it is stopped.
void write_long_toy(const Workplace& place) {
  write_toy(place);
  std::string text = kTrainedToy;
  text.replace(text.find("epochs: 8"), 9, "epochs: 100000");
  place.write("long.yaml", text);
}

TEST(RunLive, ServesItsPageAndStaysUntilAnOpenOneHasTheReport) {
  const Workplace place;
  write_long_toy(place);
  const Running run(place, {"run", "long.yaml", "-q", "--out", "run", "--no-cache", "--live", "0"}, "log.txt");
  const int port = port_in(place.folder() / "log.txt");
  EXPECT_TRUE(becomes([&] { return ask(port, "/now?page=a").find("at work") != std::string::npos; }));
  EXPECT_TRUE(becomes([&] { return ask(port, "/now?page=a").find("learn") != std::string::npos; }));
  EXPECT_THAT(ask(port, "/"), AllOf(HasSubstr("id=\"now\""), HasSubstr("id=\"graph\"")));
  run.send(SIGINT);
  EXPECT_TRUE(becomes([&] { return ask(port, "/now?page=a").find("\"report\":true") != std::string::npos; }));
  EXPECT_THAT(ask(port, "/"), AllOf(StartsWith("HTTP/1.1 200"), Not(HasSubstr("id=\"now\"")), HasSubstr("cancelled")));
  EXPECT_EQ(run.wait(), 130);
  EXPECT_EQ(ask(port, "/"), "");  // nobody is left
}

TEST(RunLive, EndsWithTheRunWhereNoPageIsOpen) {
  const Workplace place;
  write_toy(place);
  const Outcome outcome = place.shoal("run toy.yaml -q --out run --live 0");
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("shoal: the run's page: http://127.0.0.1:"));
  const int port = std::stoi(outcome.err.substr(outcome.err.find("127.0.0.1:") + 10));
  EXPECT_EQ(ask(port, "/"), "");
  EXPECT_TRUE(fs::exists(place.folder() / "run/report.html"));
}

TEST(RunLive, OfARunThatIsKilledTellsItsPagesSoAndEnds) {
  const Workplace place;
  write_long_toy(place);
  const Running run(place, {"run", "long.yaml", "-q", "--out", "run", "--no-cache", "--live", "0"}, "log.txt");
  const int port = port_in(place.folder() / "log.txt");
  EXPECT_TRUE(becomes([&] { return ask(port, "/now?page=a").find("at work") != std::string::npos; }));
  run.kill_it();
  run.wait();
  bool told = false;  // once: then the server has nobody left to wait for
  EXPECT_TRUE(becomes([&] {
    told = told || ask(port, "/now?page=a").find("\"report\":false,\"stopped\":true") != std::string::npos;
    return told;
  }));
  EXPECT_TRUE(becomes([&] { return ask(port, "/").empty(); }));
}

TEST(RunLive, SaysThatAPortIsInUseBeforeAnythingIsComputed) {
  const Workplace place;
  write_long_toy(place);
  const Running other(place, {"run", "long.yaml", "-q", "--out", "other", "--no-cache", "--live", "0"}, "log.txt");
  const std::string port = std::to_string(port_in(place.folder() / "log.txt"));
  const Outcome outcome = place.shoal("run toy.yaml -q --live " + port);
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("--live: cannot listen at 127.0.0.1 port " + port + ": the port is in use"));
  EXPECT_FALSE(fs::exists(place.folder() / "runs"));
  other.send(SIGTERM);
  EXPECT_EQ(other.wait(), 143);
}

TEST(RunLive, TakesAPortOrAnAddressAndAPort) {
  const Workplace place;
  write_toy(place);
  for (const char* wrong : {"x", "70000", "-1", "8123x", ":8123", "::1:8123", "127.0.0.1:"}) {
    const Outcome outcome = place.shoal(std::string("run toy.yaml -q --live=") + wrong);
    EXPECT_EQ(outcome.exit, 1) << wrong;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("--live takes "), HasSubstr(std::string("is '") + wrong + "'"))) << wrong;
  }
  EXPECT_THAT(place.shoal("run toy.yaml -q --live 192.0.2.1:0").err, HasSubstr("cannot listen at 192.0.2.1"));
  EXPECT_FALSE(fs::exists(place.folder() / "runs"));
  EXPECT_THAT(place.shoal("run toy.yaml -q --out any --live 0.0.0.0:0").err, HasSubstr("http://0.0.0.0:"));
  EXPECT_THAT(place.shoal("run toy.yaml -q --live 0 --bench 2").err, HasSubstr("--bench excludes --live"));
}

TEST(RunLive, GoesWithJobsAndWithWatch) {
  const Workplace place;
  write_toy(place);
  const Outcome jobs = place.shoal("run toy.yaml -q --out run --jobs 2 --live 0");
  EXPECT_EQ(jobs.exit, 0) << jobs.err;
  EXPECT_THAT(jobs.err, HasSubstr("the run's page: http://"));
  const Running watch(place, {"run", "--watch", "-q", "toy.yaml", "--live", "0"}, "log.txt");
  const auto times = [&](const std::string& what) {
    const std::string log = read_file(place.folder() / "log.txt");
    std::size_t out = 0;
    for (std::size_t at = 0; (at = log.find(what, at)) != std::string::npos; ++at) ++out;
    return out;
  };
  ASSERT_TRUE(becomes([&] { return times("waiting for a change") == 1; }));
  EXPECT_EQ(times("the run's page: http://"), 1u);
  std::string changed = kTrainedToy;
  changed.replace(changed.find("epochs: 8"), 9, "epochs: 2");
  place.write("toy.yaml", changed);
  ASSERT_TRUE(becomes([&] { return times("waiting for a change") == 2; }));
  EXPECT_EQ(times("the run's page: http://"), 2u);  // each run has its own
  watch.send(SIGINT);
  EXPECT_EQ(watch.wait(), 130);
}

}  // namespace
}  // namespace shoal::tests
