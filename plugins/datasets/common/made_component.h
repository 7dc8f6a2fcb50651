// For tests of datasets: a component made in a test as the program makes it: from its plugin's table, by name, with
// parameters by name, through the C border.
//
//     shoal::testing::MadeComponent subset(host, shoal_plugin_v1, "dataset/subset", {{"count", 10}});
//     subset.bind("data", {other});
//     shoal::DatasetProxy data(subset.object());
#ifndef SHOAL_PLUGINS_DATASETS_COMMON_MADE_COMPONENT_H_
#define SHOAL_PLUGINS_DATASETS_COMMON_MADE_COMPONENT_H_

#include <deque>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "shoal/component.h"
#include "shoal/testing.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace testing {

/// A parameter's value. Literals are int, double, bool or text.
using Value = std::variant<bool, int, double, std::string, std::vector<std::int64_t>, std::vector<std::string>>;
using Values = std::map<std::string, Value>;

/// A component at work. Keep the host longer, and what is bound to it.
class MadeComponent {
 public:
  /// Throws InputError for a name that the plugin or the component does not have, and what the component throws.
  MadeComponent(Host& host, shoal_plugin_fn* plugin, const std::string& id, const Values& given = {}) : host_(&host) {
    const shoal_context* context = host.context().c_context();
    for (const shoal_component* component : components_of(plugin, context))
      if (id == component->id) component_ = component;
    require(component_ != nullptr, "the plugin has no component '{}'", id);
    const std::vector<shoal_value> values = typed(given);
    detail::check_status(context, component_->create(context, values.data(), &self_));
    object_ = {sizeof(shoal_object), component_, self_};
  }
  MadeComponent(const MadeComponent&) = delete;
  MadeComponent& operator=(const MadeComponent&) = delete;
  ~MadeComponent() {
    if (self_ != nullptr) component_->destroy(self_);
  }

  Object object() const { return Object(object_); }

  /// Wires `others` to a port, as the program does before any other call.
  void bind(const std::string& port, const std::vector<const MadeComponent*>& others) {
    std::vector<const shoal_object*> objects;
    for (const MadeComponent* other : others) objects.push_back(&other->object_);
    const shoal_context* context = host_->context().c_context();
    const auto* inputs = object().get<shoal_inputs_1>("inputs/1");
    detail::check_status(
        context, inputs->bind(self_, context, port.c_str(), static_cast<std::int64_t>(objects.size()), objects.data()));
  }

 private:
  // A plugin is asked once in a process, as the program asks it.
  static const std::vector<const shoal_component*>& components_of(shoal_plugin_fn* plugin,
                                                                  const shoal_context* context) {
    static std::map<shoal_plugin_fn*, std::vector<const shoal_component*>> asked;
    const auto [entry, first] = asked.try_emplace(plugin);
    if (!first) return entry->second;
    const shoal_component* const* components = nullptr;
    const std::int32_t count = plugin(context, &components);
    if (count < 0) detail::check_status(context, -count);
    entry->second.assign(components, components + count);
    return entry->second;
  }

  std::vector<shoal_value> typed(const Values& given) {
    std::vector<shoal_value> out;
    std::size_t used = 0;
    for (const shoal_param* const* p = component_->params; *p != nullptr; ++p) {
      const auto found = given.find((*p)->name);
      used += found != given.end() ? 1 : 0;
      out.push_back(found != given.end() ? typed(**p, found->second) : (*p)->initial);
    }
    require(used == given.size(), "{} of {} parameters are not known to {}", given.size() - used, given.size(),
            component_->id);
    return out;
  }
  shoal_value typed(const shoal_param& param, const Value& given) {
    return std::visit(
        [&]<typename T>(const T& value) {
          if constexpr (std::is_same_v<T, int>) {
            return param.type == SHOAL_REAL ? table_.value(static_cast<double>(value))
                                            : table_.value(std::int64_t{value});
          } else {
            return table_.value(value);
          }
        },
        given);
  }

  Host* host_;
  detail::ParamTable table_;  // keeps texts and lists
  const shoal_component* component_ = nullptr;
  void* self_ = nullptr;
  shoal_object object_{};
};

}  // namespace testing
}  // namespace shoal

#endif  // SHOAL_PLUGINS_DATASETS_COMMON_MADE_COMPONENT_H_
