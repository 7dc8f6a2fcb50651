#ifndef SHOAL_FRAMEWORK_LIVE_LIVE_SERVER_H_
#define SHOAL_FRAMEWORK_LIVE_LIVE_SERVER_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace shoal::host {

/// Serves a run folder to browsers, while the run goes on and after:
///
///     GET /                          report.html where it is written already, else the page of the run so far
///     GET /live                      the page so far, whatever is written
///     GET /now?page=NAME             what it asks each second: LivePage::now; NAME is the page's own
///     GET /closed?page=NAME          what it says when it is closed
///     GET /program/…                 what it loads: Vega, page.js, live.js; addresses change with what is in them
///     GET /events.jsonl?from=BYTE    whole lines from there on; header X-Next says where the next begin
///     GET /metrics.jsonl?from=BYTE   likewise
///     GET /…                         any file of the folder
///
/// It writes nothing. What lies outside of the folder is 404, another method 405, and a request whose Host is neither
/// the address that is listened at nor localhost 403, so that no page of another site can read it by a name of its own.
/// Pages may load nothing from elsewhere, and the one of a run at work runs no program but those of /program/.
///
/// Threads  its own; the functions here are for one.
class LiveServer {
 public:
  /// Listens. `port` 0: one that is free. Throws InputError  it cannot: the port is taken, say; or this Shoal was built
  /// without cpp-httplib
  LiveServer(const std::string& host, std::uint16_t port);
  ~LiveServer();  ///< ends what is being answered
  LiveServer(const LiveServer&) = delete;
  LiveServer& operator=(const LiveServer&) = delete;

  /// "http://127.0.0.1:8123/"
  std::string address() const;

  /// Begins to answer, for this folder, which is there.
  void serve(const std::filesystem::path& folder);

  /// The run has ended: waits until the pages that are open have loaded its report, or know that there is none. `most`:
  /// but no longer.
  void wait_for_pages(std::chrono::milliseconds most);

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_LIVE_LIVE_SERVER_H_
