// The YAML reader, and the reader of experiments behind it. What is read can be written, and read again to the same.
#include "framework/config/diagnostics.h"
#include "framework/config/emit.h"
#include "framework/config/source.h"
#include "framework/config/yaml.h"
#include "framework/graph/experiment.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shoal;
  config::Diagnostics diagnostics;
  const auto value =
      config::parse_yaml(config::Source::file("f.yaml", std::string(fuzz::view(data, size))), diagnostics);
  fuzz::require_that(value.has_value() != diagnostics.has_errors());
  if (value) {
    const std::string once = config::emit_yaml(*value);
    config::Diagnostics again;
    const auto second = config::parse_yaml(config::Source::file("g.yaml", once), again);
    fuzz::require_that(second.has_value() && config::emit_yaml(*second) == once);
    host::read_experiment(*value, diagnostics);
  }
  config::render(diagnostics);
  return 0;
}
