#include "framework/conformance/watch.h"

#include <cstring>
#include <memory>

#include "framework/conformance/sheltered.h"

namespace shoal::host::conformance {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr unsigned char kCanary = 0xA5;

}  // namespace

/// A buffer of the host's behind which a forbidden page lies. As arrays are aligned, up to 63 bytes may lie between:
/// they are filled with a pattern, and looked at when the array is released.
struct Watch::Guarded {
  shoal_buffer c;  // first: a shoal_buffer* is a pointer to this
  std::atomic<int> references{1};
  shoal_buffer* original;
  Watch* watch;
  Sheltered memory;
  std::size_t bytes, slack;

  Guarded(const shoal_buffer& like, Watch* owner, std::size_t size, std::size_t gap)
      : c(like),
        original(const_cast<shoal_buffer*>(&like)),
        watch(owner),
        memory(size + gap, "an array of its own"),
        bytes(size),
        slack(gap) {
    std::memset(memory.data(), 0, bytes);
    std::memset(static_cast<char*>(memory.data()) + bytes, kCanary, slack);
    c.array.data = memory.data();
    c.retain = [](shoal_buffer* b) { ++reinterpret_cast<Guarded*>(b)->references; };
    c.release = [](shoal_buffer* b) {
      auto* self = reinterpret_cast<Guarded*>(b);
      if (--self->references > 0) return;
      self->look();
      self->original->release(self->original);
      delete self;
    };
  }

  void look() {
    const auto* end = static_cast<const unsigned char*>(memory.data()) + bytes;
    for (std::size_t i = 0; i < slack; ++i) {
      if (end[i] == kCanary) continue;
      const std::lock_guard lock(watch->mutex_);
      watch->overrun_ = text("it writes {} bytes beyond an array of {} bytes that it allocated", i + 1, bytes);
    }
  }
};

Watch::Watch(testing::Host& host, bool guarded) : guarded_(guarded) {
  auto* c = const_cast<shoal_context*>(host.context().c_context());  // the host's own member, which may be changed
  overlay_ = {*c->host, c->host, this};
  overlay_.table.allocate = &allocate;
  overlay_.table.seed = [](const shoal_context* context, const char* stream) {
    ++of(context).watch->streams_;
    return of(context).before->seed(context, stream);
  };
  overlay_.table.progress = [](const shoal_context* context, std::int64_t done, std::int64_t total, const char* unit) {
    Watch& watch = *of(context).watch;
    ++watch.progress_calls_;
    if (!watch.stopped_) return of(context).before->progress(context, done, total, unit);
    ++watch.stops_told_;
    return int{SHOAL_E_CANCELLED};
  };
  overlay_.table.open = [](const shoal_context* context, const char* name, std::int64_t index) {
    const shoal_context* opened = of(context).before->open(context, name, index);
    if (opened != nullptr) const_cast<shoal_context*>(opened)->host = context->host;
    return opened;
  };
  c->host = &overlay_.table;
}

bool Watch::gave(const shoal_buffer* buffer) const {
  const std::lock_guard lock(mutex_);
  return given_.contains(buffer);
}

shoal_buffer* Watch::allocate(const shoal_context* context, int code, int bits, int rank, const std::int64_t* shape) {
  Watch& watch = *of(context).watch;
  shoal_buffer* made = of(context).before->allocate(context, code, bits, rank, shape);
  if (made == nullptr) return nullptr;
  if (watch.guarded_) {
    std::size_t bytes = static_cast<std::size_t>(bits) / 8;
    for (int i = 0; i < rank; ++i) bytes *= static_cast<std::size_t>(shape[i]);
    made = allocate_guarded(watch, *made, bytes);
  }
  const std::lock_guard lock(watch.mutex_);
  watch.given_.insert(made);
  return made;
}

shoal_buffer* Watch::allocate_guarded(Watch& watch, const shoal_buffer& like, std::size_t bytes) {
  const std::size_t slack = (kAlignment - bytes % kAlignment) % kAlignment;
  return &(new Guarded(like, &watch, bytes, slack))->c;
}

}  // namespace shoal::host::conformance
