#ifndef SHOAL_FRAMEWORK_CONFIG_TESTING_H_
#define SHOAL_FRAMEWORK_CONFIG_TESTING_H_

// For the tests of this folder: texts in, findings out, both short.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/source.h"
#include "framework/config/value.h"
#include "framework/config/yaml.h"

namespace shoal::config {

/// "Y103 2:1" for each finding, sorted; the length follows where it is not 1: "Y103 2:1+3".
inline std::vector<std::string> found(const Diagnostics& diagnostics) {
  std::vector<std::string> out;
  for (const Diagnostic& d : diagnostics.sorted()) {
    std::string line = d.id + " " + std::to_string(d.place.line) + ":" + std::to_string(d.place.column);
    if (d.place.length != 1) line += "+" + std::to_string(d.place.length);
    out.push_back(std::move(line));
  }
  return out;
}

inline std::vector<std::string> messages(const Diagnostics& diagnostics) {
  std::vector<std::string> out;
  for (const Diagnostic& d : diagnostics.sorted()) out.push_back(d.message);
  return out;
}

/// What parse_yaml finds in a file "f.yaml" of this text.
inline std::vector<std::string> found_in(const std::string& text, const YamlLimits& limits = {}) {
  Diagnostics diagnostics;
  parse_yaml(Source::file("f.yaml", text), diagnostics, limits);
  return found(diagnostics);
}

/// A tree from text that has no errors.
inline Value yaml(const std::string& text) {
  Diagnostics diagnostics;
  std::optional<Value> value = parse_yaml(Source::file("f.yaml", text), diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render(diagnostics);
  return value ? *std::move(value) : Value{};
}

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_TESTING_H_
