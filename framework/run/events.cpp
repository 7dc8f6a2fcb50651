#include "framework/run/events.h"

#include <algorithm>
#include <chrono>

namespace shoal::host {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

shoal_event to_c(const RunEvent& event) {
  return {.size = sizeof(shoal_event),
          .type = event.type,
          .level = event.level,
          .status = event.status,
          .time = event.time,
          .seconds = event.seconds,
          .row = event.row,
          .rows = event.rows,
          .node = event.node.c_str(),
          .component = event.component.c_str(),
          .name = event.name.c_str(),
          .text = event.text.c_str(),
          .value = event.value,
          .step = event.step,
          .done = event.done,
          .total = event.total};
}

}  // namespace

EventBus::EventBus(std::vector<std::shared_ptr<Live>> reporters, const std::filesystem::path& run_folder,
                   const std::string& experiment) {
  for (auto& live : reporters) {
    const auto* table = live->object().get<shoal_reporter_1>("reporter/1");
    const shoal_context* c = live->context().c_context();
    detail::check_status(c, table->begin(live->object().self(), c, run_folder.c_str(), experiment.c_str()));
    sinks_.push_back({std::move(live), table});
  }
  thread_ = std::thread([this] { deliver_all(); });
}

EventBus::~EventBus() { finish(); }

void EventBus::post(RunEvent event) {
  event.time = now();
  {
    const std::lock_guard lock(mutex_);
    if (event.type == SHOAL_PROGRESS && !queue_.empty() && queue_.back().type == SHOAL_PROGRESS &&
        queue_.back().node == event.node && queue_.back().row == event.row)
      queue_.back() = std::move(event);
    else queue_.push_back(std::move(event));
  }
  posted_.notify_one();
}

std::vector<std::string> EventBus::finish() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    posted_.notify_one();
    thread_.join();
  }
  return std::exchange(failures_, {});
}

void EventBus::deliver_all() {
  std::unique_lock lock(mutex_);
  while (true) {
    posted_.wait(lock, [&] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const RunEvent event = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    deliver(event);
    lock.lock();
  }
}

void EventBus::deliver(const RunEvent& event) {
  const shoal_event c_event = to_c(event);
  for (Sink& sink : sinks_) {
    if (sink.broken) continue;
    const shoal_context* c = sink.live->context().c_context();
    if (sink.table->on_event(sink.live->object().self(), c, &c_event) == SHOAL_OK) continue;
    sink.broken = true;
    failures_.push_back(text("{} stopped listening: {}", sink.live->object().id(), c->host->message(c)));
  }
}

}  // namespace shoal::host
