// numbers.h: a field as a number, whatever the locale.
#ifndef SHOAL_DATASETS_CSV_NUMBERS_H_
#define SHOAL_DATASETS_CSV_NUMBERS_H_

#include <string_view>

namespace [[gnu::visibility("hidden")]] csv {

enum class Value {
  kNumber,
  kMissing,   ///< nothing, ?, NA, N/A, n/a, <NA>, NaN, nan, -nan, NULL, Null, null, None
  kTooLarge,  ///< a number, but not for this type
  kText,
};

/// Reads all of `field`, which has no spaces around it: 1, -2.5, +3e-4, inf. The number is the nearest of its type;
/// what is too small for it is zero.
template <typename Scalar>  // float or double
Value parse_number(std::string_view field, Scalar& to);

}  // namespace csv

#endif  // SHOAL_DATASETS_CSV_NUMBERS_H_
