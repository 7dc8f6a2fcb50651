// shoal watch: a client asks while a run goes on; nothing but the run's own files is given.
#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "tests/asking.h"
#include "tests/running.h"
#include "tests/trained_toy.h"

namespace shoal::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

void expect_safe(int port) {
  EXPECT_THAT(ask(port, "/plan.json"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\"tasks\""), HasSubstr("nosniff")));
  for (const char* path :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/artifacts/../../secret.txt",
        "/%2e%2e%2fsecret.txt", "//etc/passwd", "/link.txt", "/artifacts", "/absent", "/plan.json%00.png"})
    EXPECT_THAT(ask(port, path), AllOf(StartsWith("HTTP/1.1 404"), Not(HasSubstr("secret")))) << path;
  for (const char* method : {"POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})
    EXPECT_THAT(ask(port, "/plan.json", method), AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET"))) << method;
  EXPECT_THAT(ask(port, "/plan.json", "GET", "evil.example"), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(ask(port, "/events.jsonl?from=x"), StartsWith("HTTP/1.1 400"));
}

TEST(Watch, AClientFollowsARunAndGetsItsReport) {
  const Workplace place;
  write_toy(place);
  std::string long_run = kTrainedToy;
  long_run.replace(long_run.find("epochs: 8"), 9, "epochs: 100000");
  place.write("long.yaml", long_run);
  place.write("secret.txt", "secret");
  Running run(place, {"run", "long.yaml", "-q", "--out", "live", "--no-cache"}, "run.txt");
  ASSERT_TRUE(becomes([&] { return std::filesystem::exists(place.folder() / "live/events.jsonl"); }));
  std::filesystem::create_symlink("../secret.txt", place.folder() / "live/link.txt");
  Running watch(place, {"watch", "live"}, "log.txt");
  const int port = port_in(place.folder() / "log.txt");
  EXPECT_THAT(ask(port, "/"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("id=\"now\""), HasSubstr("<h1>quarters</h1>"),
                                    HasSubstr("script-src 'self';"), Not(HasSubstr("unsafe-eval"))));
  EXPECT_TRUE(becomes([&] { return ask(port, "/now").find("learn") != std::string::npos; }));
  const std::string page = ask(port, "/live");
  for (const char* program : {"/program/page.js?", "/program/live.js?"}) {
    const std::size_t at = page.find(program);
    ASSERT_NE(at, std::string::npos) << program;
    EXPECT_THAT(ask(port, page.substr(at, page.find('"', at) - at)),
                AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("immutable"), HasSubstr("use strict")));
  }
  EXPECT_TRUE(becomes([&] { return ask(port, "/events.jsonl").find("\"node_begin\"") != std::string::npos; }));
  EXPECT_TRUE(becomes([&] { return ask(port, "/metrics.jsonl").find("\"loss\"") != std::string::npos; }));
  const std::string first = ask(port, "/metrics.jsonl");
  const std::size_t next = std::stoul(first.substr(first.find("X-Next: ") + 8));
  EXPECT_TRUE(becomes(
      [&] { return ask(port, "/metrics.jsonl?from=" + std::to_string(next)).find("\"step\"") != std::string::npos; }));
  expect_safe(port);
  run.send(SIGINT);
  EXPECT_EQ(run.wait(), 130);
  EXPECT_THAT(ask(port, "/"), AllOf(StartsWith("HTTP/1.1 200"), Not(HasSubstr("id=\"now\""))));
  watch.send(SIGTERM);
  EXPECT_EQ(watch.wait(), 0);
  EXPECT_EQ(ask(port, "/"), "");  // nobody is left
}

TEST(Watch, ServesARunThatIsOver) {
  const Workplace place;
  train_toy(place);
  place.write("secret.txt", "secret");
  std::filesystem::create_symlink("../secret.txt", place.folder() / "run/link.txt");
  Running watch(place, {"watch", "run"}, "log.txt");
  const int port = port_in(place.folder() / "log.txt");
  EXPECT_THAT(ask(port, "/"), AllOf(StartsWith("HTTP/1.1 200"), Not(HasSubstr("id=\"now\""))));
  EXPECT_THAT(ask(port, "/live"), AllOf(HasSubstr("id=\"now\""), HasSubstr("The run has ended, done")));
  expect_safe(port);
  const Outcome taken = place.shoal("watch run --port " + std::to_string(port));
  EXPECT_EQ(taken.exit, 1);
  EXPECT_THAT(taken.err, HasSubstr("cannot listen at 127.0.0.1 port " + std::to_string(port) + ": the port is in use"));
  watch.send(SIGTERM);
  EXPECT_EQ(watch.wait(), 0);
  EXPECT_THAT(place.shoal("watch .").err, HasSubstr("holds no plan.json"));
}

}  // namespace
}  // namespace shoal::tests
