// What a reporter must hold to: shoal/reporter.h.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <limits>

#include "framework/conformance/work.h"
#include "shoal/reporter.h"

namespace shoal::host::conformance {
namespace {

/// An empty folder, as long as this lives.
class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "shoal-conformance-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw Skipped("no temporary folder can be made");
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Event event(int type, const char* node = "", const char* name = "", double value = 0) {
  Event out{};
  out.size = sizeof(out);
  out.type = type;
  out.time = 1.7e9;
  out.rows = 1;
  out.node = node;
  out.component = *node != '\0' ? "clusterer/kmeans" : "";
  out.name = name;
  out.text = type == SHOAL_LOG ? "a line with \"quotes\", a tab\t, \xc3\xbc and \x01" : "";
  out.value = value;
  out.step = 1;
  return out;
}

std::vector<Event> whole_run() {
  std::vector<Event> out = {event(SHOAL_RUN_BEGIN), event(SHOAL_ROW_BEGIN), event(SHOAL_NODE_BEGIN, "group")};
  for (int i = 0; i < 50; ++i) {
    out.push_back(event(SHOAL_PROGRESS, "group", "iterations"));
    out.back().done = i;
    out.back().total = i % 2 == 0 ? 50 : 0;
    out.push_back(event(SHOAL_SCALAR, "group", "inertia", i == 7 ? std::numeric_limits<double>::quiet_NaN() : i));
  }
  out.push_back(event(SHOAL_LOG, "group"));
  out.push_back(event(SHOAL_NODE_END, "group"));
  out.push_back(event(SHOAL_NODE_BEGIN, "fails"));
  out.push_back(event(SHOAL_NODE_END, "fails"));
  out.back().status = SHOAL_E_FAILED;
  out.insert(out.end(), {event(SHOAL_ROW_END), event(SHOAL_RUN_END)});
  return out;
}

void report(Trial& trial, const std::vector<Event>& events, const std::string& folder) {
  const auto* table = trial.object().get<shoal_reporter_1>("reporter/1");
  const shoal_context* c = trial.context().c_context();
  detail::check_status(c, table->begin(trial.object().self(), c, folder.c_str(), "an experiment"));
  for (const Event& each : events) detail::check_status(c, table->on_event(trial.object().self(), c, &each));
}

Result work(Trial& trial, const Form&) {
  const Folder folder;
  report(trial, whole_run(), folder.path());
  return {};
}

void of_unknown_events(const Subject& s) {
  Trial trial(s);
  const Folder folder;
  report(trial, {event(SHOAL_RUN_BEGIN), event(4711), event(SHOAL_RUN_END)}, folder.path());
}

void folder_gone(const Subject& s) {
  Trial trial(s);
  const Ended end = ended([&] { report(trial, whole_run(), "/nowhere/at/all"); });
  expect(end.well() || !end.what.empty(), "in a folder that there is not, it fails without a message");
}

}  // namespace

Kind reporter_kind(const Subject& subject) {
  const Subject* s = &subject;
  const auto of = [s](void (*function)(const Subject&)) { return [s, function] { function(*s); }; };
  Kind kind{.work = &work};
  kind.cases = {
      {"whole-run", "every type of event, NaN, quotes and control characters",
       [s] {
         Trial trial(*s);
         static_cast<void>(work(trial, {}));
       }},
      {"unknown-events-passed-over", "events of a newer host do no harm", of(of_unknown_events)},
      {"no-folder", "a run folder that is not there: an error with a message, or nothing to write", of(folder_gone)},
  };
  return kind;
}

}  // namespace shoal::host::conformance
