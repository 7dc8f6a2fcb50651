#ifndef SHOAL_FRAMEWORK_PLUGIN_PROFILE_H_
#define SHOAL_FRAMEWORK_PLUGIN_PROFILE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

namespace shoal::host {

/// What a stretch of time was spent on.
enum class SpanKind {
  host,      ///< the program's own work: loading plugins, planning, writing the run folder
  node,      ///< a node of the experiment, from its inputs to its outputs
  call,      ///< a function of a component, called by the host or through it: fit, read, forward
  backward,  ///< gradients of a network: from that of its output to the last of a parameter
  pass,      ///< what a component counts by `progress`: steps, examples, iterations
};

/// Who and what a span belongs to; spans of one subject are added up.
struct SpanSubject {
  SpanKind kind = SpanKind::host;
  std::size_t row = 0;    ///< of the matrix
  std::string node = {};  ///< "" outside of nodes
  std::string component = {};
  std::string name = {};  ///< "fit"; of a pass its unit; "" of a node

  auto key() const { return std::tie(kind, row, node, component, name); }
};

/// Times are nanoseconds since the profile began.
struct Span {
  std::size_t subject = 0;  ///< an index into Profile::subjects()
  int thread = 0;           ///< 0: the one that made the profile; counted in the order in which they are met
  std::int64_t begin = 0, end = 0;
  std::int64_t cpu = 0;           ///< of the processor, of all threads of the process
  std::int64_t from = 0, to = 0;  ///< of a pass: what was counted at its two ends
};

/// The memory of the process at work for a node.
struct NodeMemory {
  std::size_t row = 0;
  std::string node;
  std::int64_t time = 0;    ///< when the node ended
  std::int64_t before = 0;  ///< resident bytes when it began
  std::int64_t peak = 0;    ///< the most while it was at work; of a process of its own, where it had one, too
};

/// What a run spends its time on, as `shoal profile` shows it. Nothing is sampled: each span is one call. Where a
/// pointer to a profile is null nothing is measured, and components are called as ever.
///
/// Threads  all but the results may be called from several at once.
class Profile {
 public:
  Profile();

  std::int64_t now() const;              ///< nanoseconds since it began
  static std::int64_t processor_time();  ///< nanoseconds of all threads of this process

  /// From now on calls belong to this node, on whichever thread they come: one node works at a time.
  void begin_node(std::size_t row, std::string node, std::string component, std::int64_t resident_bytes);
  void end_node(std::int64_t peak_bytes);

  /// A stretch on the thread that calls. The node is the one at work, but of calls of reporters, which have none.
  void add(SpanKind kind, std::string_view component, std::string_view name, std::int64_t begin, std::int64_t end,
           std::int64_t cpu);

  /// What the node at work says by `progress`. Calls of one unit that count upwards are one pass; another unit, or a
  /// smaller number, begins the next.
  void progress(const std::string& unit, std::int64_t done);

  /// The results, when nobody measures any more.
  const std::vector<SpanSubject>& subjects() const { return subjects_; }
  const std::vector<Span>& spans() const { return spans_; }
  const std::vector<NodeMemory>& memory() const { return memory_; }

 private:
  struct Pass {
    std::string unit;
    std::int64_t begin = 0, end = 0, from = 0, to = 0;
  };
  std::size_t subject_of(SpanSubject subject);
  int thread_number();
  void end_pass();

  const std::chrono::steady_clock::time_point began_;
  std::mutex mutex_;
  std::vector<SpanSubject> subjects_;
  std::map<std::tuple<SpanKind, std::size_t, std::string, std::string, std::string>, std::size_t> subject_numbers_;
  std::vector<Span> spans_;
  std::vector<NodeMemory> memory_;
  std::map<std::thread::id, int> threads_;
  SpanSubject at_work_;  // the node, as its own span will have it
  std::int64_t node_begin_ = 0, node_cpu_ = 0;
  Pass pass_;
};

/// Measures as long as it lives; a null profile costs nothing.
class Stretch {
 public:
  Stretch(Profile* profile, SpanKind kind, std::string_view component, std::string_view name)
      : profile_(profile), kind_(kind), component_(component), name_(name) {
    if (profile_ == nullptr) return;
    begin_ = profile_->now();
    cpu_ = Profile::processor_time();
  }
  ~Stretch() {
    if (profile_ != nullptr)
      profile_->add(kind_, component_, name_, begin_, profile_->now(), Profile::processor_time() - cpu_);
  }
  Stretch(const Stretch&) = delete;
  Stretch& operator=(const Stretch&) = delete;

 private:
  Profile* profile_;
  SpanKind kind_;
  std::string_view component_, name_;  // of whoever makes it
  std::int64_t begin_ = 0, cpu_ = 0;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_PROFILE_H_
