// layout.h: what the columns of a table are, found out from its first records.
#ifndef SHOAL_DATASETS_CSV_LAYOUT_H_
#define SHOAL_DATASETS_CSV_LAYOUT_H_

#include <string>
#include <string_view>
#include <vector>

#include "records.h"
#include "table.h"

namespace [[gnu::visibility("hidden")]] csv {

struct Layout {
  Text text;
  std::vector<std::string> names;   ///< of all columns; none where there is no header
  shoal::Index fields = 0;          ///< columns of the file
  shoal::Index first_line = 0;      ///< of the record that has this many
  std::vector<shoal::Index> slots;  ///< (fields) where a column's numbers go, −1: nowhere
  shoal::Index columns = 0;         ///< of the table
  shoal::Index label = -1;          ///< column of the file, −1: none
  std::size_t data_at = 0;          ///< byte and line where the first row begins
  shoal::Index data_line = 0;
  std::vector<std::string> notes = {};

  /// "line 3, column 2 ('width')"; `column` counts from 0.
  std::string place(shoal::Index line, shoal::Index column) const;
};

/// Throws InputError as read_table.
Layout find_layout(std::string_view bytes, const std::string& name, const TableOptions& options);

/// Throws InputError unless `record` has as many fields as the first; `fields` is how many it has.
void require_fields(const Layout& layout, const std::string& name, const Record& record, shoal::Index fields);

}  // namespace csv

#endif  // SHOAL_DATASETS_CSV_LAYOUT_H_
