// testing_python.h: what tests of plugins that call Python begin with.
#ifndef SHOAL_PLUGINS_TESTING_PYTHON_H_
#define SHOAL_PLUGINS_TESTING_PYTHON_H_

#include <gtest/gtest.h>

#include <exception>
#include <string>
#include <vector>

#include "python_interpreter.h"
#include "shoal/testing.h"

/// Why Python cannot be tried here with that module; "" where it can.
inline std::string why_no(const char* module) {
  try {
    shoal::testing::Host host;
    start_python(host.context());
    const py::gil_scoped_acquire gil;
    runtime().attr("require_module")(module);
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

/// The message of the error that `work` throws.
template <typename Thrown, typename Work>
std::string error_from(Work&& work) {
  try {
    work();
  } catch (const Thrown& error) {
    return error.what();
  }
  return "nothing was thrown";
}

/// A host, and a test that is skipped where there is no Python with NumPy.
class WithPython : public ::testing::Test {
 protected:
  void SetUp() override {
    static const std::string reason = why_no("numpy");
    if (!reason.empty()) GTEST_SKIP() << reason;
  }

  /// What the host was told so far.
  std::vector<std::string> log() const {
    std::vector<std::string> lines;
    for (const auto& line : host_.log()) lines.push_back(line.text);
    return lines;
  }

  shoal::testing::Host host_{{.threads = 2, .seed = 7}};
};

#endif  // SHOAL_PLUGINS_TESTING_PYTHON_H_
