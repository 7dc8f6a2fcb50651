#include "framework/plugin/services.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "shoal/random.h"

namespace shoal::host {

struct NodeContext::Opened {
  shoal_context c;  // first: a shoal_context* is a pointer to this
  Services* services;
  Listener* listener;
  std::uint64_t seed;
  std::string prefix;  // of progress and scalars: "" at the root
  std::string message;
};

namespace {

using Opened = NodeContext::Opened;

Opened& of(const shoal_context* context) { return *reinterpret_cast<Opened*>(const_cast<shoal_context*>(context)); }

struct Buffer {
  shoal_buffer c;  // first: a shoal_buffer* is a pointer to this
  std::atomic<int> references{1};
  Services* services;
  std::vector<Index> shape, strides;
};

void retain(shoal_buffer* buffer) {
  reinterpret_cast<Buffer*>(buffer)->references.fetch_add(1, std::memory_order_relaxed);
}

void release(shoal_buffer* buffer) {
  auto* self = reinterpret_cast<Buffer*>(buffer);
  if (self->references.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  --self->services->live_arrays;
  std::free(self->c.array.data);
  delete self;
}

/// The bytes of an array, or −1 where their number overflows.
Index bytes_needed(int bits, std::span<const Index> shape) {
  Index bytes = bits / 8;
  for (const Index size : shape)
    if (size < 0 || __builtin_mul_overflow(bytes, size, &bytes)) return -1;
  return bytes;
}

shoal_buffer* new_buffer(Services& services, int code, int bits, std::span<const Index> shape) {
  const Index bytes = bytes_needed(bits, shape);
  if (bytes < 0) return nullptr;
  const auto rounded = std::max<std::size_t>((static_cast<std::size_t>(bytes) + 63) / 64 * 64, 64);
  void* data = std::aligned_alloc(64, rounded);
  if (data == nullptr) return nullptr;
  std::memset(data, 0, rounded);
  auto* made = new Buffer;
  made->services = &services;
  made->shape.assign(shape.begin(), shape.end());
  made->strides.resize(shape.size());
  Index stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    made->strides[i] = stride;
    stride *= std::max<Index>(shape[i], 1);
  }
  made->c.array = {data,
                   1,
                   0,
                   static_cast<std::int32_t>(shape.size()),
                   static_cast<std::uint8_t>(code),
                   static_cast<std::uint8_t>(bits),
                   1,
                   made->shape.data(),
                   made->strides.data(),
                   0};
  made->c.retain = &retain;
  made->c.release = &release;
  ++services.live_arrays;
  return &made->c;
}

int fail(const shoal_context* context, int code, const char* message) {
  of(context).message = message;
  return code;
}

shoal_buffer* allocate(const shoal_context* context, int code, int bits, int rank, const std::int64_t* shape) {
  return new_buffer(*of(context).services, code, bits, {shape, static_cast<std::size_t>(rank)});
}

int parallel(const shoal_context* context, std::int64_t n, std::int64_t block,
             int (*body)(void*, std::int64_t, std::int64_t), void* user) {
  if (n <= 0) return SHOAL_OK;
  if (block < 1) return fail(context, SHOAL_E_INPUT, "parallel: a block must hold at least 1");
  std::atomic<std::int64_t> failed_block{-1};
  std::mutex mutex;
  int failed_status = SHOAL_OK;
  of(context).services->pool.run((n + block - 1) / block, [&](std::int64_t i) {
    const int status = body(user, i * block, std::min(n, (i + 1) * block));
    if (status == SHOAL_OK) return;
    const std::lock_guard lock(mutex);
    if (failed_block >= 0 && failed_block < i) return;
    failed_block = i;
    failed_status = status;
  });
  return failed_status;
}

std::uint64_t seed(const shoal_context* context, const char* stream) {
  return Random(of(context).seed).fork(std::string_view(stream))();
}

int progress(const shoal_context* context, std::int64_t done, std::int64_t total, const char* unit) {
  Opened& self = of(context);
  if (self.services->cancelled || self.services->out_of_time) return SHOAL_E_CANCELLED;
  if (self.listener != nullptr && self.prefix.empty()) self.listener->progress(unit, done, total);
  return SHOAL_OK;
}

void log(const shoal_context* context, int level, const char* line) {
  Opened& self = of(context);
  // What a component tells while another one calls it, each epoch say, is a detail; a warning is not.
  if (!self.prefix.empty()) level = level == SHOAL_INFO ? int{SHOAL_DEBUG} : level;
  if (self.listener != nullptr) self.listener->log(static_cast<Level>(level), self.prefix + line);
}

void scalar(const shoal_context* context, const char* name, double value, std::int64_t step) {
  Opened& self = of(context);
  if (self.listener != nullptr && self.prefix.empty()) self.listener->scalar(name, value, step);
}

const shoal_context* open(const shoal_context* context, const char* name, std::int64_t index) {
  const Opened& self = of(context);
  const std::uint64_t seed = Random(self.seed).fork(std::string_view(name)).fork(static_cast<std::uint64_t>(index))();
  auto* opened = new Opened{
      self.c, self.services, self.listener, seed, self.prefix + name + " " + std::to_string(index) + ": ", {}};
  return &opened->c;
}

void close(const shoal_context* context) { delete &of(context); }

/// "shoal.data-path/1": const char* const*, the folders where datasets look, in order.
/// "shoal.threads/1": const int32_t*, how many threads this process works on.
/// Others are the listener's: "shoal.checkpoint/1" of a node whose work is kept.
const void* extension(const shoal_context* context, const char* id) {
  const Opened& self = of(context);
  if (self.listener != nullptr && self.prefix.empty())
    if (const void* found = self.listener->extension(id)) return found;
  if (std::string_view(id) == "shoal.threads/1") return &of(context).services->threads;
  if (std::string_view(id) != "shoal.data-path/1") return nullptr;
  struct Texts {
    std::vector<std::string> texts;
    std::vector<const char*> pointers;
  };
  static std::mutex mutex;
  static auto& kept = *new std::map<const Services*, Texts>;
  const std::lock_guard lock(mutex);
  const Services* services = of(context).services;
  Texts& texts = kept[services];
  if (texts.pointers.empty()) {
    for (const auto& folder : services->data_folders) texts.texts.push_back(folder.string());
    for (const auto& folder : texts.texts) texts.pointers.push_back(folder.c_str());
    texts.pointers.push_back(nullptr);
  }
  return texts.pointers.data();
}

constexpr shoal_host kHost = {
    sizeof(shoal_host),
    &fail,
    [](const shoal_context* c) { return of(c).message.c_str(); },
    &allocate,
    &parallel,
    &seed,
    &progress,
    &log,
    &scalar,
    &open,
    &close,
    &extension,
};

}  // namespace

Array allocate_array(Services& services, DType dtype, std::span<const Index> shape) {
  const auto [code, bits] = detail::code_and_bits(dtype);
  shoal_buffer* buffer = new_buffer(services, code, bits, shape);
  if (buffer == nullptr) throw std::bad_alloc();
  return Array(buffer);
}

NodeContext::NodeContext(Services& services, std::uint64_t seed, Listener* listener)
    : services_(services),
      root_(new Opened{{sizeof(shoal_context), &kHost}, &services, listener, seed, "", {}}),
      context_(&root_->c) {}

NodeContext::~NodeContext() { delete root_; }

std::uint64_t node_seed(std::int64_t experiment_seed, const std::string& node) {
  return Random(static_cast<std::uint64_t>(experiment_seed)).fork(std::string_view(node))();
}

}  // namespace shoal::host
