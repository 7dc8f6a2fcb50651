// The reader of a plugin's descriptor: it is given whatever lies in a folder of plugins.
#include "framework/plugin/descriptor.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shoal;
  const fuzz::MemoryFile file(fuzz::view(data, size));
  const auto found = host::read_descriptor(file.path());
  host::Descriptor program;
  program.abi_major = 1;
  program.sdk = "0";
  if (const auto* descriptor = std::get_if<host::Descriptor>(&found)) host::why_incompatible(*descriptor, program);
  return 0;
}
