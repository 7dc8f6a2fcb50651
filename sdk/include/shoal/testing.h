// shoal/testing.h: a host small enough for a unit test, to call components and algorithms without the program.
//
//     shoal::testing::Host host({.threads = 2, .seed = 7});
//     KCenter k_center(Params{.k = 2});
//     const shoal::Clustering found = k_center.fit(host.context(), {.features = shoal::ConstArray(points)});
#ifndef SHOAL_TESTING_H_
#define SHOAL_TESTING_H_

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace testing {

struct HostOptions {
  int threads = 1;                 ///< for parallel_for
  std::uint64_t seed = 0;          ///< of the experiment
  std::int64_t cancel_after = -1;  ///< that many calls of progress, then Cancelled; −1: never
  std::optional<std::vector<std::string>> data_folders = {};  ///< what Context::data_folders says; none: no extension
};

/// A line that a component logged, and a number that it reported.
struct LogLine {
  Level level;       ///< how grave
  std::string text;  ///< the line
};
struct Scalar {
  std::string name;  ///< as reported
  double value;      ///< likewise
  Index step;        ///< likewise
};

/// The services of Context with plain means. Keep it longer than every Array that came from it.
class Host {
 public:
  explicit Host(HostOptions options = {})
      : options_(std::move(options)), root_(*this, options_.seed), context_(&root_.c) {
    if (!options_.data_folders) return;
    for (const std::string& folder : *options_.data_folders) data_path_.push_back(folder.c_str());
    data_path_.push_back(nullptr);
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  Context& context() { return context_; }                          ///< what components are called with
  const std::vector<LogLine>& log() const { return log_; }         ///< in order
  const std::vector<Scalar>& scalars() const { return scalars_; }  ///< in order
  /// Arrays handed out and not yet released: 0 when nothing leaks.
  int live_arrays() const { return live_arrays_; }

 private:
  struct Opened {
    Opened(Host& owner, std::uint64_t s) : host(owner), seed(s) {}
    shoal_context c{sizeof(shoal_context), table()};
    Host& host;
    std::uint64_t seed;
    std::string message = {};
  };
  static Opened& self(const shoal_context* c) { return *reinterpret_cast<Opened*>(const_cast<shoal_context*>(c)); }

  struct Buffer {
    shoal_buffer c;
    std::atomic<int> count;
    std::atomic<int>* live;
    Shape shape, strides;
  };
  static Buffer& self(shoal_buffer* b) { return *reinterpret_cast<Buffer*>(b); }

  static shoal_buffer* allocate(const shoal_context* c, int code, int bits, int rank, const std::int64_t* shape) {
    auto made = std::make_unique<Buffer>();
    made->count = 1;
    made->live = &self(c).host.live_arrays_;
    made->shape.assign(shape, shape + rank);
    made->strides.resize(static_cast<std::size_t>(rank));
    Index size = 1;
    for (int i = rank - 1; i >= 0; --i) made->strides[static_cast<std::size_t>(i)] = size, size *= shape[i];
    const std::size_t bytes = (static_cast<std::size_t>(size) * static_cast<std::size_t>(bits / 8) + 63) / 64 * 64;
    void* data = std::aligned_alloc(64, std::max<std::size_t>(bytes, 64));
    if (data == nullptr) return nullptr;
    std::memset(data, 0, bytes);
    made->c.array = {data,
                     1,
                     0,
                     rank,
                     static_cast<std::uint8_t>(code),
                     static_cast<std::uint8_t>(bits),
                     1,
                     made->shape.data(),
                     made->strides.data(),
                     0};
    made->c.retain = [](shoal_buffer* b) { ++self(b).count; };
    made->c.release = [](shoal_buffer* b) {
      if (--self(b).count > 0) return;
      --*self(b).live;
      std::free(b->array.data);
      delete &self(b);
    };
    ++*made->live;
    return &made.release()->c;
  }

  static int parallel(const shoal_context* c, std::int64_t n, std::int64_t block,
                      int (*body)(void*, std::int64_t, std::int64_t), void* user) {
    const std::int64_t blocks = block < 1 ? 0 : (n + block - 1) / block;
    std::atomic<std::int64_t> next{0};
    std::vector<int> status(static_cast<std::size_t>(blocks), SHOAL_OK);
    const auto work = [&] {
      for (std::int64_t i = next++; i < blocks; i = next++)
        status[static_cast<std::size_t>(i)] = body(user, i * block, std::min(n, (i + 1) * block));
    };
    std::vector<std::thread> threads;
    for (int t = 1; t < self(c).host.options_.threads; ++t) threads.emplace_back(work);
    work();
    for (std::thread& thread : threads) thread.join();
    for (const int s : status)
      if (s != SHOAL_OK) return s;
    return SHOAL_OK;
  }

  static std::uint64_t seed_of(std::uint64_t seed, std::string_view stream) { return Random(seed).fork(stream)(); }

  static const shoal_host* table() {
    static const shoal_host host = {
        sizeof(shoal_host),
        [](const shoal_context* c, int code, const char* message) {
          self(c).message = message;
          return code;
        },
        [](const shoal_context* c) { return self(c).message.c_str(); },
        &allocate,
        &parallel,
        [](const shoal_context* c, const char* stream) { return seed_of(self(c).seed, stream); },
        [](const shoal_context* c, std::int64_t, std::int64_t, const char*) {
          Host& h = self(c).host;
          return h.options_.cancel_after >= 0 && h.progress_calls_++ >= h.options_.cancel_after ? int{SHOAL_E_CANCELLED}
                                                                                                : int{SHOAL_OK};
        },
        [](const shoal_context* c, int level, const char* line) {
          Host& h = self(c).host;
          const std::lock_guard lock(h.mutex_);
          h.log_.push_back({static_cast<Level>(level), line});
        },
        [](const shoal_context* c, const char* name, double value, std::int64_t step) {
          self(c).host.scalars_.push_back({name, value, step});
        },
        [](const shoal_context* c, const char* name, std::int64_t index) -> const shoal_context* {
          Opened& parent = self(c);
          const std::uint64_t seed = Random(seed_of(parent.seed, name)).fork(static_cast<std::uint64_t>(index))();
          return &(new Opened(parent.host, seed))->c;
        },
        [](const shoal_context* c) { delete &self(c); },
        [](const shoal_context* c, const char* id) -> const void* {
          const Host& h = self(c).host;
          if (std::string_view(id) == "shoal.threads/1") return &h.options_.threads;
          return h.options_.data_folders && std::string_view(id) == "shoal.data-path/1" ? h.data_path_.data() : nullptr;
        }};
    return &host;
  }

  HostOptions options_;
  std::vector<const char*> data_path_;  // null-ended; empty without data_folders
  std::mutex mutex_;
  std::vector<LogLine> log_;
  std::vector<Scalar> scalars_;
  std::atomic<int> live_arrays_{0};
  std::atomic<std::int64_t> progress_calls_{0};
  Opened root_;
  Context context_;
};

}  // namespace testing
}  // namespace shoal

#endif  // SHOAL_TESTING_H_
