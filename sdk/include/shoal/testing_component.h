// shoal/testing_component.h: the components of the plugin that a test is linked with, made as the host makes them.
//
//     shoal::testing::Host host;
//     shoal::testing::Made pca(host.context(), "transform/pca", {{"components", 2}});
//     shoal::TransformProxy(pca.object(), host.context()).fit(host.context(), shoal::ConstArray(points));
//
// Bounds of parameters are the host's to check; they are not checked here.
#ifndef SHOAL_TESTING_COMPONENT_H_
#define SHOAL_TESTING_COMPONENT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "shoal/component.h"
#include "shoal/matrix.h"
#include "shoal/metric.h"
#include "shoal/testing.h"

SHOAL_EXPORT std::int32_t shoal_plugin_v1(const shoal_context* context, const shoal_component* const** out);

namespace [[gnu::visibility("hidden")]] shoal {
namespace testing {

/// A component at work.
class Made {
 public:
  using Value = std::variant<bool, int, double, const char*>;  ///< of a parameter

  /// `given` over the defaults. Throws InputError for an id or a parameter that there is not.
  Made(Context& context, std::string_view id, const std::map<std::string, Value>& given = {}) {
    const shoal_component& component = find(context, id);
    std::vector<shoal_value> values;
    std::size_t used = 0;
    for (const shoal_param* const* param = component.params; *param != nullptr; ++param) {
      const auto found = given.find((*param)->name);
      values.push_back(found == given.end() ? (*param)->initial : value(found->second));
      used += found != given.end();
    }
    require(used == given.size(), "{} of the {} parameters given are not those of {}", given.size() - used,
            given.size(), id);
    object_ = {sizeof(shoal_object), &component, nullptr};
    detail::check_status(context.c_context(), component.create(context.c_context(), values.data(), &object_.self));
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  ~Made() { object_.component->destroy(object_.self); }

  Object object() const { return Object(object_); }  ///< for a proxy: ClustererProxy(made.object())

 private:
  static const shoal_component& find(Context& context, std::string_view id) {
    static const shoal_component* const* components = nullptr;
    static const std::int32_t count = shoal_plugin_v1(context.c_context(), &components);
    for (std::int32_t i = 0; i < count; ++i)
      if (components[i]->id == id) return *components[i];
    throw InputError(text("this plugin has no '{}'", id));
  }
  static shoal_value value(const Value& given) {
    shoal_value out{};
    if (const auto* b = std::get_if<bool>(&given)) out.type = SHOAL_BOOL, out.as.integer = *b;
    if (const auto* i = std::get_if<int>(&given)) out.type = SHOAL_INT, out.as.integer = *i;
    if (const auto* r = std::get_if<double>(&given)) out.type = SHOAL_REAL, out.as.real = *r;
    if (const auto* t = std::get_if<const char*>(&given)) {
      out.type = SHOAL_TEXT;
      out.as.text = *t;
      out.count = static_cast<std::int64_t>(std::string_view(*t).size());
    }
    return out;
  }

  shoal_object object_{};
};

/// The state of a component, to put into another that was made from the same parameters.
class SavedState {
 public:
  SavedState(Context& context, const Object& from) : context_(context) {
    struct Writer {
      shoal_state_writer c;
      SavedState& saved;
    } writer{{sizeof(shoal_state_writer),
              [](const shoal_state_writer* self, const char* name, const shoal_array* array) {
                SavedState& saved = reinterpret_cast<Writer*>(const_cast<shoal_state_writer*>(self))->saved;
                saved.arrays_[name] = saved.context_.copy(ConstArray(*array));
                return int{SHOAL_OK};
              }},
             *this};
    const shoal_context* c = context.c_context();
    detail::check_status(c, from.get<shoal_state_1>("state/1")->save(from.self(), c, &writer.c));
    for (const auto& [name, array] : arrays_) views_[name] = array.view();
    for (const auto& [name, view] : views_) c_arrays_[name] = view.c_array();
  }
  SavedState(const SavedState&) = delete;
  SavedState& operator=(const SavedState&) = delete;

  void load_into(const Object& to) const {  ///< made from the same parameters
    struct Reader {
      shoal_state_reader c;
      const SavedState& saved;
    } reader{{sizeof(shoal_state_reader),
              [](const shoal_state_reader* self, const char* name) -> const shoal_array* {
                const auto& arrays = reinterpret_cast<const Reader*>(self)->saved.c_arrays_;
                const auto found = arrays.find(name);
                return found == arrays.end() ? nullptr : &found->second;
              }},
             *this};
    const shoal_context* c = context_.c_context();
    detail::check_status(c, to.get<shoal_state_1>("state/1")->load(to.self(), c, &reader.c));
  }

 private:
  Context& context_;
  std::map<std::string, Array> arrays_;
  std::map<std::string, ConstArray> views_;
  std::map<std::string, shoal_array> c_arrays_;
};

/// What a metric gave.
struct Measured {
  std::map<std::string, double> numbers;  ///< by output
  std::map<std::string, Array> arrays;    ///< by output
};

/// Computes `metric` from arrays wired to its ports. Throws what it threw.
inline Measured measure(Context& context, const Object& metric, const std::map<std::string, ConstArray>& wired) {
  struct Sink {
    shoal_results c;
    Measured measured;
  } sink{{sizeof(shoal_results),
          [](const shoal_results* self, const char* output, double value) {
            reinterpret_cast<Sink*>(const_cast<shoal_results*>(self))->measured.numbers[output] = value;
            return int{SHOAL_OK};
          },
          [](const shoal_results* self, const char* output, shoal_buffer* value) {
            reinterpret_cast<Sink*>(const_cast<shoal_results*>(self))->measured.arrays[output] = Array(value);
            return int{SHOAL_OK};
          }},
         {}};
  std::vector<shoal_array> arrays;
  std::vector<const shoal_array*> inputs;
  arrays.reserve(wired.size());
  for (const shoal_port* const* port = metric.component().inputs; *port != nullptr; ++port) {
    const auto found = wired.find((*port)->name);
    inputs.push_back(found == wired.end() ? nullptr : &arrays.emplace_back(found->second.c_array()));
  }
  const auto* table = metric.get<shoal_metric_1>("metric/1");
  detail::check_status(context.c_context(), table->compute(metric.self(), context.c_context(), inputs.data(), &sink.c));
  return std::move(sink.measured);
}

}  // namespace testing
}  // namespace shoal

#endif  // SHOAL_TESTING_COMPONENT_H_
