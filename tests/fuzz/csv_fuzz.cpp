// Tables as text. The first byte says how the others are read.
#include <optional>

#include "shoal/testing.h"
#include "table.h"
#include "tests/fuzz/fuzz.h"

namespace {

csv::TableOptions options_of(unsigned byte) {
  constexpr csv::Header kHeaders[] = {csv::Header::kAuto, csv::Header::kYes, csv::Header::kNo, csv::Header::kAuto};
  constexpr const char* kLabels[] = {"", "1", "-1", "y"};
  csv::TableOptions out{
      .header = kHeaders[byte & 3], .label = kLabels[(byte >> 2) & 3], .drop_missing = (byte & 16) != 0};
  if ((byte & 32) != 0) out.delimiter = ',';
  if ((byte & 64) != 0) out.columns = {"2", "x"};
  return out;
}

template <typename Scalar>
void read(std::string_view bytes, const csv::TableOptions& options) {
  shoal::testing::Host host;
  const auto table = csv::read_table<Scalar>(host.context(), bytes, "f.csv", options);
  const auto rows = static_cast<std::size_t>(table.rows);
  shoal::fuzz::require_that(rows >= 1 && table.columns >= 1 &&
                            table.values.size() == rows * static_cast<std::size_t>(table.columns) &&
                            table.labels.size() == (options.label.empty() ? 0 : rows));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const csv::TableOptions options = options_of(data[0]);
  const std::string_view bytes = shoal::fuzz::view(data + 1, size - 1);
  const bool as_float = shoal::fuzz::accepted([&] { read<float>(bytes, options); });
  const bool as_double = shoal::fuzz::accepted([&] { read<double>(bytes, options); });
  shoal::fuzz::require_that(as_double || !as_float);  // what float32 holds float64 holds
  return 0;
}
