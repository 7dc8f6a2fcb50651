// A Shoal that was built without cpp-httplib.
#include "framework/live/live_server.h"
#include "shoal/error.h"

namespace shoal::host {

struct LiveServer::Server {};

LiveServer::LiveServer(const std::string&, std::uint16_t) {
  throw InputError("this Shoal was built without cpp-httplib (libcpp-httplib-dev), so that it serves no page");
}
LiveServer::~LiveServer() = default;
std::string LiveServer::address() const { return ""; }
void LiveServer::serve(const std::filesystem::path&) {}
void LiveServer::wait_for_pages(std::chrono::milliseconds) {}

}  // namespace shoal::host
