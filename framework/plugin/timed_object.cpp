#include "framework/plugin/timed_object.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

namespace shoal::host {
namespace {

using Self = TimedObject::Self;

/// Calls `function` of the interface `id` of the object behind `self`, as `name`.
template <typename Table, typename Function, typename... Argument>
int call(const void* self, const char* id, const char* name, Function Table::*function, Argument... argument) {
  const auto& timed = *static_cast<const Self*>(self);
  const auto* table = static_cast<const Table*>(timed.component->find(id));
  const Stretch stretch(timed.profile, SpanKind::call, timed.component->id, name);
  return (table->*function)(timed.self, argument...);
}

constexpr shoal_clusterer_1 kClusterer = {
    sizeof(shoal_clusterer_1),
    [](void* self, const shoal_context* c, const shoal_fit_input* in, shoal_clustering* out) {
      return call(self, "clusterer/1", "fit", &shoal_clusterer_1::fit, c, in, out);
    },
    [](const void* self, const shoal_context* c, const shoal_array* features, const shoal_array* labels) {
      return call(self, "clusterer/1", "predict", &shoal_clusterer_1::predict, c, features, labels);
    }};

constexpr shoal_partial_fit_1 kPartialFit = {
    sizeof(shoal_partial_fit_1), [](void* self, const shoal_context* c, const shoal_array* batch) {
      return call(self, "partial-fit/1", "partial_fit", &shoal_partial_fit_1::partial_fit, c, batch);
    }};

/// fit and columns may be null, which says something: so they are here too.
constexpr shoal_transform_1 transform(bool fits, bool has_columns) {
  return {sizeof(shoal_transform_1),
          fits ? +[](void* self, const shoal_context* c,
                     const shoal_array*
                         features) { return call(self, "transform/1", "fit", &shoal_transform_1::fit, c, features); }
               : nullptr,
          has_columns
              ? +[](const void* self, const shoal_context* c, std::int64_t in,
                    std::int64_t*
                        out) { return call(self, "transform/1", "columns", &shoal_transform_1::columns, c, in, out); }
              : nullptr,
          [](const void* self, const shoal_context* c, const shoal_array* features, const shoal_array* out) {
            return call(self, "transform/1", "apply", &shoal_transform_1::apply, c, features, out);
          }};
}
constexpr std::array kTransforms = {transform(false, false), transform(true, false), transform(false, true),
                                    transform(true, true)};

constexpr shoal_dataset_1 kDataset = {
    sizeof(shoal_dataset_1),
    [](void* self, const shoal_context* c, shoal_dataset_info* out) {
      return call(self, "dataset/1", "open", &shoal_dataset_1::open, c, out);
    },
    [](const void* self, const shoal_context* c, std::int64_t n, const std::int64_t* which, const shoal_array* examples,
       const shoal_array* labels) {
      return call(self, "dataset/1", "read", &shoal_dataset_1::read, c, n, which, examples, labels);
    }};

constexpr shoal_dataset_view_1 kView = {
    sizeof(shoal_dataset_view_1), [](const void* self, const shoal_context* c, shoal_dataset_view* out) {
      return call(self, "dataset-view/1", "view", &shoal_dataset_view_1::view, c, out);
    }};

constexpr shoal_metric_1 kMetric = {
    sizeof(shoal_metric_1),
    [](const void* self, const shoal_context* c, const shoal_array* const* inputs, const shoal_results* results) {
      return call(self, "metric/1", "compute", &shoal_metric_1::compute, c, inputs, results);
    }};

constexpr shoal_reporter_1 kReporter = {
    sizeof(shoal_reporter_1),
    [](void* self, const shoal_context* c, const char* folder, const char* experiment) {
      return call(self, "reporter/1", "begin", &shoal_reporter_1::begin, c, folder, experiment);
    },
    [](void* self, const shoal_context* c, const shoal_event* event) {
      return call(self, "reporter/1", "on_event", &shoal_reporter_1::on_event, c, event);
    }};

constexpr shoal_inputs_1 kInputs = {
    sizeof(shoal_inputs_1),
    [](void* self, const shoal_context* c, const char* port, std::int64_t count, const shoal_object* const* objects) {
      return call(self, "inputs/1", "bind", &shoal_inputs_1::bind, c, port, count, objects);
    }};

constexpr shoal_state_1 kState = {sizeof(shoal_state_1),
                                  [](const void* self, const shoal_context* c, const shoal_state_writer* writer) {
                                    return call(self, "state/1", "save", &shoal_state_1::save, c, writer);
                                  },
                                  [](void* self, const shoal_context* c, const shoal_state_reader* reader) {
                                    return call(self, "state/1", "load", &shoal_state_1::load, c, reader);
                                  }};

/// `find` of C takes no object, so what a component offers is part of the function: bits of a number.
enum Offers : unsigned { kOffersState = 1, kOffersInputs = 2, kFirst = 4, kSecond = 8, kAllOffers = 16 };

enum class Kind { clusterer, transform, dataset, metric, reporter };
constexpr std::array kKinds = {"clusterer/1", "transform/1", "dataset/1", "metric/1", "reporter/1"};

/// First: partial-fit, fit of a transform, dataset-view. Second: columns of a transform.
template <std::size_t kKind, unsigned kOffers>
const void* find(const char* id) {
  constexpr auto kind = static_cast<Kind>(kKind);
  const std::string_view wanted = id;
  if (wanted == kKinds[kKind]) {
    if constexpr (kind == Kind::clusterer) return &kClusterer;
    if constexpr (kind == Kind::transform) return &kTransforms[kOffers / kFirst];
    if constexpr (kind == Kind::dataset) return &kDataset;
    if constexpr (kind == Kind::metric) return &kMetric;
    if constexpr (kind == Kind::reporter) return &kReporter;
  }
  if (kind == Kind::clusterer && (kOffers & kFirst) != 0 && wanted == "partial-fit/1") return &kPartialFit;
  if (kind == Kind::dataset && (kOffers & kFirst) != 0 && wanted == "dataset-view/1") return &kView;
  if ((kOffers & kOffersState) != 0 && wanted == "state/1") return &kState;
  if ((kOffers & kOffersInputs) != 0 && wanted == "inputs/1") return &kInputs;
  return nullptr;
}

using Find = const void* (*)(const char*);

template <std::size_t kKind, std::size_t... kOffers>
constexpr std::array<Find, kAllOffers> finds_of_kind(std::index_sequence<kOffers...>) {
  return {&find<kKind, kOffers>...};
}
template <std::size_t... kKind>
constexpr std::array<std::array<Find, kAllOffers>, sizeof...(kKind)> all_finds(std::index_sequence<kKind...>) {
  return {finds_of_kind<kKind>(std::make_index_sequence<kAllOffers>())...};
}
constexpr auto kFinds = all_finds(std::make_index_sequence<kKinds.size()>());

std::size_t kind_of(const shoal_component& component) {
  const std::string_view id = component.id;
  const std::string interface = std::string(id.substr(0, id.find('/'))) + "/1";
  return static_cast<std::size_t>(std::find(kKinds.begin(), kKinds.end(), interface) - kKinds.begin());
}

unsigned offers_of(const shoal_component& component, Kind kind) {
  const auto has = [&](const char* id) { return component.find(id) != nullptr; };
  unsigned out = (has("state/1") ? kOffersState : 0u) | (has("inputs/1") ? kOffersInputs : 0u);
  if (kind == Kind::clusterer && has("partial-fit/1")) out |= kFirst;
  if (kind == Kind::dataset && has("dataset-view/1")) out |= kFirst;
  if (kind == Kind::transform) {
    const auto& table = *static_cast<const shoal_transform_1*>(component.find("transform/1"));
    out |= (table.fit != nullptr ? kFirst : 0u) | (table.columns != nullptr ? kSecond : 0u);
  }
  return out;
}

}  // namespace

bool TimedObject::can_time(const shoal_object& object) { return kind_of(*object.component) < kKinds.size(); }

TimedObject::TimedObject(const shoal_object& timed, Profile& profile)
    : self_{timed.component, timed.self, &profile}, component_{}, object_{sizeof(shoal_object), &component_, &self_} {
  std::memcpy(&component_, timed.component, std::min<std::size_t>(timed.component->size, sizeof(component_)));
  component_.size = std::min<std::uint32_t>(timed.component->size, sizeof(component_));
  const std::size_t kind = kind_of(*timed.component);
  component_.find = kFinds[kind][offers_of(*timed.component, static_cast<Kind>(kind))];
}

}  // namespace shoal::host
