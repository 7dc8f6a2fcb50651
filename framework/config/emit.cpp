#include "framework/config/emit.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "framework/config/scalars.h"
#include "framework/config/utf8.h"

namespace shoal::config {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kMaxFlowEntries = 16;

bool has_control(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode(text, at);
    if (!c.valid || is_unprintable(c.value) || c.value == 0xFEFF) return true;
    at += c.bytes;
  }
  return false;
}

// Text that is read back as it is without quotes, in block and in flow style, as a value and as a key.
bool is_safe_plain(std::string_view text) {
  if (text.empty() || has_control(text)) return false;
  if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@`").find(text.front()) != std::string_view::npos) {
    const bool dash = text.front() == '-' && text.size() > 1 && text[1] != ' ' && text[1] != '-';
    if (!dash) return false;
  }
  if (text.find_first_of(",[]{}") != std::string_view::npos) return false;
  if (text.starts_with("...") || text == "-") return false;
  return text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos;
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode(text, at);
    const std::string_view raw = text.substr(at, c.bytes);
    at += c.bytes;
    if (raw == "\"" || raw == "\\") {
      out += '\\';
      out += raw;
    } else if (raw == "\n") {
      out += "\\n";
    } else if (raw == "\t") {
      out += "\\t";
    } else if (is_unprintable(c.value) || c.value == 0xFEFF) {
      out += c.value < 0x100 ? fmt::format("\\x{:02x}", static_cast<unsigned>(c.value))
                             : fmt::format("\\u{:04x}", static_cast<unsigned>(c.value));
    } else {
      out += raw;
    }
  }
  return out + "\"";
}

std::string text_scalar(std::string_view text) {
  if (is_safe_plain(text) && !needs_quotes_as_text(text)) return std::string(text);
  if (has_control(text)) return double_quoted(text);
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string scalar(const Value& value) {
  const PlainType type = value.quoted ? PlainType::text : plain_type(value.text);
  if (type == PlainType::text) return text_scalar(value.text);
  if (type == PlainType::boolean) return value.text.front() == 't' || value.text.front() == 'T' ? "true" : "false";
  return type == PlainType::null ? "''" : normalized_number(value.text);
}

std::string with_tag(const Value& value, const std::string& text) {
  if (value.tag.empty()) return text;
  return text.empty() ? value.tag : value.tag + " " + text;
}

// One line, or nothing more once `budget` bytes are used up.
void flow(const Value& value, std::size_t budget, std::string& out) {
  if (out.size() > budget) return;
  if (!value.tag.empty()) out += value.tag + " ";
  if (value.is_null()) {
    out += "null";
  } else if (value.is_scalar()) {
    out += scalar(value);
  } else if (value.is_list()) {
    out += '[';
    for (std::size_t i = 0; i < value.items.size() && out.size() <= budget; ++i) {
      if (i > 0) out += ", ";
      flow(value.items[i], budget, out);
    }
    out += ']';
  } else {
    out += '{';
    for (std::size_t i = 0; i < value.entries.size() && out.size() <= budget; ++i) {
      if (i > 0) out += ", ";
      out += text_scalar(value.entries[i].key) + ": ";
      flow(value.entries[i].value, budget, out);
    }
    out += '}';
  }
}

// A list or map is on one line if it is empty, or short, not too full, and not a map of maps of maps.
bool fits_flow(const Value& value, std::size_t column, std::size_t width, std::string& line) {
  if (value.items.empty() && value.entries.empty()) {
    flow(value, width, line);
    return true;
  }
  if (value.entries.size() > kMaxFlowEntries || depth(value) > 2) return false;
  const std::size_t budget = width > column ? width - column : 0;
  flow(value, budget, line);
  return line.size() <= budget;
}

class BlockWriter {
 public:
  explicit BlockWriter(std::size_t width) : width_(width) {}

  // Writes what follows a `key:` or a `-` at `indent`; the cursor stands right behind that at `column`.
  void after(const Value& value, std::size_t indent, std::size_t column, bool in_list) {
    if (!value.is_list() && !value.is_map()) {
      out_ += " " + with_tag(value, value.is_null() ? "null" : scalar(value)) + "\n";
      return;
    }
    std::string line;
    if (fits_flow(value, column + 1, width_, line)) {
      out_ += " " + line + "\n";
      return;
    }
    const bool compact = in_list && value.tag.empty() && value.is_map();  // `- key: …` on the line of the dash
    out_ += value.tag.empty() ? (compact ? " " : "\n") : " " + value.tag + "\n";
    block(value, indent + kIndent, compact);
  }

  void block(const Value& value, std::size_t indent, bool first_on_line) {
    for (const Value& item : value.items) {
      out_ += std::string(indent, ' ') + "-";
      after(item, indent, indent + 1, /*in_list=*/true);
    }
    for (const Entry& entry : value.entries) {
      const std::string key = text_scalar(entry.key) + ":";
      out_ += std::string(first_on_line ? 0 : indent, ' ') + key;
      first_on_line = false;
      after(entry.value, indent, indent + key.size(), /*in_list=*/false);
    }
  }

  std::string take() { return std::move(out_); }

 private:
  std::size_t width_;
  std::string out_;
};

}  // namespace

std::string emit_flow(const Value& value) {
  std::string out;
  flow(value, std::string::npos, out);
  return out;
}

std::string emit_yaml(const Value& value, std::size_t width) {
  const bool block = (value.is_map() && !value.entries.empty()) || (value.is_list() && !value.items.empty());
  if (!block) return emit_flow(value) + "\n";
  BlockWriter writer(width);
  writer.block(value, 0, /*first_on_line=*/false);
  return (value.tag.empty() ? "" : value.tag + "\n") + writer.take();
}

}  // namespace shoal::config
