// A client of what the program serves on this machine.
#ifndef SHOAL_TESTS_ASKING_H_
#define SHOAL_TESTS_ASKING_H_

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/running.h"

namespace shoal::tests {

/// What the server answers to these bytes, whole; "" where nobody listens.
inline std::string ask_raw(int port, const std::string& request) {
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

inline std::string ask(int port, const std::string& path, const std::string& method = "GET",
                       const std::string& host = "localhost") {
  return ask_raw(port, method + " " + path + " HTTP/1.1\r\nHost: " + host + ":" + std::to_string(port) +
                           "\r\nConnection: close\r\n\r\n");
}

/// The port in "http://127.0.0.1:8123/" of the program's output, once it is there.
inline int port_in(const std::filesystem::path& log) {
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

}  // namespace shoal::tests

#endif  // SHOAL_TESTS_ASKING_H_
