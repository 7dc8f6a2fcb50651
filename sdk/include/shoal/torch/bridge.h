// shoal/torch/bridge.h: how a C++ component of the torch tier travels through the C table: as itself.
//
// Autograd has to cross, and no stable ABI carries it; so both sides must have been built with the very same LibTorch
// and C++ library. The descriptor says which, and the host refuses others before it opens the file.
#ifndef SHOAL_TORCH_BRIDGE_H_
#define SHOAL_TORCH_BRIDGE_H_

#include <cstdint>
#include <memory>

#include "shoal/component.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace detail {

/// The C table of every torch interface: the object behind `self`, as the interface's class.
struct TorchTable {
  std::uint32_t size;
  void* (*get)(void* self);
};

template <typename Interface>
struct TorchBridge {
  template <typename T>
  static const TorchTable* table() {
    static constexpr TorchTable table = {
        sizeof(TorchTable), [](void* self) -> void* { return static_cast<Interface*>(static_cast<T*>(self)); }};
    return &table;
  }
};

}  // namespace detail

/// The torch component behind an object: `torch_component<Augmentation>(object)`.
/// Throws Unsupported where it is of another kind.
template <typename Interface>
Interface& torch_component(const Object& object) {
  const auto* table = object.get<detail::TorchTable>(detail::Bridge<Interface>::kId);
  return *static_cast<Interface*>(table->get(object.self()));
}

}  // namespace shoal

#endif  // SHOAL_TORCH_BRIDGE_H_
