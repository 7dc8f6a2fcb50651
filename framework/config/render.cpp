// The text form of diagnostics: compilers' shape, file:line:column first, so that editors can jump there.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "framework/config/diagnostics.h"
#include "framework/config/utf8.h"

namespace shoal::config {
namespace {

constexpr int kGutter = 5;  // columns for the line number, as in "    6 | text"

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::note: break;
  }
  return "note";
}

// A stretch of a line as a terminal shows it, and what stands under it.
struct Excerpt {
  std::string text;
  std::string caret;
};

// What is never printed raw (control characters, broken UTF-8) shows as U+FFFD; tabs stay, above and below alike.
std::string shown(std::string_view text, std::size_t at, const CodePoint& c) {
  if (c.value == '\t') return "\t";
  return !c.valid || is_unprintable(c.value) ? "\uFFFD" : std::string(text.substr(at, c.bytes));
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode(text, at);
    out += shown(text, at, c);
    at += c.bytes;
  }
  return out;
}

// The byte of `line` where the window of `width` code points around `column` begins.
std::size_t window_start(std::string_view line, std::size_t column, std::size_t width) {
  if (column <= width) return 0;
  std::size_t at = 0;
  for (std::size_t skip = column - width / 2; skip > 1 && at < line.size(); --skip) at += decode(line, at).bytes;
  return at;
}

Excerpt excerpt(std::string_view line, const Place& place, std::size_t width) {
  const std::size_t begin = window_start(line, place.column, width);
  Excerpt out;
  if (begin > 0) {
    out.text = "…";
    out.caret = " ";
  }
  std::size_t column = 1 + count_code_points(line.substr(0, begin));
  const std::size_t end_column = place.column + std::max<std::size_t>(place.length, 1);
  std::size_t used = 0;
  for (std::size_t at = begin; at < line.size(); ++column) {
    if (used >= width) {
      out.text += "…";
      break;
    }
    const CodePoint c = decode(line, at);
    const std::string here = shown(line, at, c);
    const std::size_t columns = here == "\uFFFD" ? 1 : display_width(c.value);
    out.text += here;
    if (column < place.column) {
      out.caret += here == "\t" ? "\t" : std::string(columns, ' ');
    } else if (column < end_column) {
      out.caret += std::string(columns, '^');
    }
    used += columns;
    at += c.bytes;
  }
  if (out.caret.find('^') == std::string::npos) out.caret += '^';  // just behind the line's end, or a zero-width mark
  return out;
}

// What stands at a place that brought a value elsewhere: `${…}`, or else an alias.
bool is_reference(const Place& place) {
  const std::string_view line = place.source ? place.source->line(place.line) : std::string_view();
  std::size_t at = 0;
  for (std::size_t column = 1; column < place.column && at < line.size(); ++column) at += decode(line, at).bytes;
  return line.substr(std::min(at, line.size())).starts_with("${");
}

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// "3 errors and 1 warning in 2 files and the command line."
std::string summary(const std::vector<Diagnostic>& all, std::string_view outcome) {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::set<std::string_view> files;
  bool command_line = false;
  for (const Diagnostic& d : all) {
    if (d.severity == Severity::note) continue;
    ++(d.severity == Severity::error ? errors : warnings);
    if (!d.place.source) continue;
    if (d.place.source->kind() == Source::Kind::command_line) {
      command_line = true;
    } else {
      files.insert(d.place.source->name());
    }
  }
  if (errors + warnings == 0) return "";
  std::string text = errors > 0 ? plural(errors, "error") : "";
  if (warnings > 0) text += (errors > 0 ? " and " : "") + plural(warnings, "warning");
  if (!files.empty() || command_line) text += " in ";
  if (!files.empty()) text += plural(files.size(), "file");
  if (command_line) text += files.empty() ? "the command line" : " and the command line";
  text += '.';
  if (errors > 0 && !outcome.empty()) text += fmt::format(" {}", outcome);
  return text + '\n';
}

}  // namespace

std::vector<Note> read_through(const Place& place) {
  std::vector<Note> notes;
  for (const Place* via = place.via.get(); via != nullptr; via = via->via.get()) {
    const std::string_view what = is_reference(*via) ? "" : "the alias at ";
    notes.push_back({fmt::format("read through {}{}", what, via->to_string()), *via});
  }
  const Source* source = place.source.get();
  while (source != nullptr && source->asked_at() != nullptr) {
    const Place& asked = *source->asked_at();
    const bool is_base = asked.source->kind() == Source::Kind::file;
    notes.push_back({fmt::format("read through {}{}", asked.to_string(), is_base ? " (base)" : ""), asked});
    source = asked.source.get();
  }
  return notes;
}

std::string render(const Diagnostic& diagnostic, const RenderOptions& options) {
  const Place& place = diagnostic.place;
  const std::string where = printable(place.to_string());
  std::string out = fmt::format("{}{}{}[{}]: {}\n", where, where.empty() ? "" : ": ", name_of(diagnostic.severity),
                                diagnostic.id, printable(diagnostic.message));
  const bool has_line = place.source && place.line >= 1 && place.line <= place.source->line_count();
  if (has_line) {
    const Excerpt lines = excerpt(place.source->line(place.line), place, options.width);
    out += fmt::format("{:>{}} | {}\n", place.line, kGutter, lines.text);
    out += fmt::format("{:>{}} | {}\n", "", kGutter, lines.caret);
  }
  for (const Note& note : diagnostic.notes) {
    const std::string at = note.place ? printable(note.place->to_string()) : "";
    out += fmt::format("{:>{}} = {}: {}{}{}\n", "", kGutter, note.place ? "note" : "help", printable(note.text),
                       at.empty() ? "" : ": ", at);
  }
  for (const Note& note : read_through(place)) {
    out += fmt::format("{:>{}} = note: {}\n", "", kGutter, printable(note.text));
  }
  return out;
}

std::string render(const Diagnostics& diagnostics, const RenderOptions& options) {
  const std::vector<Diagnostic> all = diagnostics.sorted();
  std::string out;
  for (std::size_t i = 0; i < std::min(all.size(), options.limit); ++i) out += render(all[i], options);
  if (all.size() > options.limit) out += fmt::format("… and {} more\n", all.size() - options.limit);
  return out + summary(all, options.outcome);
}

}  // namespace shoal::config
