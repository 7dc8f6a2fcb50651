// A comparison as text, Markdown, LaTeX, CSV, HTML and JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "framework/report/comparison_table.h"
#include "framework/report/escape.h"
#include "framework/report/json_number.h"
#include "framework/report/numbers.h"
#include "framework/report/text_table.h"
#include "framework/run/median.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

/// Those of the table, then those of the comparison.
std::vector<Remark> remarks_of(const Comparison& comparison, const Table& table) {
  std::vector<Remark> out = table.remarks;
  out.insert(out.end(), comparison.remarks.begin(), comparison.remarks.end());
  return out;
}

std::string as_text(const Comparison& comparison, const Table& table) {
  std::vector<std::vector<std::string>> lines = {table.head};
  lines.insert(lines.end(), table.lines.begin(), table.lines.end());
  std::string out = heading_of(comparison) + "\n" + align_columns(lines, table.numeric, 2);
  for (const Remark& remark : remarks_of(comparison, table)) out += fmt::format("{}: {}\n", remark.id, remark.text);
  return out;
}

std::string markdown_cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '<') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string as_markdown(const Comparison& comparison, const Table& table) {
  std::string out = markdown_cell(heading_of(comparison)) + "\n\n|";
  for (const std::string& head : table.head) out += " " + markdown_cell(head) + " |";
  out += "\n|";
  for (const bool numeric : table.numeric) out += numeric ? " ---: |" : " --- |";
  for (const auto& line : table.lines) {
    out += "\n|";
    for (const std::string& cell : line) out += " " + markdown_cell(cell) + " |";
  }
  out += "\n";
  const std::vector<Remark> remarks = remarks_of(comparison, table);
  if (!remarks.empty()) out += "\n";
  for (const Remark& remark : remarks) out += fmt::format("* **{}** {}\n", remark.id, markdown_cell(remark.text));
  return out;
}

std::string latex_text(const std::string& text) {
  static const std::pair<std::string_view, std::string_view> kSymbols[] = {{"±", "$\\pm$"},
                                                                           {"−", "$-$"},
                                                                           {"↑", "$\\uparrow$"},
                                                                           {"↓", "$\\downarrow$"},
                                                                           {"Δ", "$\\Delta$"},
                                                                           {"×", "$\\times$"},
                                                                           {"≈", "$\\approx$"},
                                                                           {"–", "--"},
                                                                           {"…", "\\dots"},
                                                                           {"·", "$\\cdot$"},
                                                                           {"\\", "\\textbackslash{}"},
                                                                           {"~", "\\textasciitilde{}"},
                                                                           {"^", "\\textasciicircum{}"},
                                                                           {"&", "\\&"},
                                                                           {"%", "\\%"},
                                                                           {"$", "\\$"},
                                                                           {"#", "\\#"},
                                                                           {"_", "\\_"},
                                                                           {"{", "\\{"},
                                                                           {"}", "\\}"}};
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto found = std::find_if(std::begin(kSymbols), std::end(kSymbols), [&](const auto& symbol) {
      return text.compare(i, symbol.first.size(), symbol.first) == 0;
    });
    if (found == std::end(kSymbols)) {
      out += text[i++];
    } else {
      out += found->second;
      i += found->first.size();
    }
  }
  return out;
}

std::string as_latex(const Comparison& comparison, const Table& table) {
  std::string out = "% " + heading_of(comparison) + "\n\\begin{tabular}{";
  for (const bool numeric : table.numeric) out += numeric ? 'r' : 'l';
  out += "}\n\\toprule\n";
  const auto add = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : " & ") + latex_text(cells[i]);
    out += " \\\\\n";
  };
  add(table.head);
  out += "\\midrule\n";
  for (const auto& line : table.lines) add(line);
  out += "\\bottomrule\n\\end{tabular}\n";
  for (const Remark& remark : remarks_of(comparison, table)) {
    std::string text = remark.text;
    std::replace(text.begin(), text.end(), '\n', ' ');
    out += fmt::format("% {}: {}\n", remark.id, text);
  }
  return out;
}

std::string as_html(const Comparison& comparison, const Table& table) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\">\n"
      "<title>{0}</title>\n<style>body{{font:16px/1.5 "
      "system-ui,sans-serif;margin:2rem}}table{{border-collapse:collapse;"
      "font-variant-numeric:tabular-nums}}th,td{{padding:.2rem .8rem .2rem 0;border-bottom:1px solid "
      "#ccd;text-align:left}}"
      ".n{{text-align:right}}.wide{{overflow-x:auto}}</style>\n<p>{0}</p>\n<div class=\"wide\"><table>\n<tr>",
      escape_html(heading_of(comparison)));
  const auto cell = [&](const char* tag, std::size_t i, const std::string& text) {
    out += fmt::format("<{0}{1}>{2}</{0}>", tag, table.numeric[i] ? " class=\"n\"" : "", escape_html(text));
  };
  for (std::size_t i = 0; i < table.head.size(); ++i) cell("th", i, table.head[i]);
  out += "</tr>\n";
  for (const auto& line : table.lines) {
    out += "<tr>";
    for (std::size_t i = 0; i < line.size(); ++i) cell("td", i, line[i]);
    out += "</tr>\n";
  }
  out += "</table></div>\n";
  const std::vector<Remark> remarks = remarks_of(comparison, table);
  if (!remarks.empty()) out += "<ul>\n";
  for (const Remark& remark : remarks)
    out += fmt::format("<li><b>{}</b> {}</li>\n", remark.id, escape_html(remark.text));
  if (!remarks.empty()) out += "</ul>\n";
  return out + "</html>\n";
}

