#include "framework/plugin/profile.h"

#include <ctime>
#include <utility>

namespace shoal::host {

Profile::Profile() : began_(std::chrono::steady_clock::now()) { thread_number(); }

std::int64_t Profile::now() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - began_).count();
}

std::int64_t Profile::processor_time() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void Profile::begin_node(std::size_t row, std::string node, std::string component, std::int64_t resident_bytes) {
  const std::lock_guard lock(mutex_);
  at_work_ = {SpanKind::node, row, std::move(node), std::move(component), ""};
  memory_.push_back({row, at_work_.node, 0, resident_bytes, resident_bytes});
  node_begin_ = now();
  node_cpu_ = processor_time();
}

void Profile::end_node(std::int64_t peak_bytes) {
  const std::lock_guard lock(mutex_);
  end_pass();
  const std::int64_t end = now();
  spans_.push_back({subject_of(at_work_), thread_number(), node_begin_, end, processor_time() - node_cpu_});
  memory_.back().time = end;
  memory_.back().peak = peak_bytes;
  at_work_ = {};
}

void Profile::add(SpanKind kind, std::string_view component, std::string_view name, std::int64_t begin,
                  std::int64_t end, std::int64_t cpu) {
  const std::lock_guard lock(mutex_);
  SpanSubject subject{kind, 0, "", std::string(component), std::string(name)};
  if (!component.starts_with("reporter/")) {  // these listen on a thread of their own
    subject.row = at_work_.row;
    subject.node = at_work_.node;
  }
  spans_.push_back({subject_of(std::move(subject)), thread_number(), begin, end, cpu});
}

void Profile::progress(const std::string& unit, std::int64_t done) {
  const std::lock_guard lock(mutex_);
  if (at_work_.node.empty()) return;
  const std::int64_t time = now();
  if (pass_.unit != unit || done < pass_.to) {
    end_pass();
    pass_ = {unit, time, time, done, done};
  }
  pass_.end = time;
  pass_.to = done;
}

/// One that was counted once only took no time that is known.
void Profile::end_pass() {
  const Pass pass = std::exchange(pass_, {});
  if (pass.to == pass.from) return;
  SpanSubject subject{SpanKind::pass, at_work_.row, at_work_.node, at_work_.component, pass.unit};
  spans_.push_back({subject_of(std::move(subject)), thread_number(), pass.begin, pass.end, 0, pass.from, pass.to});
}

std::size_t Profile::subject_of(SpanSubject subject) {
  const auto [found, is_new] = subject_numbers_.try_emplace(subject.key(), subjects_.size());
  if (is_new) subjects_.push_back(std::move(subject));
  return found->second;
}

int Profile::thread_number() {
  return threads_.try_emplace(std::this_thread::get_id(), static_cast<int>(threads_.size())).first->second;
}

}  // namespace shoal::host
