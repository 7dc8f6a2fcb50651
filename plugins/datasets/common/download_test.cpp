#include "download.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "idx_testing.h"
#include "sha256.h"
#include "shoal/testing.h"

namespace idx::testing {
namespace {

using shoal::testing::Host;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string sha256_of(const Bytes& bytes) {
  Sha256 digest;
  digest.add(bytes.data(), bytes.size());
  return digest.hex();
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) out.push_back(entry.path().filename());
  return out;
}

/// A web server of this machine that answers one request with `answer`, byte for byte, and hangs up; an empty answer
/// keeps the client waiting until the server goes.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_, 1) != 0)
      throw std::runtime_error("no loopback");
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/file.gz";
    thread_ = std::thread([this] {
      const int client = ::accept(socket_, nullptr, nullptr);
      char request[4096];
      if (client < 0 || ::recv(client, request, sizeof(request), 0) <= 0) return;
      ::send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      if (answer_.empty()) ::recv(client, request, sizeof(request), 0);  // until the client gives up
      ::close(client);
    });
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;
  ~OneAnswer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  const std::string& url() const { return url_; }

 private:
  std::string answer_, url_;
  int socket_;
  std::thread thread_;
};

const Bytes kContents = counting(100000);

TEST(Download, KeepsWhatHasTheRightContentsAndNothingElse) {
  const TempFolder from, to;
  Host host;
  const std::string packed = from.write("other-name", gzip(kContents));
  const RemoteFile file{
      .name = "file.gz", .urls = {"file:///nowhere/file.gz", "file://" + packed}, .sha256 = sha256_of(kContents)};
  const auto path = download(host.context(), file, to.path() / "a/b");
  EXPECT_EQ(path, to.path() / "a/b/file.gz");
  EXPECT_EQ(std::filesystem::file_size(path), gzip(kContents).size());
  EXPECT_THAT(names_in(to.path() / "a/b"), ::testing::ElementsAre("file.gz"));
}

TEST(Download, FromAServerOfTheWeb) {
  const TempFolder to;
  Host host;
  const Bytes packed = gzip(kContents);
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(packed.size()) + "\r\n\r\n" +
                   std::string(packed.begin(), packed.end()));
  download(host.context(), {.name = "file.gz", .urls = {server.url()}, .sha256 = sha256_of(kContents)}, to.path());
  EXPECT_EQ(std::filesystem::file_size(to.path() / "file.gz"), packed.size());
}

TEST(Download, SaysWhyOfEveryMirrorAndLeavesNothingBehind) {
  const TempFolder from, to;
  Host host;
  Bytes cut = gzip(kContents);
  cut.resize(cut.size() / 2);
  Bytes noise(70000);
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<std::uint8_t>(i * i >> 3);
  OneAnswer absent("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  OneAnswer silent("");
  OneAnswer hung_up("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhalf of it");
  const std::string wrong = from.write("wrong.gz", gzip(counting(99999)));
  const RemoteFile file{
      .name = "file.gz",
      .urls = {absent.url(), silent.url(), hung_up.url(), "file://" + wrong, "file://" + from.write("cut.gz", cut),
               "file://" + from.write("noise", noise), "file:///nowhere/file.gz", "gopher://example.org/"},
      .sha256 = sha256_of(kContents),
      .max_bytes = 60000};
  const std::string said = message_of<shoal::InputError>(
      [&] { download(host.context(), file, to.path(), {.connect_seconds = 2, .stall_seconds = 1}); });
  for (const std::string& url : file.urls) EXPECT_THAT(said, HasSubstr("\n  " + url + ": "));
  EXPECT_THAT(said, AllOf(HasSubstr("404"), HasSubstr("too slow"), HasSubstr(sha256_of(counting(99999))),
                          HasSubstr("expected " + sha256_of(kContents)), HasSubstr("cut short"),
                          HasSubstr("more than the 60000 bytes")));
  EXPECT_THAT(names_in(to.path()), IsEmpty());
}

TEST(Download, ThatTheUserStopsLeavesNothingBehind) {
  const TempFolder from, to;
  Host host({.cancel_after = 0});
  const RemoteFile file{
      .name = "file.gz", .urls = {"file://" + from.write("x", gzip(kContents))}, .sha256 = sha256_of(kContents)};
  EXPECT_THROW(download(host.context(), file, to.path()), shoal::Cancelled);
  EXPECT_THAT(names_in(to.path()), IsEmpty());
}

TEST(Download, IntoAFolderThatCannotBeMadeSaysSo) {
  const TempFolder from;
  Host host;
  const std::string file = from.write("x", kContents);
  EXPECT_THAT(message_of<shoal::InputError>([&] {
                download(host.context(), {.name = "f", .urls = {"file://" + file}, .sha256 = ""}, file + "/sub");
              }),
              AllOf(HasSubstr("'" + file + "/sub'"), HasSubstr("cannot be made")));
}

}  // namespace
}  // namespace idx::testing
