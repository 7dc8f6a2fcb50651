#include "table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <type_traits>

#include "layout.h"
#include "numbers.h"

namespace csv {
namespace {

using shoal::Index;
using shoal::text;

/// What one block leaves behind besides its numbers.
struct BlockResult {
  std::string failure;                // what is wrong with its first bad row
  std::vector<Index> dropped;         // its rows with a missing value, counted from its first
  std::deque<std::string> unescaped;  // labels that held doubled quotes; views point here
};

template <typename Scalar>
class Reader {
 public:
  Reader(std::string_view bytes, const std::string& name, const TableOptions& options)
      : bytes_(bytes), name_(name), options_(options), layout_(find_layout(bytes, name, options)) {}

  Table<Scalar> read(shoal::Context& context) {
    blocks_ = find_blocks(RecordReader(layout_.text, layout_.data_at, layout_.data_line));
    // Rows of this many fields take this many bytes, so no memory is taken for what cannot be.
    if (blocks_.records > static_cast<Index>(bytes_.size() + 1) / layout_.fields) find_short_record();
    const auto rows = static_cast<std::size_t>(blocks_.records);
    table_.columns = layout_.columns;
    table_.values.resize(rows * static_cast<std::size_t>(layout_.columns));
    if (layout_.label >= 0) labels_.resize(rows);
    results_.resize(blocks_.starts.size());
    const auto count = static_cast<Index>(blocks_.starts.size());
    constexpr Index kAtOnce = 128;  // blocks between two words of progress
    for (Index from = 0; from < count; from += kAtOnce) {
      const Index n = std::min(kAtOnce, count - from);
      context.parallel_for(n, 1, [&](Index i, Index) { read_block(from + i); });
      for (Index i = from; i < from + n; ++i)
        if (!result(i).failure.empty()) throw shoal::InputError(result(i).failure);
      context.progress(std::min((from + n) * Blocks::kRecords, blocks_.records), blocks_.records, "rows");
    }
    drop_rows();
    read_labels();
    describe();
    return std::move(table_);
  }

 private:
  BlockResult& result(Index block) { return results_[static_cast<std::size_t>(block)]; }

  void find_short_record() const {
    RecordReader reader(layout_.text, layout_.data_at, layout_.data_line);
    for (Record record; reader.next(record);) {
      Index count = 0;
      for (FieldReader fields(layout_.text, record.bytes); !fields.done(); ++count) fields.skip();
      require_fields(layout_, name_, record, count);
    }
  }

  void read_block(Index block) {
    const Blocks::Start start = blocks_.starts[static_cast<std::size_t>(block)];
    RecordReader reader(layout_.text, start.at, start.line);
    const Index first = block * Blocks::kRecords;
    const Index rows = std::min(Blocks::kRecords, blocks_.records - first);
    Record record;
    for (Index row = 0; row < rows && reader.next(record); ++row) {
      try {
        if (!read_row(record, first + row, result(block))) result(block).dropped.push_back(row);
      } catch (const shoal::InputError& error) {
        result(block).failure = error.what();
        return;
      }
    }
  }

  /// False where a value is missing and such rows are left out.
  bool read_row(const Record& record, Index row, BlockResult& result) {
    FieldReader fields(layout_.text, record.bytes);
    Scalar* const to = table_.values.data() + row * layout_.columns;
    bool whole = true;
    Index column = 0;
    for (; !fields.done() && column < layout_.fields; ++column) {
      const Index slot = layout_.slots[static_cast<std::size_t>(column)];
      if (slot >= 0 && read_plain(fields, to[slot])) continue;
      try {
        if (slot >= 0) whole = read_number(record, column, fields.take(), to[slot]) && whole;
        else if (column == layout_.label) whole = read_label(record, row, fields.take(), result) && whole;
        else fields.skip();
      } catch (const FieldError&) {
        throw;
      } catch (const shoal::InputError& error) {
        throw shoal::InputError(text("'{}', {}: {}", name_, layout_.place(record.line, column), error.what()));
      }
    }
    for (; !fields.done(); ++column) fields.skip();  // how many too many
    require_fields(layout_, name_, record, column);
    return whole;
  }

  /// The common case, read where it stands.
  static bool read_plain(FieldReader& fields, Scalar& to) {
    const auto [end, error] = std::from_chars(fields.at(), fields.end(), to);
    return error == std::errc() && !std::isnan(to) && fields.take_up_to(end);
  }

  // Already says where.
  struct FieldError : shoal::InputError {
    using InputError::InputError;
  };
  [[noreturn]] void fail(const Record& record, Index column, const std::string& what) const {
    throw FieldError(text("'{}', {}: {}", name_, layout_.place(record.line, column), what));
  }

  bool read_number(const Record& record, Index column, const Field& field, Scalar& to) const {
    switch (parse_number(field.doubled ? std::string_view("\"") : field.bytes, to)) {
      case Value::kNumber: return true;
      case Value::kMissing: return missing(record, column, field);
      case Value::kTooLarge:
        fail(record, column,
             shown(field.bytes) +
                 (std::is_same_v<Scalar, float> ? " is too large for float32; dtype: float64 may hold it"
                                                : " is too large for float64"));
      case Value::kText: break;
    }
    const bool decimal_comma = layout_.text.delimiter != ',' && field.bytes.find(',') != std::string_view::npos;
    fail(record, column,
         shown(field.bytes) + " is no number" +
             (decimal_comma              ? "; the decimal mark is a point: 1.5"
              : options_.columns.empty() ? "; 'columns' can leave the column out"
                                         : "; numbers are like 1.5 or -2e3"));
  }

