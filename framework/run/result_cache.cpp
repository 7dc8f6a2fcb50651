#include "framework/run/result_cache.h"

#include <system_error>

#include "framework/run/environment.h"
#include "framework/run/scalar_columns.h"
#include "framework/store/content.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

constexpr const char* kKeyFormat = "1";  // to be raised when the host computes something else from the same parts
constexpr Index kLargest = Index{1} << 30;

std::string device_kind(const at::Device& device) { return device.is_cpu() ? "cpu" : "cuda"; }

}  // namespace

KeyParts key_parts(const GraphNode& node, std::uint64_t seed, const InputContents& inputs, const at::Device& device) {
  KeyParts out = {{"format", kKeyFormat},
                  {"component", std::string(node.component.id())},
                  {"library", node.component.library->digest()}};
  if (node.parameters)
    for (auto& [name, value] : node.parameters->result_parts()) out.emplace_back("with " + name, std::move(value));
  if (node.component.has_trait("random")) out.emplace_back("seed", std::to_string(seed));
  if (node.component.library->descriptor.torch_tier()) {
    out.emplace_back("LibTorch", node.component.library->descriptor.torch_build);
    out.emplace_back("device", device_kind(device));
  }
  if (node.isolated) out.emplace_back("isolated", "yes");  // then what was fitted is not among its outputs
  if (!inputs.made.empty()) out.emplace_back("use", inputs.made);
  for (std::size_t port = 0; port < inputs.ports.size(); ++port)
    for (std::size_t i = 0; i < inputs.ports[port].size(); ++i) {
      const std::string number = inputs.ports[port].size() > 1 ? text("[{}]", i) : "";
      out.emplace_back("in " + node.ports[port].name + number, inputs.ports[port][i]);
    }
  return out;
}

const ordered_json* find_output(const Manifest& manifest, const std::string& output) {
  const auto values = manifest.outputs.find("values");
  if (values == manifest.outputs.end()) return nullptr;
  const auto found = values->find(output);
  return found == values->end() ? nullptr : &*found;
}

std::optional<Manifest> ResultCache::keep(const std::string& key, const KeyParts& parts, const Job& job,
                                          const std::vector<RunValue>& values, const WorkDone& done) {
  Manifest manifest{.key = key,
                    .parts = parts,
                    .node = job.node.name,
                    .experiment = experiment_,
                    .written = utc_now(),
                    .seconds = done.seconds,
                    .peak_rss_bytes = done.peak_rss_bytes,
                    .threads = services_.pool.threads()};
  const TakeArray take = [&](const ConstArray& array) {
    if (full_ || array.size() * bytes_of(array.dtype()) > kLargest) return content_digest(array, services_.pool);
    return manifest.blobs.emplace_back(store_.put(array, services_.pool));
  };
  try {
    ordered_json& described = manifest.outputs["values"];
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string& name = job.node.outputs[i].name;
      described[name] = describe_value(values[i], key + "." + name, job, take);
      const auto* array = std::get_if<Array>(&values[i]);
      if (array != nullptr && array->size() * bytes_of(array->dtype()) > kLargest) described[name]["is"] = "not kept";
    }
    if (!done.fit_seconds.empty()) manifest.outputs["fit_seconds"] = done.fit_seconds;
    if (!done.data.sha256.empty())
      manifest.outputs["data"] = {{"sha256", done.data.sha256}, {"shape", done.data.shape}, {"dtype", done.data.dtype}};
    if (!done.scalars.empty()) manifest.outputs["scalars"] = describe_scalars(done.scalars, take);
    if (!full_) store_.keep(manifest);
  } catch (const std::system_error& error) {
    full_ = true;
    store_.tell("S705", text("nothing more is kept in this run: {}", error.what()));
  }
  if (full_) return std::nullopt;
  return manifest;
}

Array ResultCache::get(const std::string& digest) { return store_.get(digest, allocate_in(services_), services_.pool); }

WorkDone ResultCache::work_done(const Manifest& manifest, const std::string& node) {
  WorkDone out{.seconds = manifest.seconds, .peak_rss_bytes = manifest.peak_rss_bytes};
  const ordered_json& outputs = manifest.outputs;
  if (outputs.contains("fit_seconds")) out.fit_seconds = outputs.at("fit_seconds").get<std::vector<double>>();
  if (outputs.contains("data"))
    out.data = {outputs.at("data").at("sha256"), outputs.at("data").at("shape"), outputs.at("data").at("dtype")};
  if (outputs.contains("scalars"))
    out.scalars = read_scalars(outputs.at("scalars"), node, [&](const std::string& digest) { return get(digest); });
  return out;
}

}  // namespace shoal::host
