#include "layout.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "numbers.h"
#include "served.h"

namespace csv {
namespace {

using shoal::Index;
using shoal::text;

constexpr Index kMaxFields = 1 << 20;

/// The bytes that are a table, if they can be one.
std::string_view text_of(std::string_view bytes, const std::string& name) {
  const std::string other = files::what_it_is(bytes);
  shoal::require(other.empty(), "'{}' is no text of comma-separated values{}", name, other);
  shoal::require(!bytes.starts_with("\xff\xfe") && !bytes.starts_with("\xfe\xff"),
                 "'{}' is UTF-16; save it as UTF-8, or: iconv -f UTF-16 -t UTF-8", name);
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);  // the mark with which Excel begins UTF-8
  const std::size_t zero = bytes.substr(0, 4096).find('\0');
  shoal::require(zero == std::string_view::npos, "'{}' is no text: its byte {} is zero", name, zero);
  return bytes;
}

char find_delimiter(std::string_view first_line, const std::string& name) {
  constexpr std::string_view kKnown = ",;\t|";
  std::array<std::ptrdiff_t, 4> counts{};
  bool open = false;
  for (const char c : first_line) {
    if (c == '"') open = !open;
    else if (const std::size_t i = kKnown.find(c); !open && i != std::string_view::npos) ++counts[i];
  }
  const auto most = std::ranges::max_element(counts);
  shoal::require(*most == 0 || std::ranges::count(counts, *most) == 1,
                 "'{}' has {} each of several delimiters in its first line; 'delimiter' says which it is", name, *most);
  return kKnown[static_cast<std::size_t>(most - counts.begin())];
}

Value kind_of(const Field& field) {
  double ignored;
  const Value value = parse_number(field.doubled ? std::string_view("\"") : field.bytes, ignored);
  return value == Value::kTooLarge ? Value::kNumber : value;
}

class Finder {
 public:
  Finder(std::string_view bytes, const std::string& name, const TableOptions& options)
      : name_(name), options_(options) {
    layout_.text.bytes = bytes;
    layout_.text.has_quotes = Text::any_quote(bytes);
  }

  Layout find() {
    RecordReader reader(layout_.text, 0, 1);
    Record first;
    shoal::require(reader.next(first), "'{}' holds nothing but blank lines", name_);
    layout_.text.delimiter = options_.delimiter ? *options_.delimiter : find_delimiter(first.bytes, name_);
    layout_.first_line = first.line;
    first_ = fields_of(first);
    layout_.fields = static_cast<Index>(first_.size());
    layout_.text.skips_blanks = layout_.fields > 1;  // of one column, a line of nothing is a missing value
    Record second;
    RecordReader after = reader;
    if (after.next(second)) second_ = fields_of(second);

    const bool header = has_header();
    if (header)
      for (const Field& field : first_) layout_.names.push_back(field.text());
    layout_.data_at = header ? reader.at() : static_cast<std::size_t>(first.bytes.data() - layout_.text.bytes.data());
    layout_.data_line = header ? reader.line() : first.line;
    shoal::require(!header || !second_.empty(), "'{}' has a header, but no row", name_);
    choose_label();
    options_.columns.empty() ? choose_all_numbers() : choose_named();
    return std::move(layout_);
  }

 private:
  std::vector<Field> fields_of(const Record& record) {
    std::vector<Field> out;
    FieldReader fields(layout_.text, record.bytes);
    while (!fields.done()) {
      const auto column = static_cast<Index>(out.size());
      shoal::require(column < kMaxFields, "'{}', line {} has more than {} fields; are its lines ended by CR alone?",
                     name_, record.line, kMaxFields);
      try {
        out.push_back(fields.take());
      } catch (const shoal::InputError& error) {
        throw shoal::InputError(text("'{}', {}: {}", name_, layout_.place(record.line, column), error.what()));
      }
    }
    if (layout_.fields != 0) require_fields(layout_, name_, record, static_cast<Index>(out.size()));
    return out;
  }

  bool has_header() const {
    if (options_.header != Header::kAuto) return options_.header == Header::kYes;
    bool counts_up = layout_.fields > 1, any_text = false, any_number = false, turns = false;
    for (Index j = 0; j < layout_.fields; ++j) {
      const auto i = static_cast<std::size_t>(j);
      counts_up = counts_up && first_[i].bytes == std::to_string(j);
      const Value kind = kind_of(first_[i]);
      any_text = any_text || kind == Value::kText;
      any_number = any_number || kind == Value::kNumber;
      turns = turns || (kind == Value::kText && !second_.empty() && kind_of(second_[i]) != Value::kText);
    }
    shoal::require(
        !counts_up,
        "'{}' begins with 0, 1, …, {}: the header that pandas writes for columns without names, or a row? say "
        "header: 'yes' or 'no'",
        name_, layout_.fields - 1);
    return turns || (any_text && !any_number);
  }

