// shoal watch: a client asks while a run goes on; nothing but the run's own files is given.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/running.h"
#include "tests/trained_toy.h"

namespace shoal::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// What the server answers to these bytes, whole; "" where nobody listens.
std::string ask_raw(int port, const std::string& request) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string out;
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      ::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) >= 0) {
    char buffer[4096];
    for (ssize_t n = 0; (n = ::recv(descriptor, buffer, sizeof(buffer), 0)) > 0;)
      out.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(descriptor);
  return out;
}
std::string ask(int port, const std::string& path, const std::string& method = "GET",
                const std::string& host = "localhost") {
  return ask_raw(port, method + " " + path + " HTTP/1.1\r\nHost: " + host + ":" + std::to_string(port) +
                           "\r\nConnection: close\r\n\r\n");
}

/// The port in "http://127.0.0.1:8123/" of the program's output, once it is there.
int port_in(const std::filesystem::path& log) {
  int port = 0;
  EXPECT_TRUE(becomes([&] {
    const std::string text = read_file(log);
    const std::size_t at = text.find("http://127.0.0.1:");
    if (at == std::string::npos || text.find('/', at + 17) == std::string::npos) return false;
    port = std::stoi(text.substr(at + 17));
    return true;
  })) << read_file(log);
  return port;
}

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
  EXPECT_THAT(ask(port, "/"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("A run at work"), HasSubstr("Content-Security-Policy")));
  EXPECT_TRUE(becomes([&] { return ask(port, "/events.jsonl").find("\"node_begin\"") != std::string::npos; }));
  EXPECT_TRUE(becomes([&] { return ask(port, "/metrics.jsonl").find("\"loss\"") != std::string::npos; }));
  const std::string first = ask(port, "/metrics.jsonl");
  const std::size_t next = std::stoul(first.substr(first.find("X-Next: ") + 8));
  EXPECT_TRUE(becomes(
      [&] { return ask(port, "/metrics.jsonl?from=" + std::to_string(next)).find("\"step\"") != std::string::npos; }));
  expect_safe(port);
  run.send(SIGINT);
  EXPECT_EQ(run.wait(), 130);
  EXPECT_THAT(ask(port, "/"), AllOf(StartsWith("HTTP/1.1 200"), Not(HasSubstr("A run at work"))));
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
  EXPECT_THAT(ask(port, "/"), AllOf(StartsWith("HTTP/1.1 200"), Not(HasSubstr("A run at work"))));
  EXPECT_THAT(ask(port, "/live"), HasSubstr("A run at work"));
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
