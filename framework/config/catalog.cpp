#include "framework/config/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace shoal::config {
namespace {

constexpr std::size_t kWidth = 100;

/// Words of `text` in lines of at most kWidth bytes.
std::string wrap(std::string_view text) {
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (used > 0) {
      const bool fits = used + 1 + word.size() <= kWidth;
      out += fits ? ' ' : '\n';
      used = fits ? used + 1 : 0;
    }
    out += word;
    used += word.size();
  }
  return out + '\n';
}

/// Each line of `text` behind `margin`.
std::string indent(std::string_view text, std::string_view margin) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += fmt::format("{}{}\n", margin, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

const std::vector<Chapter>& catalog() {
  static const std::vector<Chapter> chapters = {
      {"Y", "reading the file", explanations_of_reading()},
      {"C", "composing it: paths, overrides, format", explanations_of_composing()},
      {"K", "keys, components and their parameters", explanations_of_keys()},
      {"G", "the graph", explanations_of_graphs()},
      {"P", "planning", explanations_of_planning()},
      {"M", "the matrix", explanations_of_matrices()},
      {"R", "running", explanations_of_runs()},
      {"S", "what is kept between runs", explanations_of_stores()},
      {"F", "fairness of a comparison", explanations_of_comparisons()},
  };
  return chapters;
}

const Explanation* find_explanation(std::string_view id) {
  std::string wanted(id);
  for (char& c : wanted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const Chapter& chapter : catalog())
    for (const Explanation& entry : chapter.entries)
      if (entry.id == wanted) return &entry;
  return nullptr;
}

std::string render(const Explanation& explanation) {
  std::string out = fmt::format("{}: {}\n\n{}", explanation.id, explanation.title, wrap(explanation.text));
  if (!explanation.wrong.empty()) out += "\nwrong\n" + indent(explanation.wrong, "    ");
  if (!explanation.right.empty()) out += "right\n" + indent(explanation.right, "    ");
  return out;
}

std::string list_catalog() {
  std::string out;
  for (const Chapter& chapter : catalog()) {
    out += fmt::format("{}{}: {}\n", out.empty() ? "" : "\n", chapter.letter, chapter.title);
    for (const Explanation& entry : chapter.entries) out += fmt::format("  {}  {}\n", entry.id, entry.title);
  }
  return out + "\nshoal explain ID says more.\n";
}

std::string catalog_as_markdown() {
  std::string out =
      "# Diagnostics\n\n"
      "What Shoal says of an experiment has an id that stays: `file:line:column: error[K203]: …`. An error stops, a\n"
      "warning stops with `--strict` only, a note tells what was done. `shoal explain K203` prints an entry of this "
      "page,\n"
      "`shoal explain` the list; the page is written by `shoal explain --markdown`. `shoal check --format` gives\n"
      "diagnostics as `json`, `sarif` or `github` for other programs ([experiment-files.md](experiment-files.md)).\n";
  for (const Chapter& chapter : catalog()) {
    out += fmt::format("\n## {}: {}\n", chapter.letter, chapter.title);
    for (const Explanation& entry : chapter.entries) {
      out += fmt::format("\n### {} {}\n\n{}", entry.id, entry.title, wrap(entry.text));
      if (!entry.wrong.empty())
        out += fmt::format("\n```yaml\n# wrong\n{}\n# right\n{}\n```\n", entry.wrong, entry.right);
    }
  }
  return out;
}

}  // namespace shoal::config
