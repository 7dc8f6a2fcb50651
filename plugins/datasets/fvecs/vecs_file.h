// vecs_file.h: fvecs, bvecs and ivecs, the formats of vector search.
//
// Each vector stands after its own dimension: a little-endian int32 D, then D numbers, float32 (fvecs), uint8 (bvecs)
// or int32 (ivecs). Nothing else is in the file; all vectors have one D. Source: http://corpus-texmex.irisa.fr (Jégou,
// Douze, Schmid, "Product quantization for nearest neighbor search", PAMI 33 (2011) 117–128).
#ifndef SHOAL_DATASETS_VECS_FILE_H_
#define SHOAL_DATASETS_VECS_FILE_H_

#include <string>
#include <string_view>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] fvecs {

enum class Kind { kFloat, kByte, kInt };

/// What the ending of a file's name says: .fvecs, .bvecs or .ivecs. Throws InputError for another one.
Kind kind_of(const std::string& name);
shoal::Index bytes_of(Kind kind);

struct Vectors {
  shoal::Index count = 0;      ///< N ≥ 1
  shoal::Index dimension = 0;  ///< D ≥ 1
  shoal::Index step = 0;       ///< bytes from one vector to the next; the first number of the first is at byte 4
};

/// The vectors of the file whose bytes are `file`. Every one is looked at, on the pool, which reads large files whole.
/// Throws InputError  D is not in [1, 2^20], the size is no multiple of a vector's, or a vector has another D: its row
///                    and byte are named
///        Cancelled   the user stopped the run
Vectors read_vectors(const shoal::Context& context, std::string_view file, Kind kind, const std::string& name);

}  // namespace fvecs

#endif  // SHOAL_DATASETS_VECS_FILE_H_
