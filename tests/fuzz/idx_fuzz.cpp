// IDX files, plain or packed. A whole file that is taken has the header that is read without its data.
#include "idx_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shoal;
  const fuzz::MemoryFile file(fuzz::view(data, size));
  idx::IdxHeader header;
  idx::IdxFile whole;
  const bool headed = fuzz::accepted([&] { header = idx::read_idx_header(file.path()); });
  if (!fuzz::accepted([&] { whole = idx::load_idx(file.path()); })) return 0;
  fuzz::require_that(headed && whole.header == header && whole.data.size() == header.data_bytes);
  return 0;
}
