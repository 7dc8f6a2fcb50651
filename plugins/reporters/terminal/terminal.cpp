#include "terminal.h"

#include <algorithm>
#include <utility>

#include "words.h"

namespace shoal {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr std::size_t kMostNumbers = 4;  // at the end of a line
constexpr int kNameColumns = 16;
constexpr int kWordColumns = 12;

/// What a row came to, as many numbers as `columns` hold; the first in any case. The table at the end has them all.
std::string numbers_within(const RowState& row, int columns) {
  std::string out;
  for (const auto& [name, value] : row.reported()) {
    const std::string next = out + "  " + name + " " + describe_number(value);
    if (!out.empty() && columns_of(next) > columns) break;
    out = next;
  }
  return out;
}

const char* end_word(const Event& event) {
  switch (event.status) {
    case SHOAL_OK: return "done";
    case SHOAL_E_CANCELLED: return "stopped";
    default: return "failed";
  }
}

}  // namespace

void Terminal::on(const Event& event) {
  now_ = event.time;
  run_.on(event);
  switch (event.type) {
    case SHOAL_RUN_BEGIN:
      line(text("run    {} {} → {}", event.rows, event.rows == 1 ? "row" : "rows", event.text));
      break;
    case SHOAL_ROW_BEGIN: begin_row(event); break;
    case SHOAL_LOG: log(event); break;
    case SHOAL_NODE_END: end_node(event); break;
    case SHOAL_ROW_END: end_row(event); break;
    case SHOAL_RUN_END: end_run(event); break;
    case SHOAL_NODE_BEGIN:
    case SHOAL_PROGRESS: draw_live(event.time); break;
    default: break;
  }
}

void Terminal::begin_row(const Event& event) {
  if (options_.live || event.rows <= 1) return;
  line(paint(text("row {} of {}  {}", event.row + 1, event.rows, run_.row(event.row).heading()), "1"));
}

void Terminal::end_node(const Event& event) {
  const NodeState& node = run_.row(event.row).node(event.node);
  if (!options_.live || !node.good()) line(line_of_node(event.node, node, event.text, event.row));
  else draw_live(event.time);
}

/// Live, what a row leaves: of one in which nothing happened, nothing. In a log its nodes have left it already.
void Terminal::end_row(const Event& event) {
  RowState row = std::move(run_.row(event.row));
  run_.forget(event.row);
  if (!options_.live) return;
  if (event.rows <= 1) {
    for (const std::string& name : row.ended_nodes())
      if (row.node(name).good()) line(line_of_node(name, row.node(name), "", event.row));
    return;
  }
  if (!row.heard_of() && event.status != SHOAL_OK) return;
  const std::string title = text("row {} of {}", event.row + 1, event.rows);
  const std::string seconds = describe_seconds(std::max(0.0, run_.seconds_of_row(event.time)));
  const std::string trouble = event.status == SHOAL_OK ? "" : *row.trouble() == '\0' ? "not done" : row.trouble();
  const std::string rest = "  " + row.heading() + "   ";
  const std::string numbers =
      numbers_within(row, options_.size().columns - columns_of(title + rest + (trouble.empty() ? seconds : trouble)));
  line(paint(title, "1") + rest + (trouble.empty() ? seconds : paint(trouble, "31")) + numbers);
}

void Terminal::end_run(const Event& event) {
  over_ = true;
  line(text("{}   in {}", end_word(event), describe_seconds(event.seconds)));
}

/// "  learn            12.3 s       loss 0.41  nmi 0.713"
std::string Terminal::line_of_node(const std::string& name, const NodeState& node, const char* why,
                                   std::int64_t row) const {
  std::string out = "  " + name_of(name, row) + " ";
  if (!node.good()) return out + paint(node.word(), "31") + "   " + why;
  out += padded(node.word(), kWordColumns) + " " + node.numbers(kMostNumbers);
  return out.substr(0, out.find_last_not_of(' ') + 1);
}

/// Of another row than the one that is told of: with its number.
std::string Terminal::name_of(const std::string& node, std::int64_t row) const {
  const bool named = run_.count() > 1 && (options_.live || row != run_.current());
  return padded(named ? text("{} of row {}", node, row + 1) : node, kNameColumns);
}

void Terminal::log(const Event& event) {
  const bool warning = event.level == SHOAL_WARNING;
  const bool only_warnings = options_.live && run_.count() > 1;  // each row would say the same; log.txt has it
  if (event.level == SHOAL_DEBUG || (only_warnings && !warning)) return;
  line(text("  {} {}{}", name_of(event.node, event.row), warning ? paint("warning: ", "33") : std::string(),
            event.text));
}

void Terminal::draw_live(double time) {
  if (!options_.live || time - last_drawn_ < kRedrawSeconds) return;
  last_drawn_ = time;
  const ScreenSize size = options_.size();
  block_.draw(block(time, size), size.columns);
}

std::vector<LiveLine> Terminal::block(double time, const ScreenSize& size) const {
  return over_ ? std::vector<LiveLine>()
               : run_.lines(time, options_.memory(), static_cast<std::size_t>(std::max(2, size.lines - 1)));
}

/// A line that stays; live, above the block.
void Terminal::line(const std::string& text) {
  if (options_.live) {
    const ScreenSize size = options_.size();
    block_.draw(block(now_, size), size.columns, text);
    last_drawn_ = 0;  // what happens next is shown at once
  } else {
    out_ << text << '\n' << std::flush;
  }
}

std::string Terminal::paint(const std::string& text, const char* code) const {
  return options_.colour ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
}

}  // namespace shoal
