// shoal/context.h: every service of the host, in one object that comes with a call.
#ifndef SHOAL_CONTEXT_H_
#define SHOAL_CONTEXT_H_

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "shoal/array.h"
#include "shoal/random.h"

namespace [[gnu::visibility("hidden")]] shoal {

namespace detail {

/// A lock for a few assignments. Not std::mutex, whose header takes longer to compile than this one.
class ShortLock {
 public:
  explicit ShortLock(std::atomic_flag& busy) : busy_(busy) {
    while (busy_.test_and_set(std::memory_order_acquire)) {
    }
  }
  ShortLock(const ShortLock&) = delete;
  ShortLock& operator=(const ShortLock&) = delete;
  ~ShortLock() { busy_.clear(std::memory_order_release); }

 private:
  std::atomic_flag& busy_;
};

/// What the blocks of one parallel_for threw: of several, what the lowest one did.
class Thrown {
 public:
  /// In a catch block.
  [[gnu::cold, gnu::noinline]] void keep(Index block) {
    const ShortLock lock(busy_);
    if (block_ < 0 || block < block_) block_ = block, what_ = std::current_exception();
  }
  void rethrow() const {
    if (what_) std::rethrow_exception(what_);
  }

 private:
  std::atomic_flag busy_;
  Index block_ = -1;
  std::exception_ptr what_ = nullptr;
};

}  // namespace detail

enum class Level { kDebug = SHOAL_DEBUG, kInfo = SHOAL_INFO, kWarning = SHOAL_WARNING };  ///< of a line of the log

/// The host's services during one call: memory, threads, chance, progress, log, scalars.
///
/// Threads  one thread at a time, but for what is marked [any].
class Context {
 public:
  explicit Context(const shoal_context* context) : context_(context) {}
  const shoal_context* c_context() const { return context_; }  ///< for calls of C functions

  /// [any] An array of the host, all zero. Throws std::bad_alloc.
  template <typename Scalar>
  Array allocate(std::span<const Index> shape) const {
    return allocate(dtype_of<Scalar>(), shape);
  }
  template <typename Scalar>
  Array allocate(std::initializer_list<Index> shape) const {
    return allocate(dtype_of<Scalar>(), std::span<const Index>(shape.begin(), shape.size()));
  }
  Array allocate(DType dtype, std::span<const Index> shape) const {
    const auto [code, bits] = detail::code_and_bits(dtype);
    shoal_buffer* buffer = context_->host->allocate(context_, code, bits, static_cast<int>(shape.size()), shape.data());
    if (buffer == nullptr) throw std::bad_alloc();
    return Array(buffer);
  }

  /// [any] A copy in the host's memory: of a vector (N), of a matrix (N, D) or an expression of Eigen's
  /// (shoal/matrix.h), of a view.
  template <typename Scalar>
  Array copy(const std::vector<Scalar>& values) const {
    return copy(ConstArray(values));
  }
  template <typename Derived>
  Array copy(const Eigen::MatrixBase<Derived>& matrix) const {
    using Scalar = typename Derived::Scalar;
    Array out = allocate<Scalar>({matrix.rows(), matrix.cols()});
    out.mutable_view().template matrix<Scalar>() = matrix;
    return out;
  }
  Array copy(ConstArray from) const {
    Array out = allocate(from.dtype(), from.shape());
    const Index row_bytes = from.cols() * bytes_of(from.dtype());
    auto* to = static_cast<char*>(out.mutable_view().bytes());
    const auto* source = static_cast<const char*>(from.bytes());
    const Index step = (from.rank() == 0 ? 1 : from.stride(0)) * bytes_of(from.dtype());
    for (Index i = 0; i < from.rows(); ++i)
      std::memcpy(to + i * row_bytes, source + i * step, static_cast<std::size_t>(row_bytes));
    return out;
  }

  /// Runs body(from, to) once for each block [i·block, min(n, (i+1)·block)) on the process's one thread pool. Blocks
  /// depend on `n` and `block` alone, so a sum kept per block and added in order is the same for any number of threads.
  /// What a body throws ends the call; of several, that of the lowest block. Within a body it runs serially.
  template <typename Body>
  void parallel_for(Index n, Index block, Body&& body) const {
    struct Work {
      std::remove_reference_t<Body>& body;
      detail::Thrown thrown = {};
    } work{body};
    const auto call = [](void* user, Index from, Index to) -> int {
      Work& w = *static_cast<Work*>(user);
      try {
        w.body(from, to);
        return SHOAL_OK;
      } catch (...) {
        w.thrown.keep(from);
        return SHOAL_E_FAILED;
      }
    };
    const int status = context_->host->parallel(context_, n, block, call, &work);
    work.thrown.rethrow();
    detail::check_status(context_, status);
  }

