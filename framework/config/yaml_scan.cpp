#include "framework/config/yaml_scan.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "framework/config/utf8.h"

namespace shoal::config {
namespace {

constexpr std::string_view kBlank = " \t";

// UTF-16 by its mark, or by the zero byte that every ASCII character has there.
bool is_utf16(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
  return text.size() >= 2 && (text[0] == '\0') != (text[1] == '\0');
}

std::size_t indentation(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// True where a | or > block of text begins: `key: |`, `- >-2 # comment`, `key: !tag &anchor |`.
bool opens_block(std::string_view line) {
  std::size_t end = line.size();
  if (const std::size_t comment = line.find(" #"); comment != std::string_view::npos) end = comment;
  end = line.find_last_not_of(kBlank, end == 0 ? 0 : end - 1);
  if (end == std::string_view::npos) return false;
  const std::size_t sign = line.find_last_not_of("+-123456789", end);
  if (sign == std::string_view::npos || (line[sign] != '|' && line[sign] != '>')) return false;
  return sign == 0 || line[sign - 1] == ' ' || line[sign - 1] == '\t';
}

}  // namespace

bool scan_characters(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics) {
  const std::string& text = source->text();
  if (is_utf16(text)) {
    diagnostics.error("Y102", {source}, "the file is UTF-16, not UTF-8",
                      {{"save it as UTF-8 (iconv -f UTF-16 -t UTF-8)", std::nullopt}});
    return false;
  }
  bool clean = true;
  for (std::size_t number = 1; number <= source->line_count(); ++number) {
    const std::string_view line = source->line(number);
    std::size_t column = 1;
    for (std::size_t at = 0; at < line.size(); ++column) {
      const CodePoint c = decode(line, at);
      const Place place{source, number, column};
      if (!c.valid) {
        const auto offset = static_cast<std::size_t>(line.data() - text.data()) + at;
        diagnostics.error("Y102", place,
                          fmt::format("not UTF-8 at byte {} (0x{:02X})", offset, static_cast<unsigned char>(line[at])),
                          {{"write it as UTF-8", std::nullopt}});
        return false;  // one wrong byte is seldom alone
      }
      if (c.value != '\t' && (c.value < 0x20 || (c.value >= 0x7F && c.value <= 0x9F && c.value != 0x85))) {
        diagnostics.error("Y106", place, fmt::format("control character 0x{:02X}", static_cast<unsigned>(c.value)),
                          {{"remove it, or write \"\\x" + fmt::format("{:02X}", static_cast<unsigned>(c.value)) +
                                "\" in double quotes",
                            std::nullopt}});
        clean = false;
      }
      at += c.bytes;
    }
  }
  return clean;
}

bool scan_tabs(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics) {
  bool clean = true;
  std::optional<std::size_t> block_parent;  // indentation of the line that opened the block we are in
  std::size_t block_indentation = 0;        // of its text; 0 until its first line
  for (std::size_t number = 1; number <= source->line_count(); ++number) {
    const std::string_view line = source->line(number);
    const std::size_t first = line.find_first_not_of(kBlank);
    if (first == std::string_view::npos) continue;
    const std::size_t spaces = indentation(line);
    if (block_parent && spaces > *block_parent) {
      if (block_indentation == 0) block_indentation = spaces;
      if (spaces >= block_indentation) continue;
    }
    block_parent.reset();
    if (const std::size_t tab = line.find('\t'); tab < first) {
      diagnostics.error("Y105", {source, number, tab + 1}, "tab in indentation",
                        {{"indent with spaces; how wide a tab is, YAML does not say", std::nullopt}});
      clean = false;
    }
    if (opens_block(line)) {
      block_parent = spaces;
      block_indentation = 0;
    }
  }
  return clean;
}

}  // namespace shoal::config
