#include "framework/python/clusterer.h"

namespace shoal::python {
namespace {

struct Writer {
  shoal_state_writer c;  // first: a shoal_state_writer* is a pointer to this
  Context& context;
  BoundClusterer::State state = {};

  static int put(const shoal_state_writer* self, const char* name, const shoal_array* array) {
    Writer& writer = *reinterpret_cast<Writer*>(const_cast<shoal_state_writer*>(self));
    return detail::guarded(writer.context.c_context(),
                           [&] { writer.state[name] = writer.context.copy(ConstArray(*array)); });
  }
};

struct Reader {
  shoal_state_reader c;  // first, as above
  std::map<std::string, shoal_array> arrays = {};

  static const shoal_array* get(const shoal_state_reader* self, const char* name) {
    const auto& arrays = reinterpret_cast<const Reader*>(self)->arrays;
    const auto found = arrays.find(name);
    return found == arrays.end() ? nullptr : &found->second;
  }
};

}  // namespace

BoundClusterer::BoundClusterer(const host::ComponentEntry& entry, std::shared_ptr<const host::Parameters> parameters,
                               std::string node)
    : parameters_(std::move(parameters)), node_(std::move(node)) {
  Call call(1, 0);
  instance_ = std::make_unique<host::Instance>(entry, call.context(), parameters_->values());
}

BoundClusterer::Fitted BoundClusterer::fit(const FitInput& input, std::int64_t seed, int threads) {
  const std::unique_lock lock(mutex_);
  Call call(threads, seed_of(seed));
  Fitted out;
  out.clustering =
      call.run([&](Context& context) { return ClustererProxy(Object(instance_->object())).fit(context, input); });
  out.messages = call.take_messages();
  return out;
}

Call::Messages BoundClusterer::partial_fit(ConstArray batch, std::int64_t seed, int threads) {
  const std::unique_lock lock(mutex_);
  Call call(threads, seed_of(seed));
  return call.run([&](Context& context) {
    ClustererProxy(Object(instance_->object())).partial_fit(context, batch);
    return call.take_messages();
  });
}

void BoundClusterer::predict(ConstArray features, MutableArray labels, int threads) const {
  const std::shared_lock lock(mutex_);
  Call call(threads, 0);
  call.run([&](Context& context) {
    ClustererProxy(Object(instance_->object())).predict(context, features, labels);
    return true;
  });
}

BoundClusterer::State BoundClusterer::save() const {
  const std::shared_lock lock(mutex_);
  Call call(1, 0);
  Writer writer{{sizeof(shoal_state_writer), &Writer::put}, call.context()};
  const shoal_context* c = call.context().c_context();
  const Object object(instance_->object());
  detail::check_status(c, object.get<shoal_state_1>("state/1")->save(object.self(), c, &writer.c));
  return std::move(writer.state);
}

void BoundClusterer::load(const std::map<std::string, ConstArray>& state) {
  const std::unique_lock lock(mutex_);
  Call call(1, 0);
  Reader reader{{sizeof(shoal_state_reader), &Reader::get}};
  for (const auto& [name, view] : state) reader.arrays[name] = view.c_array();
  const shoal_context* c = call.context().c_context();
  const Object object(instance_->object());
  detail::check_status(c, object.get<shoal_state_1>("state/1")->load(object.self(), c, &reader.c));
}

}  // namespace shoal::python
