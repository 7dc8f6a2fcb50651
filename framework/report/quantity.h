#ifndef SHOAL_FRAMEWORK_REPORT_QUANTITY_H_
#define SHOAL_FRAMEWORK_REPORT_QUANTITY_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace shoal::host {

std::string seconds_text(double seconds);    ///< "12 ms", "3.4 s", "2 min 5 s", "3 h 12 min"
std::string bytes_text(std::int64_t bytes);  ///< "310 MB", "1.25 GB"; "–" for 0, which is not known
std::string counted(std::size_t count, std::string_view one, std::string_view many);  ///< "1 row", "3 rows"

/// At most `most` characters: what is longer loses its middle to "…".
std::string shortened(std::string_view text, std::size_t most);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_QUANTITY_H_