  /// The stream of this node for a purpose: the same for the same experiment seed, node and purpose, whatever else the
  /// experiment holds. Two calls of one name give the same numbers: keep the stream, or fork it.
  Random random(std::string_view purpose = "") const {
    return Random(context_->host->seed(context_, std::string(purpose).c_str()));
  }

  /// Says how far the work is; about once a second is enough, more often costs little. total 0: not known.
  /// Throws Cancelled when the user has stopped the run: let it pass.
  void progress(Index done, Index total, std::string_view unit = "") const {
    const int status = context_->host->progress(context_, done, total, std::string(unit).c_str());
    if (status == SHOAL_E_CANCELLED) throw Cancelled{};
    detail::check_status(context_, status);
  }

  /// [any] A line of the run's log; `pattern` is filled in as by `text`.
  template <typename... Arguments>
  void log(Level level, std::string_view pattern, const Arguments&... arguments) const {
    context_->host->log(context_, static_cast<int>(level), text(pattern, arguments...).c_str());
  }

  /// One number of a series: a loss at a step. It reaches metrics.jsonl, figures, and the output `name` of the node.
  void scalar(std::string_view name, double value, Index step) const {
    context_->host->scalar(context_, std::string(name).c_str(), value, step);
  }

  /// Folders where data is looked for, first to last: what --data and $SHOAL_DATA name, the project's data/, the
  /// install's data folder, the user's cache, /usr/share/datasets. They need not exist.
  /// The host says them by the extension "shoal.data-path/1" (a null-ended `const char* const*` that lives as long as
  /// the process). A host without it leaves those of $SHOAL_DATA, parted by ':', then ./data and /usr/share/datasets.
  std::vector<std::string> data_folders() const {
    std::vector<std::string> out;
    if (const void* said = context_->host->extension(context_, "shoal.data-path/1")) {
      for (auto folder = static_cast<const char* const*>(said); *folder != nullptr; ++folder) out.emplace_back(*folder);
      return out;
    }
    const char* variable = std::getenv("SHOAL_DATA");
    for (std::string_view rest = variable != nullptr ? variable : ""; !rest.empty();) {
      const std::string_view folder = rest.substr(0, rest.find(':'));
      if (!folder.empty()) out.emplace_back(folder);
      rest.remove_prefix(folder.size() < rest.size() ? folder.size() + 1 : folder.size());
    }
    out.emplace_back("data");
    out.emplace_back("/usr/share/datasets");
    return out;
  }

  /// [any] How many threads the process may work on: for a library behind the component that has a pool of its own.
  /// (What runs on the host's pool need not know.) The host says it by the extension "shoal.threads/1" (a `const
  /// std::int32_t*`); a host without it leaves the number of processors.
  int threads() const {
    if (const void* said = context_->host->extension(context_, "shoal.threads/1"))
      return *static_cast<const std::int32_t*>(said);
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : static_cast<int>(processors);
  }

 private:
  const shoal_context* context_;
};

/// As require_features(features, limits), on the pool: a scan of large features takes long on one thread.
inline void require_features(const Context& context, ConstArray features, FeatureLimits limits = {}) {
  constexpr Index kBlock = 1024;
  require_feature_shape(features, limits);
  context.parallel_for(features.rows(), kBlock, [&](Index from, Index to) { require_finite_rows(features, from, to); });
}

/// A context with random streams and messages of its own, for calls of another component: one for each epoch's
/// clustering, say, so that epochs do not repeat each other's chance.
class SubContext : public Context {
 public:
  SubContext(const Context& parent, std::string_view name, Index index = 0) : Context(open(parent, name, index)) {}
  SubContext(const SubContext&) = delete;
  SubContext& operator=(const SubContext&) = delete;
  ~SubContext() { c_context()->host->close(c_context()); }

 private:
  static const shoal_context* open(const Context& parent, std::string_view name, Index index) {
    const shoal_context* c = parent.c_context();
    const shoal_context* opened = c->host->open(c, std::string(name).c_str(), index);
    if (opened == nullptr) throw std::bad_alloc();
    return opened;
  }
};

}  // namespace shoal

#endif  // SHOAL_CONTEXT_H_
