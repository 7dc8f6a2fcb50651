#include "framework/config/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "framework/config/utf8.h"

namespace shoal::config {
namespace {

constexpr std::string_view kEnvironment = "env:";

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

class ReferenceReader {
 public:
  ReferenceReader(const Value& scalar, Diagnostics& diagnostics) : scalar_(scalar), diagnostics_(diagnostics) {
    if (scalar.place.source == nullptr) return;
    line_ = scalar.place.source->line(scalar.place.line);
    for (std::size_t column = 1; column < scalar.place.column && at_line_ < line_.size(); ++column)
      at_line_ += decode(line_, at_line_).bytes;
  }

  std::optional<std::vector<Piece>> read() {
    const std::string_view text = scalar_.text;
    bool good = true;
    for (std::size_t at = 0; at < text.size();) {
      const std::string_view rest = text.substr(at);
      if (rest.starts_with("$${")) {
        add_text("${", "$${");
        at += 3;
      } else if (rest.starts_with("${")) {
        const std::size_t end = std::min(rest.find('}'), rest.size() - 1);
        good = add_reference(rest.substr(0, end + 1)) && good;
        at += end + 1;
      } else {
        add_text(rest.substr(0, 1), rest.substr(0, 1));
        ++at;
      }
    }
    return good ? std::optional(std::move(pieces_)) : std::nullopt;
  }

 private:
  void add_text(std::string_view text, std::string_view written) {
    if (pieces_.empty() || pieces_.back().kind != Piece::Kind::text) pieces_.emplace_back();
    pieces_.back().text += text;
    pieces_.back().written += written;
  }

  // The place of `written` in the line; a scalar of several lines, or with escapes in it, is one place.
  Place find_place(std::string_view written) {
    Place place = scalar_.place;
    const std::size_t found = line_.find(written, std::min(at_line_, line_.size()));
    if (found == std::string_view::npos) return place;
    at_line_ = found + written.size();
    place.column = 1 + count_code_points(line_.substr(0, found));
    place.length = count_code_points(written);
    return place;
  }

  bool fail(const Place& place, std::string message) {
    diagnostics_.error(
        "C206", place, std::move(message),
        {{"there are ${path}, ${env:NAME}, ${env:NAME:-text}, ${here} and ${data}; $${ is text", std::nullopt}});
    return false;
  }

  bool add_reference(std::string_view written) {
    Piece piece;
    piece.written = written;
    piece.place = find_place(written);
    if (!written.ends_with('}')) return fail(piece.place, "'${' is not closed");
    const std::string_view inside = written.substr(2, written.size() - 3);
    if (inside.empty()) return fail(piece.place, "'${}' names nothing");
    if (inside.find('$') != std::string_view::npos) return fail(piece.place, "a reference inside a reference");
    if (inside == "here" || inside == "data") {
      piece.kind = inside == "here" ? Piece::Kind::here : Piece::Kind::data;
    } else if (inside.starts_with(kEnvironment)) {
      if (!read_variable(inside.substr(kEnvironment.size()), piece)) return false;
    } else if (const std::size_t colon = inside.find(':'); colon != std::string_view::npos) {
      return fail(piece.place, fmt::format("there is no '{}' in ${{…}}", inside.substr(0, colon + 1)));
    } else if (!read_path(inside, piece)) {
      return false;
    }
    pieces_.push_back(std::move(piece));
    return true;
  }

  bool read_variable(std::string_view inside, Piece& piece) {
    piece.kind = Piece::Kind::environment;
    const std::size_t mark = inside.find(":-");
    piece.text = inside.substr(0, mark);
    if (mark != std::string_view::npos) piece.fallback = inside.substr(mark + 2);
    return is_variable_name(piece.text) ||
           fail(piece.place, fmt::format("'{}' is no name of a variable of the environment", piece.text));
  }

  bool read_path(std::string_view inside, Piece& piece) {
    piece.kind = Piece::Kind::path;
    Diagnostics malformed;
    const std::optional<Path> path = parse_path(inside, piece.place, malformed);
    if (!path) return fail(piece.place, malformed.sorted().at(0).message);
    piece.path = *path;
    piece.path.place = piece.place;
    return true;
  }

  const Value& scalar_;
  Diagnostics& diagnostics_;
  std::string_view line_;
  std::size_t at_line_ = 0;  // where in it the next reference may begin
  std::vector<Piece> pieces_;
};

}  // namespace

std::optional<std::vector<Piece>> cut_at_references(const Value& scalar, Diagnostics& diagnostics) {
  return ReferenceReader(scalar, diagnostics).read();
}

}  // namespace shoal::config
