#ifndef SHOAL_FRAMEWORK_CONFIG_SCALARS_H_
#define SHOAL_FRAMEWORK_CONFIG_SCALARS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "framework/config/diagnostics.h"
#include "framework/config/value.h"

namespace shoal::config {

// A schema asks, the text is read. `what` is the name in messages, like "k". Each returns nothing after one error:
//   K205 of another type, or out of range    K208 a number in quotes      K209 a leading zero
//   K210 yes, no, on, off for a bool         K211 no value at all         K212 infinity or NaN
// Independent of the locale.

/// true | false (also True, TRUE …, as YAML 1.2's core schema).
std::optional<bool> read_bool(const Value& value, Diagnostics& diagnostics, std::string_view what);

/// Decimal: 10, -3, +5, 1_000, and 1e3 where that is a whole number. Not 010, 0x1F, 10.0, "10".
std::optional<std::int64_t> read_int(const Value& value, Diagnostics& diagnostics, std::string_view what);

enum class NonFinite { refused, allowed };

/// 1, 0.5, .5, 5., 1e-3, 1_000.5; .inf, -.inf and .nan (also without the dot) where they are allowed.
std::optional<double> read_real(const Value& value, Diagnostics& diagnostics, std::string_view what,
                                NonFinite non_finite = NonFinite::refused);

/// Whatever was written, quoted or not: no, 1.10 and 012 stay what they are.
std::optional<std::string> read_text(const Value& value, Diagnostics& diagnostics, std::string_view what);

/// A letter and its factor.
using Unit = std::pair<char, double>;
inline constexpr Unit kByteUnits[] = {{'M', 1e6}, {'G', 1e9}, {'T', 1e12}};

/// A number from 0 up to a million (without it) and one letter of `units`: "30d", "1.5G". Nothing where it is none.
std::optional<double> quantity_of(const std::string& text, std::span<const Unit> units);

/// 500M, 1.5G, 2T as bytes, by powers of 1000. Nothing where the text is none of these.
std::optional<std::int64_t> bytes_of(const std::string& text);

/// The same; K205 where it is no such text, or 0.
std::optional<std::int64_t> read_bytes(const Value& value, Diagnostics& diagnostics, std::string_view what);

/// What a plain (not quoted) scalar is when nobody says what it should be.
enum class PlainType { null, boolean, integer, real, text };

/// Our reading: `no`, `012`, `0x1F`, `1:30` are text here.
PlainType plain_type(std::string_view text);

/// True where YAML 1.1 or 1.2 would take plain `text` for anything but text, or where we would: no, 012, 0x1F, 1:30,
/// 2026-01-02, 1e5. Text like that is written in quotes.
bool needs_quotes_as_text(std::string_view text);

/// A plain number in the one spelling that all readers take alike: 1_000 → 1000, 1e-3 → 1.0e-3, 1e5 → 1.0e+5, 5. → 5.0.
/// Other texts come back as they are.
std::string normalized_number(std::string_view text);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_SCALARS_H_