  /// The column that `wanted` names, counted from 0.
  Index column(const std::string& wanted, const char* parameter) const {
    const auto found = std::ranges::find(layout_.names, wanted);
    if (found != layout_.names.end()) {
      const auto again = std::find(found + 1, layout_.names.end(), wanted);
      shoal::require(again == layout_.names.end(), "'{}' has two columns '{}', {} and {}; '{}' can give their numbers",
                     name_, wanted, found - layout_.names.begin() + 1, again - layout_.names.begin() + 1, parameter);
      return found - layout_.names.begin();
    }
    Index number = 0;
    const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
    if (error != std::errc() || end != wanted.data() + wanted.size())
      throw shoal::InputError(text("'{}' has no column '{}' ('{}'){}", name_, wanted, parameter, known_names()));
    shoal::require(number != 0 && number <= layout_.fields && number >= -layout_.fields,
                   "'{}' has {} columns, so there is no column {} ('{}'); the first is 1, the last {} or -1", name_,
                   layout_.fields, number, parameter, layout_.fields);
    return number > 0 ? number - 1 : layout_.fields + number;
  }

  std::string known_names() const {
    if (layout_.names.empty()) return text("; it has no header, so columns have numbers, 1 to {}", layout_.fields);
    std::string out = "; there are ";
    constexpr std::size_t kMost = 20;
    for (std::size_t i = 0; i < std::min(layout_.names.size(), kMost); ++i)
      out += (i == 0 ? "" : ", ") + shown(layout_.names[i]);
    return out + (layout_.names.size() > kMost ? ", …" : "");
  }

  void choose_label() {
    if (!options_.label.empty()) layout_.label = column(options_.label, "label");
    layout_.slots.assign(static_cast<std::size_t>(layout_.fields), -1);
  }

  void choose_named() {
    for (const std::string& wanted : options_.columns) {
      const Index j = column(wanted, "columns");
      Index& slot = layout_.slots[static_cast<std::size_t>(j)];
      shoal::require(j != layout_.label, "'{}': column {} is the label, so it cannot be one of 'columns' too", name_,
                     shown(wanted));
      shoal::require(slot < 0, "'{}': column {} is in 'columns' twice", name_, shown(wanted));
      slot = layout_.columns++;
    }
  }

  void choose_all_numbers() {
    const auto fields = static_cast<std::size_t>(layout_.fields);
    std::vector<Value> kinds(fields, Value::kMissing);
    RecordReader reader(layout_.text, layout_.data_at, layout_.data_line);
    auto unknown = static_cast<Index>(fields);
    for (Record record; unknown > 0 && reader.next(record);) {
      const std::vector<Field> row = fields_of(record);
      for (std::size_t j = 0; j < fields; ++j) {
        if (kinds[j] != Value::kMissing) continue;
        kinds[j] = kind_of(row[j]);
        unknown -= kinds[j] != Value::kMissing ? 1 : 0;
      }
    }
    std::string left_out;
    for (std::size_t j = 0; j < fields; ++j) {
      if (static_cast<Index>(j) == layout_.label) continue;
      if (kinds[j] == Value::kText) {
        left_out += (left_out.empty() ? "" : ", ") + column_name(static_cast<Index>(j));
        continue;
      }
      shoal::require(layout_.names.empty() || !layout_.names[j].empty() || j > 0,
                     "'{}': column 1 has no name, as the index that pandas' to_csv writes (index=False leaves it out); "
                     "'columns' says which to take",
                     name_);
      layout_.slots[j] = layout_.columns++;
    }
    shoal::require(layout_.columns > 0, "'{}' has no column of numbers{}{}", name_,
                   layout_.label < 0 ? "" : " beside its label",
                   left_out.empty() ? std::string() : "; these are text: " + left_out);
    if (!left_out.empty()) layout_.notes.push_back(text("'{}': left out, as text: {}", name_, left_out));
  }

  std::string column_name(Index j) const {
    return layout_.names.empty() ? text("column {}", j + 1) : shown(layout_.names[static_cast<std::size_t>(j)]);
  }

  const std::string& name_;
  const TableOptions& options_;
  Layout layout_;
  std::vector<Field> first_, second_;
};

}  // namespace

std::string Layout::place(Index line, Index column) const {
  std::string out = shoal::text("line {}, column {}", line, column + 1);
  if (static_cast<std::size_t>(column) < names.size())
    out += " (" + shown(names[static_cast<std::size_t>(column)]) + ")";
  return out;
}

void require_fields(const Layout& layout, const std::string& name, const Record& record, Index fields) {
  shoal::require(fields == layout.fields, "'{}', line {}: the record has {} fields, but that of line {} has {}{}", name,
                 record.line, fields, layout.first_line, layout.fields,
                 fields > layout.fields ? "; a field that holds the delimiter is in quotes" : "");
}

Layout find_layout(std::string_view bytes, const std::string& name, const TableOptions& options) {
  return Finder(text_of(bytes, name), name, options).find();
}

}  // namespace csv
