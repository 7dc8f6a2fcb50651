#include "framework/run/value.h"

namespace shoal::host {

Live::Live(Services& services, const ComponentEntry& entry, const Parameters& parameters, std::uint64_t seed,
           Listener* listener, std::vector<std::pair<std::string, std::vector<std::shared_ptr<Live>>>> inputs)
    : inputs_(std::move(inputs)),
      context_(services, seed, listener),
      instance_(entry, context_.context(), parameters.values()) {
  if (services.profile != nullptr && TimedObject::can_time(instance_.object()))
    timed_.emplace(instance_.object(), *services.profile);
  if (inputs_.empty()) return;
  const auto* table = object().get<shoal_inputs_1>("inputs/1");
  for (const auto& [port, lives] : inputs_) {
    std::vector<const shoal_object*> objects;
    // Itself, not what times it: a component may ask another for an interface that the host does not know.
    for (const auto& live : lives) objects.push_back(&live->instance_.object());
    const shoal_context* c = context_.context().c_context();
    detail::check_status(
        c, table->bind(object().self(), c, port.c_str(), static_cast<std::int64_t>(objects.size()), objects.data()));
  }
}

std::shared_ptr<Live> Made::make(Services& services, Listener* listener) const {
  std::vector<std::pair<std::string, std::vector<std::shared_ptr<Live>>>> bound;
  for (const auto& [port, mades] : inputs) {
    bound.emplace_back(port, std::vector<std::shared_ptr<Live>>{});
    for (const auto& made : mades) bound.back().second.push_back(made->use(services, listener));
  }
  return std::make_shared<Live>(services, entry, *parameters, seed, listener, std::move(bound));
}

std::shared_ptr<Live> Made::use(Services& services, Listener* listener) const {
  return shared != nullptr ? shared : make(services, listener);
}

}  // namespace shoal::host
