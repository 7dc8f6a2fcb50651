#include "framework/live/live_server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <functional>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "framework/files/new_lines.h"
#include "framework/files/read_or_empty.h"
#include "framework/live/live_assets.h"
#include "framework/live/live_page.h"
#include "framework/live/open_pages.h"
#include "framework/live/served_files.h"
#include "framework/report/page/assets.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

/// httplib would share the port with whoever has it (SO_REUSEPORT): then two runs answer in turn.
void own_the_port(int socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));  // one that was left a minute ago is free
}

/// A host's name in an address: IPv6 in brackets.
std::string in_address(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

// No page loads anything from elsewhere, or is shown within another. The report has its programs in it.
constexpr const char* kRulesOfReport =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";
constexpr const char* kRulesOfLivePage =
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A program that pages load, once: its address says what is in it.
struct Program {
  std::string path = {}, address = {}, source = {};
};
Program program_of(const char* file, std::string source) {
  const std::string path = std::string("/program/") + file;
  return {path, fmt::format("{}?{:x}", path, std::hash<std::string>()(source)), std::move(source)};
}

/// All there are, in the order in which a page loads them.
std::vector<Program> programs_of_pages() {
  std::vector<Program> out;
  if (std::string vega = find_vega_runtime(); !vega.empty()) out.push_back(program_of("vega.js", std::move(vega)));
  out.push_back(program_of("page.js", kPageProgram));
  out.push_back(program_of("live.js", kLiveProgram));
  return out;
}

}  // namespace

struct LiveServer::Server {
  httplib::Server http;
  std::string host;
  int port = 0;
  fs::path folder;
  const std::vector<Program> programs = programs_of_pages();
  std::optional<LivePage> page;
  std::string why_no_page;
  OpenPages pages;
  std::atomic<bool> stopped = false;  // the run
  std::thread thread;

