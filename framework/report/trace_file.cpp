#include "framework/report/trace_file.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

constexpr int kProcess = 1;
constexpr int kPasses = 10000, kBackward = 10001;  // tracks behind those of threads

const char* category(SpanKind kind) {
  switch (kind) {
    case SpanKind::host: return "host";
    case SpanKind::node: return "node";
    case SpanKind::call: return "call";
    case SpanKind::backward: return "backward";
    case SpanKind::pass: return "pass";
  }
  return "?";
}

int track_of(const Span& span, SpanKind kind) {
  return kind == SpanKind::pass ? kPasses : kind == SpanKind::backward ? kBackward : span.thread;
}

std::string name_of(const SpanSubject& subject) {
  if (subject.kind == SpanKind::node) return subject.node;
  if (subject.kind == SpanKind::pass || subject.component.empty()) return subject.name;
  return subject.component + " " + subject.name;
}

double microseconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-3; }

ordered_json event_of(const Span& span, const SpanSubject& subject) {
  ordered_json details = ordered_json::object();
  if (!subject.node.empty()) details = {{"row", subject.row + 1}, {"node", subject.node}};
  if (!subject.component.empty()) details["component"] = subject.component;
  if (subject.kind == SpanKind::pass) details["from"] = span.from, details["to"] = span.to;
  else details["cpu_ms"] = static_cast<double>(span.cpu) * 1e-6;
  return {{"name", name_of(subject)},
          {"cat", category(subject.kind)},
          {"ph", "X"},
          {"ts", microseconds(span.begin)},
          {"dur", microseconds(span.end - span.begin)},
          {"pid", kProcess},
          {"tid", track_of(span, subject.kind)},
          {"args", std::move(details)}};
}

ordered_json name_event(const char* what, int track, const std::string& name) {
  return {{"name", what}, {"ph", "M"}, {"pid", kProcess}, {"tid", track}, {"args", {{"name", name}}}};
}

ordered_json memory_event(std::int64_t time, std::int64_t bytes) {
  return {{"name", "memory"}, {"ph", "C"}, {"ts", microseconds(time)},
          {"pid", kProcess},  {"tid", 0},  {"args", {{"peak_bytes", bytes}}}};
}

std::string name_of_track(int track) {
  if (track == kPasses) return "passes";
  if (track == kBackward) return "gradients";
  return track == 0 ? "main" : "thread " + std::to_string(track);
}

}  // namespace

std::string as_chrome_trace(const Profile& profile) {
  ordered_json events = ordered_json::array();
  events.push_back(name_event("process_name", 0, "shoal"));
  std::map<int, bool> tracks;
  for (const Span& span : profile.spans()) {
    const SpanSubject& subject = profile.subjects()[span.subject];
    tracks[track_of(span, subject.kind)] = true;
    events.push_back(event_of(span, subject));
  }
  for (const NodeMemory& memory : profile.memory()) events.push_back(memory_event(memory.time, memory.peak));
  for (const auto& [track, used] : tracks) events.push_back(name_event("thread_name", track, name_of_track(track)));
  const ordered_json out = {{"traceEvents", std::move(events)}, {"displayTimeUnit", "ms"}};
  return out.dump() + "\n";
}

}  // namespace shoal::host
