#include "framework/store/manifest_file.h"

#include "framework/plugin/digest.h"

namespace shoal::host {
namespace {

constexpr std::size_t kDigestLine = 65;  // 64 digits and the end of the line

std::string digest_of(std::string_view bytes) { return Digest().bytes(bytes.data(), bytes.size()).hex(); }

Manifest manifest_in(const nlohmann::ordered_json& json) {
  Manifest out{.key = json.at("key"),
               .node = json.at("node"),
               .experiment = json.at("experiment"),
               .written = json.at("written"),
               .seconds = json.at("seconds"),
               .peak_rss_bytes = json.at("peak_rss_bytes"),
               .threads = json.at("threads"),
               .outputs = json.at("outputs"),
               .blobs = json.at("blobs")};
  for (const auto& part : json.at("parts")) out.parts.emplace_back(part.at(0), part.at(1));
  return out;
}

}  // namespace

std::string key_of(const KeyParts& parts) {
  Digest digest;
  for (const auto& [name, value] : parts) digest.text(name).text(value);
  return digest.hex();
}

const std::string* find_part(const KeyParts& parts, std::string_view name) {
  for (const auto& [key, value] : parts)
    if (key == name) return &value;
  return nullptr;
}

std::string write_manifest(const Manifest& manifest) {
  nlohmann::ordered_json json = {{"key", manifest.key}};
  json["parts"] = nlohmann::ordered_json::array();
  for (const auto& [name, value] : manifest.parts) json["parts"].push_back({name, value});
  json["node"] = manifest.node;
  json["experiment"] = manifest.experiment;
  json["written"] = manifest.written;
  json["seconds"] = manifest.seconds;
  json["peak_rss_bytes"] = manifest.peak_rss_bytes;
  json["threads"] = manifest.threads;
  json["outputs"] = manifest.outputs;
  json["blobs"] = manifest.blobs;
  std::string out = json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  return out + digest_of(out) + "\n";
}

Manifest read_manifest(std::string_view bytes) {
  const std::string_view body = bytes.substr(0, bytes.size() < kDigestLine ? 0 : bytes.size() - kDigestLine);
  if (body.empty() || bytes.substr(body.size()) != digest_of(body) + "\n")
    throw DamagedEntry("its bytes are not those that were written");
  try {
    return manifest_in(nlohmann::ordered_json::parse(body));
  } catch (const nlohmann::ordered_json::exception&) {
    throw DamagedEntry("another version of the program wrote it");
  }
}

}  // namespace shoal::host
