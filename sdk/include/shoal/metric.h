// shoal/metric.h: the kind "metric". Portable: no LibTorch behind it.
#ifndef SHOAL_METRIC_H_
#define SHOAL_METRIC_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shoal/component.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// What a metric is computed from: the arrays wired to its input ports.
class Evidence {
 public:
  void add(std::string_view port, ConstArray array) { arrays_.emplace_back(port, array); }  ///< for who calls a metric

  /// Absent where an optional port is not wired.
  std::optional<ConstArray> find(std::string_view port) const {
    for (const auto& [name, array] : arrays_)
      if (name == port) return array;
    return std::nullopt;
  }
  /// Throws InputError where it is not wired.
  ConstArray operator[](std::string_view port) const {
    const auto found = find(port);
    require(found.has_value(), "nothing is wired to '{}'", port);
    return *found;
  }
  /// As labels (N) int64. Throws InputError for anything else.
  std::span<const std::int64_t> labels(std::string_view port) const { return (*this)[port].vector<std::int64_t>(); }

 private:
  std::vector<std::pair<std::string, ConstArray>> arrays_;
};

/// Where a metric puts what it computed, under the names of its declared outputs.
class Results {
 public:
  Results(const shoal_context* context, const shoal_results* results) : context_(context), results_(results) {}
  void number(const std::string& output, double value) {  ///< once for each declared number
    detail::check_status(context_, results_->number(results_, output.c_str(), value));
  }
  void array(const std::string& output, Array value) {  ///< once for each declared array, in memory of the host
    detail::check_status(context_, results_->array(results_, output.c_str(), value.release()));
  }

 private:
  const shoal_context* context_;
  const shoal_results* results_;
};

/// Numbers and tables that judge a result. Ports and outputs are declared in SHOAL_PLUGIN:
///
///     plugin.add<Quality>("metric/quality").in<Labels>("labels", "…").in<Labels>("predicted", "…")
///           .out<Number>("nmi", "…", SHOAL_HIGHER);
///
/// Threads  compute may run on several threads at once.
class Metric : public Component {
 public:
  static constexpr const char* kKind = "metric";

  /// Gives every declared output once; what needs an optional port, only where that is wired.
  /// Throws InputError  arrays of different length, labels below −1
  virtual void compute(Context& context, const Evidence& evidence, Results& results) const = 0;

  using Interfaces = InterfaceList<Metric>;
};

namespace detail {

template <>
struct Bridge<Metric> {
  static constexpr const char* kId = "metric/1";
  template <typename T>
  static const shoal_metric_1* table() {
    static constexpr shoal_metric_1 table = {
        sizeof(shoal_metric_1), [](const void* self, const shoal_context* context, const shoal_array* const* inputs,
                                   const shoal_results* results) {
          return guarded(context, [&] {
            Evidence evidence;
            const shoal_port* const* ports = component_of<T>->inputs;
            for (std::size_t i = 0; ports != nullptr && ports[i] != nullptr; ++i)
              if (inputs[i] != nullptr) evidence.add(ports[i]->name, ConstArray(*inputs[i]));
            Context c(context);
            Results out(context, results);
            static_cast<const T*>(self)->compute(c, evidence, out);
          });
        }};
    return &table;
  }
};

}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_METRIC_H_