/// Numbers of their own columns rather than cells to be read: CSV is for programs.
std::string as_csv(const Comparison& comparison) {
  std::string out;
  for (const std::string& column : comparison.columns) out += escape_csv(column) + ",";
  out += "done,planned";
  for (const std::string& m : comparison.metrics)
    for (const char* what : {"mean", "sd", "n", "difference", "low", "high", "p", "p_holm", "wins", "ties", "losses"})
      out += "," + escape_csv(m + " " + what);
  for (const std::string& node : comparison.timed)
    for (const char* what : {"median_seconds", "least_seconds", "largest_seconds", "ratio"})
      out += "," + escape_csv(node + " " + what);
  out += ",peak_rss_bytes\r\n";
  const auto number = [](double value) { return std::isfinite(value) ? fmt::format(",{}", value) : ","; };
  for (const ComparedSetting& s : comparison.settings) {
    for (const std::string& label : s.labels) out += escape_csv(label) + ",";
    out += fmt::format("{},{}", s.done, s.planned);
    for (const Measured& m : s.metrics) {
      const auto [mean, sd] = mean_sd(m.values);
      out += m.values.empty() ? ",," : number(mean) + number(sd);
      out += fmt::format(",{}", m.values.size());
      if (m.against)
        out += number(m.against->mean) + number(m.against->low) + number(m.against->high) + number(m.against->p) +
               number(m.adjusted_p) + fmt::format(",{},{},{}", m.against->wins, m.against->ties, m.against->losses);
      else out += ",,,,,,,,";
    }
    for (const Times& t : s.times) {
      if (t.seconds.empty()) {
        out += ",,,,";
        continue;
      }
      const auto [least, largest] = std::minmax_element(t.seconds.begin(), t.seconds.end());
      out += number(median(t.seconds)) + number(*least) + number(*largest) + (t.ratio ? number(*t.ratio) : ",");
    }
    out += fmt::format(",{}\r\n", s.peak_rss_bytes);
  }
  return out;
}

ordered_json numbers(const std::vector<double>& values) {
  ordered_json out = ordered_json::array();
  for (const double value : values) out.push_back(json_number(value));
  return out;
}

ordered_json describe_metric(const Measured& measured) {
  const auto [mean, sd] = mean_sd(measured.values);
  ordered_json out = {{"seeds", measured.seeds}, {"values", numbers(measured.values)}};
  if (!measured.values.empty()) out["mean"] = json_number(mean), out["sd"] = json_number(sd);
  if (const auto& a = measured.against)
    out["against_baseline"] = {{"pairs", a->pairs},
                               {"mean", json_number(a->mean)},
                               {"interval_95", {json_number(a->low), json_number(a->high)}},
                               {"wins", a->wins},
                               {"ties", a->ties},
                               {"losses", a->losses},
                               {"p_sign_flip", json_number(a->p)},
                               {"p_holm", json_number(measured.adjusted_p)}};
  return out;
}

ordered_json describe_setting(const Comparison& comparison, const ComparedSetting& setting) {
  ordered_json out;
  out["settings"] = ordered_json::object();
  for (std::size_t c = 0; c < comparison.columns.size(); ++c)
    out["settings"][comparison.columns[c]] = setting.labels[c];
  out["baseline"] = setting.is_baseline;
  out["planned"] = setting.planned;
  out["seeds"] = setting.seeds;
  out["metrics"] = ordered_json::object();
  for (std::size_t m = 0; m < comparison.metrics.size(); ++m)
    out["metrics"][comparison.metrics[m]] = describe_metric(setting.metrics[m]);
  for (std::size_t t = 0; t < comparison.timed.size(); ++t) {
    const Times& times = setting.times[t];
    ordered_json described = {{"seconds", numbers(times.seconds)}};
    if (!times.seconds.empty()) described["median"] = json_number(median(times.seconds));
    if (times.ratio) described["ratio_to_baseline"] = json_number(*times.ratio);
    out["fits"][comparison.timed[t]] = std::move(described);
  }
  out["peak_rss_bytes"] = setting.peak_rss_bytes;
  return out;
}

}  // namespace

std::string render(const Comparison& comparison, const Table& table, TableFormat format) {
  switch (format) {
    case TableFormat::text: return as_text(comparison, table);
    case TableFormat::markdown: return as_markdown(comparison, table);
    case TableFormat::latex: return as_latex(comparison, table);
    case TableFormat::csv: return as_csv(comparison);
    case TableFormat::html: return as_html(comparison, table);
  }
  return "";
}

std::string to_json(const Comparison& comparison) {
  ordered_json out;
  out["experiments"] = comparison.names;
  out["runs"] = ordered_json::array();
  std::vector<const RunFile*> known;
  for (const ComparedSetting& setting : comparison.settings)
    for (const RunFile* run : setting.runs)
      if (std::find(known.begin(), known.end(), run) == known.end()) {
        known.push_back(run);
        out["runs"].push_back({{"folder", run->folder.string()}, {"name", run->name}, {"started", run->started}});
      }
  out["columns"] = comparison.columns;
  out["equal"] = ordered_json::object();
  for (const auto& [axis, label] : comparison.equal) out["equal"][axis] = label;
  out["metrics"] = ordered_json::object();
  for (std::size_t m = 0; m < comparison.metrics.size(); ++m)
    out["metrics"][comparison.metrics[m]] = comparison.better[m] > 0   ? "higher"
                                            : comparison.better[m] < 0 ? "lower"
                                                                       : "";
  out["baseline"] = comparison.baseline;
  out["settings"] = ordered_json::array();
  for (const ComparedSetting& setting : comparison.settings)
    out["settings"].push_back(describe_setting(comparison, setting));
  out["remarks"] = ordered_json::array();
  for (const Remark& remark : comparison.remarks) out["remarks"].push_back({{"id", remark.id}, {"text", remark.text}});
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace shoal::host
