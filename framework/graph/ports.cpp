#include "framework/graph/ports.h"

#include <cstddef>

namespace shoal::host {
namespace {

/// Ports of plugins that were built before there were needs are shorter.
std::string needs_of(const shoal_port& port) {
  constexpr auto kEnd = offsetof(shoal_port, needs) + sizeof(port.needs);
  return port.size >= kEnd && port.needs != nullptr ? port.needs : "";
}

void add_declared(const ComponentEntry& entry, Signature& out) {
  for (const shoal_port* const* p = entry.component->inputs; p != nullptr && *p != nullptr; ++p)
    out.inputs.push_back({.name = (*p)->name,
                          .type = (*p)->type,
                          .required = ((*p)->flags & SHOAL_REQUIRED) != 0,
                          .list = ((*p)->flags & SHOAL_VARIADIC) != 0,
                          .help = (*p)->help != nullptr ? (*p)->help : "",
                          .needs = needs_of(**p)});
  for (const shoal_port* const* p = entry.component->outputs; p != nullptr && *p != nullptr; ++p)
    out.outputs.push_back({.name = (*p)->name,
                           .type = (*p)->type,
                           .better = (*p)->flags & (SHOAL_HIGHER | SHOAL_LOWER),
                           .help = (*p)->help != nullptr ? (*p)->help : ""});
}

Signature clusterer_at_work(const ComponentEntry& entry, bool made) {
  Signature out;
  out.inputs.push_back({"data", "features", true, false, "what is clustered (N, D)"});
  out.outputs.push_back({"labels", "labels", 0, "the cluster of each example"});
  if (made) return out;
  if (entry.has_trait("input:weights"))
    out.inputs.push_back({"weights", "array", false, false, "how much each example counts (N)"});
  if (entry.has_trait("input:init"))
    out.inputs.push_back({"init", "features", false, false, "initial centroids (K, D)"});
  out.outputs.push_back({"clusterer", "clusterer", 0, "the fitted clusterer"});
  out.outputs.push_back({"centroids", "features", 0, "(K, D), where the method has them"});
  out.outputs.push_back({"sizes", "array", 0, "examples in each cluster (K)"});
  out.outputs.push_back({"inertia", "number", SHOAL_LOWER, "within-cluster sum of squares, by Shoal, in float64"});
  out.outputs.push_back({"within_cluster_variance", "number", SHOAL_LOWER, "inertia / N"});
  out.outputs.push_back({"clusters", "number", 0, "clusters that have examples"});
  out.outputs.push_back({"iterations", "number", SHOAL_LOWER, "passes over the features"});
  out.outputs.push_back({"fit_seconds", "number", SHOAL_LOWER, "wall time of fit, conversion left out"});
  out.outputs.push_back({"convert_seconds", "number", SHOAL_LOWER,
                         "wall time of turning features and results into another library's form and back"});
  return out;
}

}  // namespace

Work work_of(std::string_view kind) {
  if (kind == "metric" || kind == "trainer") return Work::always;
  if (kind == "transform" || kind == "encoder" || kind == "clusterer") return Work::with_data;
  return Work::never;
}

bool can_be_isolated(std::string_view kind) { return kind == "transform" || kind == "clusterer" || kind == "metric"; }

Signature signature_of(const ComponentEntry& entry, bool at_work, bool made) {
  const std::string kind(entry.kind());
  Signature out;
  if (!at_work) {
    out.outputs.push_back({kind, kind, 0, "the component itself"});
    if (kind == "dataset") out.outputs.push_back({"labels", "labels", 0, "the true label of each example"});
    add_declared(entry, out);
  } else if (kind == "transform") {
    out.inputs.push_back({"data", "features", true, false, "what is transformed (N, D)"});
    out.outputs.push_back({"features", "features", 0, "the transformed features (N, D')"});
    if (!made) out.outputs.push_back({"transform", "transform", 0, "the fitted transform"});
  } else if (kind == "encoder") {
    out.inputs.push_back({"data", "dataset", true, false, "the examples to embed"});
    out.outputs.push_back({"features", "features", 0, "their embeddings (N, E)"});
  } else if (kind == "clusterer") {
    out = clusterer_at_work(entry, made);
  } else {
    add_declared(entry, out);
  }
  return out;
}

bool fits(const PortType& from, const PortType& to) {
  if (from == to) return true;
  if (to == "features") return from == "dataset" || from == "array";
  if (to == "array") return from == "features" || from == "labels";
  if (to == "number") return from == "series";
  return false;
}

std::string describe_port_type(const PortType& type) {
  if (type == "features") return "features (N, D)";
  if (type == "labels") return "labels (N)";
  if (type == "series") return "a series of numbers";
  if (type == "number") return "a number";
  if (type == "array") return "an array";
  const bool vowel = std::string_view("aeiou").find(type.front()) != std::string_view::npos;
  return (vowel ? "an " : "a ") + type;
}

}  // namespace shoal::host
