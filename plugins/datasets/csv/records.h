// records.h: the records of a text of comma-separated values, and the fields of a record.
//
// Source: RFC 4180 (Shafranovich, 2005): a field in quotes may hold delimiters, line ends and, doubled, quotes. Beyond
// it here: any delimiter of one byte, LF as well as CRLF, spaces around a field, blank lines.
#ifndef SHOAL_DATASETS_CSV_RECORDS_H_
#define SHOAL_DATASETS_CSV_RECORDS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] csv {

/// A text and how it is cut.
struct Text {
  std::string_view bytes;
  char delimiter = ',';
  bool has_quotes = true;    ///< false: there is no '"' in it, which is faster
  bool skips_blanks = true;  ///< whether a line of nothing is no record

  static bool any_quote(std::string_view bytes) { return bytes.find('"') != std::string_view::npos; }
};

/// A record without its line end.
struct Record {
  std::string_view bytes;
  shoal::Index line = 0;  ///< where it begins, counted from 1
};

/// Goes through the records of a text, one after another. A line end within quotes ends no record.
class RecordReader {
 public:
  /// From byte `at`, which is in line `line`.
  RecordReader(const Text& text, std::size_t at, shoal::Index line) : text_(text), at_(at), line_(line) {}

  /// The next record; false at the end.
  bool next(Record& out);

  std::size_t at() const { return at_; }
  shoal::Index line() const { return line_; }

 private:
  const Text& text_;
  std::size_t at_;
  shoal::Index line_;
};

/// Where records begin, so that many can be read at once.
struct Blocks {
  static constexpr shoal::Index kRecords = 512;  ///< in a block; the last may have fewer
  struct Start {
    std::size_t at;
    shoal::Index line;
  };
  std::vector<Start> starts;
  shoal::Index records = 0;  ///< of all blocks
};

/// Finds the blocks of what `reader` has still to give.
Blocks find_blocks(RecordReader reader);

/// One field, without the spaces around it and without its quotes.
struct Field {
  std::string_view bytes = {};
  bool quoted = false;
  bool doubled = false;  ///< holds quotes, still doubled
  std::string text() const;
};

/// The fields of a record, from left to right.
class FieldReader {
 public:
  FieldReader(const Text& text, std::string_view record)
      : delimiter_(text.delimiter), has_quotes_(text.has_quotes), at_(record.data()), end_(at_ + record.size()) {}

  /// Whether there is no field left.
  bool done() const { return done_; }
  /// Takes the next field. Throws InputError for quotes that are not in order, saying what is wrong, not where.
  Field take();
  /// Leaves out the next field; checked as by take.
  void skip() { has_quotes_ ? static_cast<void>(take()) : to_delimiter(find_delimiter(at_)); }

  /// For who reads a number where it stands: the rest of the record, and the place after what was read. False, and
  /// nothing is taken, unless a delimiter or the end is there.
  const char* at() const { return at_; }
  const char* end() const { return end_; }
  bool take_up_to(const char* place) {
    if (place != end_ && *place != delimiter_) return false;
    to_delimiter(place);
    return true;
  }

 private:
  const char* find_delimiter(const char* from) const;
  void to_delimiter(const char* place) {
    done_ = place == end_;
    at_ = done_ ? end_ : place + 1;
  }
  Field take_quoted(const char* open);

  char delimiter_;
  bool has_quotes_, done_ = false;
  const char *at_, *end_;
};

/// `bytes` for a message: in quotes, control characters escaped, cut after 40.
std::string shown(std::string_view bytes);

}  // namespace csv

#endif  // SHOAL_DATASETS_CSV_RECORDS_H_
