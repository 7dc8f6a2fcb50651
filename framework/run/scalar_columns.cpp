#include "framework/run/scalar_columns.h"

#include <algorithm>
#include <utility>

namespace shoal::host {

nlohmann::ordered_json describe_scalars(const std::vector<ScalarPoint>& scalars, const TakeArray& take) {
  std::vector<std::string> names;
  std::vector<std::int64_t> which, steps;
  std::vector<double> values;
  for (const ScalarPoint& point : scalars) {
    const auto known = std::find(names.begin(), names.end(), point.name);
    which.push_back(known - names.begin());
    if (known == names.end()) names.push_back(point.name);
    steps.push_back(point.step);
    values.push_back(point.value);
  }
  return {{"names", names},
          {"which", take(ConstArray(which))},
          {"steps", take(ConstArray(steps))},
          {"values", take(ConstArray(values))}};
}

std::vector<ScalarPoint> read_scalars(const nlohmann::ordered_json& described, const std::string& node,
                                      const std::function<Array(const std::string&)>& get) {
  const auto names = described.at("names").get<std::vector<std::string>>();
  const Array which = get(described.at("which")), steps = get(described.at("steps")),
              values = get(described.at("values"));
  std::vector<ScalarPoint> out;
  for (std::size_t i = 0; std::cmp_less(i, which.rows()); ++i) {
    const auto name = static_cast<std::size_t>(which.view().vector<std::int64_t>()[i]);
    out.push_back({.node = node,
                   .name = names.at(name),
                   .step = steps.view().vector<std::int64_t>()[i],
                   .value = values.view().vector<double>()[i]});
  }
  return out;
}

}  // namespace shoal::host
