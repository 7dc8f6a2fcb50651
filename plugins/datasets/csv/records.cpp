#include "records.h"

#include <algorithm>
#include <cstring>

namespace csv {
namespace {

using shoal::Index;

const char* find(const char* from, const char* end, char wanted) {
  const void* found = from == end ? nullptr : std::memchr(from, wanted, static_cast<std::size_t>(end - from));
  return found == nullptr ? end : static_cast<const char*>(found);
}

bool is_space(char c) { return c == ' ' || c == '\t'; }

}  // namespace

bool RecordReader::next(Record& out) {
  const char* const begin = text_.bytes.data();
  const char* const end = begin + text_.bytes.size();
  while (at_ < text_.bytes.size()) {
    const char* const first = begin + at_;
    const char* last = find(first, end, '\n');
    out.line = line_;
    // Within quotes where their number so far is odd. Where it is odd to the end of the text, the fields say why.
    if (text_.has_quotes) {
      bool open = std::count(first, last, '"') % 2 != 0;
      while (open && last != end) {
        const char* const next_line = find(last + 1, end, '\n');
        open = std::count(last, next_line, '"') % 2 == 0;
        last = next_line;
        ++line_;
      }
    }
    ++line_;
    at_ = static_cast<std::size_t>(last - begin) + (last == end ? 0 : 1);
    out.bytes = {first, static_cast<std::size_t>(last - first)};
    if (last != end && out.bytes.ends_with('\r')) out.bytes.remove_suffix(1);
    else if (last == end && out.bytes.ends_with('\r')) out.bytes.remove_suffix(1);  // the last line's LF may be missing
    if (out.bytes.empty() && (text_.skips_blanks || at_ >= text_.bytes.size())) continue;
    return true;
  }
  return false;
}

Blocks find_blocks(RecordReader reader) {
  Blocks out;
  Record record;
  for (std::size_t at = reader.at(); reader.next(record); at = reader.at()) {
    if (out.records % Blocks::kRecords == 0) out.starts.push_back({at, record.line});
    ++out.records;
  }
  return out;
}

std::string Field::text() const {
  std::string out(bytes);
  if (!doubled) return out;
  std::size_t to = 0;
  for (std::size_t from = 0; from < out.size(); ++from, ++to) {
    out[to] = out[from];
    if (out[from] == '"') ++from;
  }
  out.resize(to);
  return out;
}

const char* FieldReader::find_delimiter(const char* from) const { return find(from, end_, delimiter_); }

Field FieldReader::take() {
  const char* first = at_;
  if (has_quotes_) {
    while (first != end_ && is_space(*first) && *first != delimiter_) ++first;
    if (first != end_ && *first == '"') return take_quoted(first);
  }
  const char* last = find_delimiter(first);
  to_delimiter(last);
  while (first != last && is_space(*first)) ++first;
  while (last != first && is_space(last[-1])) --last;
  const Field out{.bytes = {first, static_cast<std::size_t>(last - first)}};
  if (has_quotes_)
    shoal::require(find(first, last, '"') == last,
                   "{} has a quote within; a field with quotes is in quotes, and they are doubled", shown(out.bytes));
  return out;
}

Field FieldReader::take_quoted(const char* open) {
  Field out{.quoted = true};
  const char* close = open + 1;
  for (;; close += 2) {
    close = find(close, end_, '"');
    shoal::require(close != end_, "the quote before {} is not closed", shown({open + 1, end_}));
    if (close + 1 == end_ || close[1] != '"') break;
    out.doubled = true;
  }
  out.bytes = {open + 1, close};
  const char* after = close + 1;
  while (after != end_ && is_space(*after) && *after != delimiter_) ++after;
  shoal::require(after == end_ || *after == delimiter_, "after the quoted {} comes {}, not a delimiter or a line's end",
                 shown(out.bytes), shown({after, find_delimiter(after)}));
  to_delimiter(after);
  return out;
}

std::string shown(std::string_view bytes) {
  constexpr std::size_t kLongest = 40;
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "'";
  std::size_t length = std::min(bytes.size(), kLongest);
  while (length < bytes.size() && length > 0 && (bytes[length] & 0xc0) == 0x80) --length;  // whole letters of UTF-8
  for (const char c : bytes.substr(0, length)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') out += "\\n";
    else if (c == '\r') out += "\\r";
    else if (c == '\t') out += "\\t";
    else if (byte < 32 || byte == 127) out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    else out += c;
  }
  return out + (length < bytes.size() ? "…'" : "'");
}

}  // namespace csv
