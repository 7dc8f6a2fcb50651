#include "framework/conformance/library_cases.h"

#include <sys/resource.h>

#include "framework/plugin/elf_file.h"
#include "framework/plugin/scan.h"

namespace shoal::host::conformance {
namespace {

void one_symbol(const Library& library) {
  std::size_t others = 0;
  std::string first;
  for (const ExportedSymbol& symbol : exported_symbols(library.file)) {
    expect(!symbol.unique,
           "its symbol {} is one for the whole process, whichever library came first: compile with "
           "-fno-gnu-unique (shoal_add_plugin does)",
           symbol.name);
    if (symbol.name == "shoal_plugin_v1") continue;
    if (others++ == 0) first = symbol.name;
  }
  expect(others == 0,
         "it exports {} symbols beside shoal_plugin_v1, {} for one, which those of other libraries can "
         "clash with: compile with -fvisibility=hidden (shoal_add_plugin does)",
         others, first);
}

/// The processor's time of the processes that this one has waited for: that of a busy machine is no longer.
double seconds_of_children() {
  rusage used = {};
  getrusage(RUSAGE_CHILDREN, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void scans_well(const Library& library, const std::filesystem::path& program) {
  Scan scan(program, {});
  const double before = seconds_of_children();
  const ScanVerdict found = scan.judge({library.file}).at(0);
  const double seconds = seconds_of_children() - before;
  expect(!found.reason, "{}", found.reason.value_or(""));
  expect(found.warnings.empty(), "{}", found.warnings.empty() ? "" : found.warnings[0]);
  // Ten times what a plugin takes, LibTorch's own half second aside.
  const double most = library.descriptor.torch_tier() ? 6 : 3;
  expect(seconds < most, "opening it takes {} s of the processor: what takes long belongs where it is needed", seconds);
}

void says_who_it_is(const Library& library) {
  expect(!library.descriptor.name.empty(), "its descriptor has no name");
  expect(!library.descriptor.version.empty(), "its descriptor has no version");
  expect(!library.components.empty(), "it has no components");
}

}  // namespace

Cases library_cases(const Library& library, const std::filesystem::path& scan_program) {
  const Library* l = &library;
  return {
      {"says-who-it-is", "a name, a version, and components", [l] { says_who_it_is(*l); }},
      {"one-exported-symbol", "nothing but shoal_plugin_v1 is visible from outside", [l] { one_symbol(*l); }},
      {"scan-quick", "it opens quickly, and disturbs nothing", [l, scan_program] { scans_well(*l, scan_program); }},
  };
}

}  // namespace shoal::host::conformance
