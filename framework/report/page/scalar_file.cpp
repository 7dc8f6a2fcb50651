#include "framework/report/page/scalar_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

namespace shoal::host {
namespace {

struct Line {
  std::size_t row = 0;
  std::string_view node = {}, name = {};
  SeriesPoint point = {};
};

/// Reads the parts of a line one after the other; each says whether it was there.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  bool literal(std::string_view wanted) {
    if (!text_.starts_with(wanted)) return false;
    text_.remove_prefix(wanted.size());
    return true;
  }
  template <typename Number>
  bool number(Number& out) {
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), out);
    if (error != std::errc()) return false;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return true;
  }
  bool plain_string(std::string_view& out) {  // up to a quote, without escapes
    const std::size_t end = text_.find_first_of("\"\\");
    if (end == std::string_view::npos || text_[end] != '"') return false;
    out = text_.substr(0, end);
    return true;
  }
  void skip(std::size_t bytes) { text_.remove_prefix(bytes); }
  bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
};

bool read_value(Scan& scan, double& out) {
  if (!scan.literal("null")) return scan.number(out);
  out = std::numeric_limits<double>::quiet_NaN();
  return true;
}

/// A line exactly as RunFolder::scalar writes it.
bool read_ours(std::string_view text, Line& out) {
  Scan scan(text);
  if (!scan.literal("{\"row\":") || !scan.number(out.row) || !scan.literal(",\"node\":\"")) return false;
  if (!scan.plain_string(out.node)) return false;
  scan.skip(out.node.size());
  if (!scan.literal("\",\"name\":\"") || !scan.plain_string(out.name)) return false;
  scan.skip(out.name.size());
  return scan.literal("\",\"step\":") && scan.number(out.point.step) && scan.literal(",\"value\":") &&
         read_value(scan, out.point.value) && scan.literal("}") && scan.at_end();
}

/// Any JSON that says the same; `node` and `name` keep the text that the line's point into.
bool read_any(std::string_view text, Line& out, std::string& node, std::string& name) try {
  const nlohmann::json json = nlohmann::json::parse(text);
  node = json.at("node");
  name = json.at("name");
  const auto& value = json.at("value");
  out = {json.at("row").get<std::size_t>(),
         node,
         name,
         {json.at("step"), value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>()}};
  return true;
} catch (const nlohmann::json::exception&) {
  return false;
}

/// Finds the series of a line; mostly it is the one after the last line's.
class SeriesTable {
 public:
  explicit SeriesTable(std::size_t rows) : rows_(rows) {}

  void add(const Line& line) {
    if (last_ >= series_.size() || series_[last_].name != line.name || series_[last_].node != line.node)
      last_ = find(line);
    series_[last_].rows[line.row].push_back(line.point);
  }
  std::vector<ScalarSeries> take() && { return std::move(series_); }

 private:
  std::size_t find(const Line& line) {
    std::string key(line.node);
    (key += '\n') += line.name;
    const auto [found, is_new] = numbers_.try_emplace(std::move(key), series_.size());
    if (is_new)
      series_.push_back({std::string(line.node), std::string(line.name), std::vector<std::vector<SeriesPoint>>(rows_)});
    return found->second;
  }

  std::size_t rows_, last_ = 0;
  std::vector<ScalarSeries> series_;
  std::map<std::string, std::size_t> numbers_;
};

}  // namespace

std::vector<ScalarSeries> read_scalar_file(const std::filesystem::path& file, std::size_t rows,
                                           std::vector<std::string>& damaged) {
  std::ifstream in(file, std::ios::binary);
  std::string all;
  if (in) {
    in.seekg(0, std::ios::end);
    all.resize(static_cast<std::size_t>(std::max<std::streamoff>(in.tellg(), 0)));
    in.seekg(0);
    in.read(all.data(), static_cast<std::streamsize>(all.size()));
    all.resize(static_cast<std::size_t>(in.gcount()));
  }
  SeriesTable table(rows);
  std::size_t number = 0, bad = 0, first_bad = 0;
  std::string node, name;
  for (std::string_view rest = all; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    Line line;
    if ((read_ours(text, line) || read_any(text, line, node, name)) && line.row < rows) {
      table.add(line);
    } else if (bad++ == 0) {
      first_bad = number;
    }
  }
  if (bad > 0)
    damaged.push_back(fmt::format("{}: line {} is no scalar of this run{}; passed over", file.filename().string(),
                                  first_bad, bad > 1 ? fmt::format(", nor are {} others", bad - 1) : ""));
  return std::move(table).take();
}

}  // namespace shoal::host
