#include "framework/run/environment.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <ctime>
#include <fstream>

#include "framework/plugin/descriptor.h"

namespace shoal::host {
namespace {

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

std::string system_name() {
  utsname name{};
  uname(&name);
  return std::string(name.sysname) + " " + name.release + " " + name.machine;
}

}  // namespace

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

nlohmann::ordered_json describe_environment(const Registry& registry, const std::vector<std::string>& command,
                                            int threads, const std::string& device) {
  const Descriptor program = describe_program();
  nlohmann::ordered_json out;
  out["date"] = utc_now();
  out["command"] = command;
  out["shoal"] = {{"version", program.version},
                  {"abi", program.abi_major},
                  {"toolchain", program.toolchain},
                  {"build", SHOAL_BUILD}};
  out["libtorch"] = {{"version", program.torch}, {"build", program.torch_build}};
  out["machine"] = {{"system", system_name()},
                    {"cpu", cpu_model()},
                    {"processors", usable_processors()},
                    {"memory_bytes", sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGE_SIZE)}};
  out["threads"] = threads;
  out["device"] = device;
  out["plugins"] = nlohmann::ordered_json::array();
  for (const Library& library : registry.libraries())
    out["plugins"].push_back({{"name", library.descriptor.name},
                              {"version", library.descriptor.version},
                              {"file", library.file.string()},
                              {"sha256", library.digest()},
                              {"toolchain", library.descriptor.toolchain}});
  return out;
}

}  // namespace shoal::host
