// tensors.h: what stands before the numbers of a safetensors file.
//
// Eight bytes, the length of the header as a little-endian number; the header, JSON: for each tensor its dtype, shape
// and the place of its bytes in what follows, and "__metadata__" with texts; then the bytes, without gaps. Source:
// https://github.com/huggingface/safetensors, its README and safetensors/src/tensor.rs, whose checks these are.
#ifndef SHOAL_DATASETS_TENSORS_H_
#define SHOAL_DATASETS_TENSORS_H_

#include <string>
#include <string_view>
#include <vector>

#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] safetensors {

struct Tensor {
  std::string name;
  std::string dtype;       ///< as the file says it: "F32"
  shoal::Shape shape;      ///< every size ≥ 0; none: a single number
  std::string_view bytes;  ///< in the file
};

/// The tensors of the file whose bytes are `file`, in the order in which they lie there. `name` is for messages.
/// Throws InputError  shorter than its header says, a header of more than 100 MB or none of JSON, a key twice or one
///                    that is not known, a tensor of unknown dtype or whose shape does not fit its bytes, bytes that
///                    overlap, that belong to no tensor or are missing
std::vector<Tensor> read_tensors(std::string_view file, const std::string& name);

}  // namespace safetensors

#endif  // SHOAL_DATASETS_TENSORS_H_
