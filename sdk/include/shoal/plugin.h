// shoal/plugin.h: what makes a shared library a plugin.
//
//     SHOAL_PLUGIN("k-center", "0.1.0", "k-center by farthest-first traversal") {
//       plugin.add<KCenter, Params>("clusterer/k-center").random();
//     }
//
// Once in a library. `plugin` is a shoal::PluginBuilder; what the block throws refuses the library, with the message.
#ifndef SHOAL_PLUGIN_H_
#define SHOAL_PLUGIN_H_

#include <cstdint>
#include <initializer_list>
#include <new>
#include <type_traits>

#include "shoal/component.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// What one component says of itself beyond its parameters; each call adds a fact.
class ComponentBuilder {
 public:
  /// `keeper` has the memory of what it says.
  ComponentBuilder(detail::Keeper& keeper, shoal_component& component) : keeper_(&keeper), component_(&component) {
    component.size = sizeof(component);
    component.traits = keeper.make<const char*>();
  }

  /// It draws random numbers: the seed is part of its node's key.
  ComponentBuilder& random() { return trait("random"); }
  /// A clusterer whose labels may be −1.
  ComponentBuilder& noise() { return trait("noise"); }
  /// A clusterer that honours weights, or given initial centroids.
  ComponentBuilder& takes_weights() { return trait("input:weights"); }
  ComponentBuilder& takes_init() { return trait("input:init"); }
  /// The dtypes of features that it takes; without this, float32 and float64.
  ComponentBuilder& dtypes(std::initializer_list<DType> dtypes) {
    for (const DType dtype : dtypes) trait(name(dtype));
    return *this;
  }
  /// A transform whose result is int64, row numbers say, whatever its features are; without this, float32 or float64.
  ComponentBuilder& gives_int64() { return trait("gives:int64"); }

  /// An input port that must be wired. T is a kind (Dataset, Encoder, …) or Features, Labels, AnyArray, Number.
  template <typename T>
  ComponentBuilder& in(const char* name, const char* help) {
    return port(inputs_, name, T::kKind, help, SHOAL_REQUIRED);
  }
  /// The same, for components that offer the interface beyond their kind: `in<Encoder, Decoder>("encoder", …)` takes
  /// encoders that can decode, and planning refuses others.
  template <typename T, typename Interface>
  ComponentBuilder& in(const char* name, const char* help) {
    return port(inputs_, name, T::kKind, help, SHOAL_REQUIRED, detail::Bridge<Interface>::kId);
  }
  template <typename T>
  ComponentBuilder& optional_in(const char* name, const char* help) {
    return port(inputs_, name, T::kKind, help, 0);
  }
  /// An input port that takes a list of nodes, in order; it may be empty or left out.
  template <typename T>
  ComponentBuilder& list_in(const char* name, const char* help) {
    return port(inputs_, name, T::kKind, help, SHOAL_VARIADIC);
  }
  /// An output. `better` is SHOAL_HIGHER or SHOAL_LOWER where a number has a good direction. The first one is the
  /// default.
  template <typename T>
  ComponentBuilder& out(const char* name, const char* help, unsigned better = 0) {
    return port(outputs_, name, T::kKind, help, better);
  }

 private:
  using Ports = detail::PointerList<const shoal_port>;

  [[gnu::noinline]] ComponentBuilder& trait(const char* trait) {
    traits_.add(*keeper_, trait);
    component_->traits = traits_.items;
    return *this;
  }
  [[gnu::noinline]] ComponentBuilder& port(Ports& ports, const char* name, const char* type, const char* help,
                                           unsigned flags, const char* needs = nullptr) {
    auto* port = keeper_->make<shoal_port>();
    *port = {sizeof(shoal_port), flags, name, type, help, needs};
    ports.add(*keeper_, port);
    component_->inputs = inputs_.items;
    component_->outputs = outputs_.items;
    return *this;
  }

  detail::Keeper* keeper_;
  shoal_component* component_;
  detail::PointerList<const char> traits_;
  Ports inputs_, outputs_;
};

/// Collects a plugin's components; lives as long as the library, which is as long as the process.
class PluginBuilder {
 public:
  explicit PluginBuilder(const char* summary) : summary_(summary) {}

  /// Offers class T, made from Params (T(const Params&)), as `id`: "kind/name". `summary` is one line for lists; left
  /// out, it is the plugin's.
  template <typename T, typename Params = NoParams>
  ComponentBuilder& add(const char* id, const char* summary = nullptr) {
    auto& component = *keeper_.make<shoal_component>();
    components_.add(keeper_, &component);
    component.id = id;
    component.summary = summary != nullptr ? summary : summary_;
    component.params = detail::params_of<Params>();
    component.create = [](const shoal_context* context, const shoal_value* values, void** self) {
      return detail::guarded(context, [&] {
        [[maybe_unused]] const Params params = detail::read_params<Params>(values);
        if constexpr (std::is_constructible_v<T, const Params&>) *self = new T(params);
        else *self = new T();
      });
    };
    component.destroy = [](void* self) { delete static_cast<T*>(self); };
    component.find = [](const char* interface_id) {
      return detail::find_interface<T>(interface_id, typename T::Interfaces{});
    };
    detail::component_of<T> = &component;
    return *new (keeper_.make<ComponentBuilder>()) ComponentBuilder(keeper_, component);
  }

  /// The finished table: how many, and where.
  std::int32_t finish(const shoal_component* const** out) {
    *out = components_.items;
    return static_cast<std::int32_t>(components_.count);
  }

 private:
  const char* summary_;
  detail::Keeper keeper_;
  detail::PointerList<const shoal_component> components_;
};

}  // namespace shoal

#define SHOAL_PLUGIN(plugin_name, plugin_version, plugin_summary)                                                \
  static void shoal_fill_plugin(::shoal::PluginBuilder& plugin);                                                 \
  SHOAL_DESCRIBE(plugin_name, plugin_version);                                                                   \
  SHOAL_EXPORT std::int32_t shoal_plugin_v1(const shoal_context* context, const shoal_component* const** out) {  \
    std::int32_t count = 0;                                                                                      \
    const int status = ::shoal::detail::guarded(context, [&] {                                                   \
      static ::shoal::PluginBuilder* plugin = nullptr; /* lives as long as the library, which is never closed */ \
      plugin = new ::shoal::PluginBuilder(plugin_summary);                                                       \
      shoal_fill_plugin(*plugin);                                                                                \
      count = plugin->finish(out);                                                                               \
    });                                                                                                          \
    return status == SHOAL_OK ? count : -status;                                                                 \
  }                                                                                                              \
  static void shoal_fill_plugin([[maybe_unused]] ::shoal::PluginBuilder& plugin)

#endif  // SHOAL_PLUGIN_H_
