#include "framework/report/page/scalar_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
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

}  // namespace

std::size_t ScalarReader::find(std::string_view node, std::string_view name) {
  if (last_ < series_.size() && series_[last_].name == name && series_[last_].node == node) return last_;
  std::string key(node);
  (key += '\n') += name;
  const auto [found, is_new] = numbers_.try_emplace(std::move(key), series_.size());
  if (is_new) series_.push_back({std::string(node), std::string(name), std::vector<std::vector<SeriesPoint>>(rows_)});
  return last_ = found->second;
}

void ScalarReader::read(std::string_view lines) {
  std::string node, name;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view text = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    ++lines_;
    Line line;
    if ((read_ours(text, line) || read_any(text, line, node, name)) && line.row < rows_) {
      series_[find(line.node, line.name)].rows[line.row].push_back(line.point);
    } else if (bad_++ == 0) {
      first_bad_ = lines_;
    }
  }
}

std::string ScalarReader::damage(const std::string& file) const {
  if (bad_ == 0) return "";
  return fmt::format("{}: line {} is no scalar of this run{}; passed over", file, first_bad_,
                     bad_ > 1 ? fmt::format(", nor are {} others", bad_ - 1) : "");
}

std::vector<ScalarSeries> read_scalar_file(const std::filesystem::path& file, std::size_t rows,
                                           std::vector<std::string>& damaged) {
  std::ifstream in(file, std::ios::binary);
  std::string all;
  if (in) {  // at once: by an iterator it takes as long as reading the lines
    in.seekg(0, std::ios::end);
    all.resize(static_cast<std::size_t>(std::max<std::streamoff>(in.tellg(), 0)));
    in.seekg(0);
    in.read(all.data(), static_cast<std::streamsize>(all.size()));
    all.resize(static_cast<std::size_t>(in.gcount()));
  }
  std::vector<ScalarSeries> out;
  ScalarReader reader(rows, out);
  reader.read(all);
  if (const std::string damage = reader.damage(file.filename().string()); !damage.empty()) damaged.push_back(damage);
  return out;
}

}  // namespace shoal::host