  bool missing(const Record& record, Index column, const Field& field) const {
    if (options_.drop_missing) return false;
    fail(record, column, text("the value is missing ({}); missing: drop leaves such rows out", shown(field.bytes)));
  }

  bool read_label(const Record& record, Index row, const Field& field, BlockResult& result) {
    double ignored;
    if (parse_number(field.bytes, ignored) == Value::kMissing) return missing(record, layout_.label, field);
    std::string_view& label = labels_[static_cast<std::size_t>(row)];
    label = field.bytes;
    if (field.doubled) label = result.unescaped.emplace_back(field.text());
    return true;
  }

  /// Moves the rows that stay together.
  void drop_rows() {
    Index to = 0;
    for (Index block = 0; block < static_cast<Index>(results_.size()); ++block) {
      const Index first = block * Blocks::kRecords;
      const std::vector<Index>& dropped = result(block).dropped;
      auto next = dropped.begin();
      for (Index row = 0; row < std::min(Blocks::kRecords, blocks_.records - first); ++row) {
        if (next != dropped.end() && *next == row) {
          ++next;
          continue;
        }
        if (to != first + row) {
          std::copy_n(table_.values.begin() + (first + row) * layout_.columns, layout_.columns,
                      table_.values.begin() + to * layout_.columns);
          if (layout_.label >= 0)
            labels_[static_cast<std::size_t>(to)] = labels_[static_cast<std::size_t>(first + row)];
        }
        ++to;
      }
    }
    shoal::require(to > 0, "'{}': all its {} rows have a missing value, so none is left", name_, blocks_.records);
    table_.rows = to;
    table_.values.resize(static_cast<std::size_t>(to * layout_.columns));
    table_.values.shrink_to_fit();
    if (layout_.label >= 0) labels_.resize(static_cast<std::size_t>(to));
  }

  void read_labels() {
    if (layout_.label < 0) return;
    if (!read_whole_labels()) name_labels();
  }

  /// Where all labels are numbers, those; false where one is text.
  bool read_whole_labels() {
    table_.labels.reserve(labels_.size());
    std::optional<std::size_t> bad;
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      double number = 0;
      const Value value = parse_number(labels_[i], number);
      if (value != Value::kNumber && value != Value::kTooLarge) return table_.labels.clear(), false;
      const bool whole = value == Value::kNumber && number >= 0 && number <= 0x1p53 && number == std::floor(number);
      if (!whole && !bad) bad = i;
      table_.labels.push_back(whole ? static_cast<std::int64_t>(number) : 0);
    }
    if (bad)
      throw shoal::InputError(text("'{}', {}: the label is {}; labels are whole numbers ≥ 0, or text", name_,
                                   layout_.place(line_of(*bad), layout_.label), shown(labels_[*bad])));
    return true;
  }

  void name_labels() {
    std::vector<std::string_view> names = labels_;
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    for (const std::string_view label : labels_)
      table_.labels.push_back(std::ranges::lower_bound(names, label) - names.begin());
    table_.class_names.assign(names.begin(), names.end());
  }

  /// The line of a row that is left. For a message, so it may walk.
  Index line_of(std::size_t kept) const {
    std::size_t seen = 0;
    for (std::size_t block = 0; block < results_.size(); ++block) {
      const Blocks::Start start = blocks_.starts[block];
      RecordReader reader(layout_.text, start.at, start.line);
      const std::vector<Index>& dropped = results_[block].dropped;
      Record record;
      for (Index row = 0; row < Blocks::kRecords && reader.next(record); ++row) {
        if (std::ranges::binary_search(dropped, row)) continue;
        if (seen++ == kept) return record.line;
      }
    }
    return 0;
  }

  void describe() {
    table_.notes = layout_.notes;
    const char delimiter = layout_.text.delimiter;
    std::string said =
        text("'{}': {}, delimiter {}, {} rows of {} numbers", name_, layout_.names.empty() ? "no header" : "a header",
             shown({&delimiter, 1}), table_.rows, table_.columns);
    if (layout_.label >= 0)
      said += table_.class_names.empty() ? std::string(", labels are numbers")
                                         : text(", labels of {} names", table_.class_names.size());
    table_.notes.push_back(said);
    if (table_.rows != blocks_.records)
      table_.notes.push_back(text("'{}': {} of {} rows have a missing value and were left out", name_,
                                  blocks_.records - table_.rows, blocks_.records));
  }

  std::string_view bytes_;
  const std::string& name_;
  const TableOptions& options_;
  Layout layout_;
  Blocks blocks_;
  std::vector<BlockResult> results_;      // of each block
  std::vector<std::string_view> labels_;  // of each row
  Table<Scalar> table_;
};

}  // namespace

template <typename Scalar>
Table<Scalar> read_table(shoal::Context& context, std::string_view bytes, const std::string& name,
                         const TableOptions& options) {
  return Reader<Scalar>(bytes, name, options).read(context);
}

template Table<float> read_table<float>(shoal::Context&, std::string_view, const std::string&, const TableOptions&);
template Table<double> read_table<double>(shoal::Context&, std::string_view, const std::string&, const TableOptions&);

}  // namespace csv
