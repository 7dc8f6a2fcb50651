// .safetensors files: the bytes of each tensor lie in the file.
#include "tensors.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shoal;
  const std::string_view file = fuzz::view(data, size);
  fuzz::accepted([&] {
    std::size_t bytes = 0;
    for (const safetensors::Tensor& tensor : safetensors::read_tensors(file, "f")) {
      fuzz::require_that(tensor.bytes.empty() || (tensor.bytes.data() >= file.data() &&
                                                  tensor.bytes.data() + tensor.bytes.size() <= file.data() + size));
      bytes += tensor.bytes.size();
    }
    fuzz::require_that(bytes <= size);
  });
  return 0;
}