  void route() {
    http.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      if (request.method != "GET") return refuse(response, 405);
      if (!is_meant(request)) return refuse(response, 403);
      return httplib::Server::HandlerResponse::Unhandled;
    });
    http.set_default_headers({{"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"}});
    http.set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.has_header("Cache-Control")) response.set_header("Cache-Control", "no-store");
    });
    http.Get("/", [this](const httplib::Request&, httplib::Response& response) { give_page(response); });
    http.Get("/live", [this](const httplib::Request&, httplib::Response& response) { give_live_page(response); });
    http.Get("/now",
             [this](const httplib::Request& request, httplib::Response& response) { give_now(request, response); });
    http.Get("/closed", [this](const httplib::Request& request, httplib::Response& response) {
      pages.closed(request.get_param_value("page"));
      response.status = 204;
    });
    for (const Program& program : programs)
      http.Get(program.path, [&program](const httplib::Request&, httplib::Response& response) {
        response.set_header("Cache-Control", "max-age=31536000, immutable");
        response.set_content(program.source, "text/javascript; charset=utf-8");
      });
    for (const char* file : {"/events.jsonl", "/metrics.jsonl"})
      http.Get(file, [this, file](const httplib::Request& request, httplib::Response& response) {
        give_lines(file, request, response);
      });
    http.Get(R"(/.*)", [this](const httplib::Request& request, httplib::Response& response) {
      if (const auto file = find_served_file(folder, request.path)) give_file(*file, response);
      else response.status = 404;
    });
  }

  static httplib::Server::HandlerResponse refuse(httplib::Response& response, int status) {
    response.status = status;
    if (status == 405) response.set_header("Allow", "GET");
    return httplib::Server::HandlerResponse::Handled;
  }

  bool is_meant(const httplib::Request& request) const {
    std::string name = request.get_header_value("Host");
    if (const std::size_t colon = name.rfind(':');
        colon != std::string::npos && name.find(']', colon) == std::string::npos)
      name.resize(colon);
    if (host == "0.0.0.0" || host == "::") return true;  // any name of the machine may be meant
    return name == "localhost" || name == in_address(host) || name == "127.0.0.1" || name == "[::1]";
  }

  void give_page(httplib::Response& response) {
    const auto report = find_served_file(folder, "/report.html");
    if (!report) return give_live_page(response);
    response.set_header("Content-Security-Policy", kRulesOfReport);
    give_file(*report, response);
    pages.report_given();
  }

  void give_live_page(httplib::Response& response) {
    if (!page) return give_reason(response);
    response.set_header("Content-Security-Policy", kRulesOfLivePage);
    response.set_content(page->html(), "text/html; charset=utf-8");
  }

  void give_now(const httplib::Request& request, httplib::Response& response) {
    if (!page) return give_reason(response);
    const bool has_report = find_served_file(folder, "/report.html").has_value();
    const std::string name = request.get_param_value("page");
    if (!name.empty() && name.size() <= 64) pages.asked(name, has_report || stopped, has_report);
    response.set_content(page->now(has_report, stopped), "application/json");
  }

  void give_reason(httplib::Response& response) const {
    response.status = 500;
    response.set_content(why_no_page + "\n", "text/plain; charset=utf-8");
  }

  void give_lines(const std::string& file, const httplib::Request& request, httplib::Response& response) const {
    std::uintmax_t from = 0;
    const std::string asked = request.has_param("from") ? request.get_param_value("from") : "0";
    const auto read = std::from_chars(asked.data(), asked.data() + asked.size(), from);
    if (read.ec != std::errc() || read.ptr != asked.data() + asked.size()) {
      response.status = 400;
      return;
    }
    const auto found = find_served_file(folder, file);
    NewLines lines = found ? read_new_lines(*found, from) : NewLines{.next = from};
    response.set_header("X-Next", std::to_string(lines.next));
    response.set_content(std::move(lines.text), "text/plain; charset=utf-8");
  }

  static void give_file(const fs::path& file, httplib::Response& response) {
    response.set_content(read_or_empty(file), media_type_of(file).c_str());
  }
};

LiveServer::LiveServer(const std::string& host, std::uint16_t port) : server_(std::make_unique<Server>()) {
  Server& server = *server_;
  server.host = host;
  server.http.set_socket_options(&own_the_port);
  // A thread a connection, of which a browser keeps up to six open; httplib deletes it.
  server.http.new_task_queue = [] { return new httplib::ThreadPool(16); };
  server.http.set_keep_alive_timeout(1);  // the end waits for those that are idle
  errno = 0;
  server.port = port == 0 ? server.http.bind_to_any_port(host) : server.http.bind_to_port(host, port) ? port : -1;
  if (server.port > 0) return;
  throw InputError(text("cannot listen at {}{}: {}", in_address(host), port == 0 ? "" : text(" port {}", port),
                        errno == 0 || errno == EADDRINUSE ? "the port is in use, or the address is not this machine's"
                                                          : std::generic_category().message(errno)));
}

LiveServer::~LiveServer() {
  server_->http.stop();
  if (server_->thread.joinable()) server_->thread.join();
}

std::string LiveServer::address() const { return text("http://{}:{}/", in_address(server_->host), server_->port); }

void LiveServer::serve(const fs::path& folder) {
  server_->folder = fs::canonical(folder);
  std::vector<std::string> addresses;
  for (const Program& program : server_->programs) addresses.push_back(program.address);
  try {
    server_->page.emplace(server_->folder, std::move(addresses));
  } catch (const std::runtime_error& error) {
    server_->why_no_page = error.what();
  }
  server_->route();
  server_->thread = std::thread([server = server_.get()] { server->http.listen_after_bind(); });
  while (!server_->http.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void LiveServer::wait_for_pages(std::chrono::milliseconds most) {
  server_->stopped = true;
  server_->pages.wait_until_served(most);
}

}  // namespace shoal::host
