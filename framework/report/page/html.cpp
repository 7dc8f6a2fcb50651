#include "framework/report/page/html.h"

#include <cctype>
#include <stdexcept>

#include "framework/config/utf8.h"

namespace shoal::host {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

void append_escaped(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const config::CodePoint point = config::decode(text, at);
    const std::string_view bytes = text.substr(at, point.bytes);
    at += point.bytes;
    const bool control = (point.value < 0x20 && bytes != "\n" && bytes != "\t") || point.value == 0x7f;
    if (!point.valid || control) out += kReplacement;
    else if (bytes == "&") out += "&amp;";
    else if (bytes == "<") out += "&lt;";
    else if (bytes == ">") out += "&gt;";
    else if (bytes == "\"") out += "&quot;";
    else if (bytes == "'") out += "&#39;";
    else out += bytes;
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// Whether the markup of an SVG holds something that acts: a script, what may hold HTML, a handler, an outside link.
bool acts(const std::string& svg) {
  for (const char* bad : {"<script", "<foreignobject", "<iframe", "<object", "<embed", "javascript:", "<!entity"})
    if (svg.find(bad) != std::string::npos) return true;
  bool inside = false;
  char quote = 0;
  for (std::size_t i = 0; i < svg.size(); ++i) {
    if (quote != 0) quote = svg[i] == quote ? 0 : quote;
    else if (inside && (svg[i] == '"' || svg[i] == '\'')) quote = svg[i];
    else if (svg[i] == '<') inside = true;
    else if (svg[i] == '>') inside = false;
    else if (inside && std::isspace(static_cast<unsigned char>(svg[i])) != 0) {
      const std::string_view next = std::string_view(svg).substr(i + 1);
      if (next.starts_with("on") || next.starts_with("href=\"http") || next.starts_with("xlink:href=\"http"))
        return true;
    }
  }
  return false;
}

}  // namespace

void Html::begin(Word tag, Attributes attributes) {
  (out() += "<") += tag.view();
  for (const Attribute& attribute : attributes) {
    ((out() += " ") += attribute.name.view()) += "=\"";
    append_escaped(attribute.value, out());
    out() += "\"";
  }
  out() += ">";
}

Html& Html::open(Word tag, Attributes attributes) {
  begin(tag, attributes);
  open_.push_back(tag.view());
  return *this;
}

Html& Html::close() {
  if (open_.empty()) throw std::logic_error("no element is open");
  ((out() += "</") += open_.back()) += ">";
  open_.pop_back();
  return *this;
}

Html& Html::text(std::string_view text) {
  append_escaped(text, out());
  return *this;
}

Html& Html::element(Word tag, Attributes attributes, std::string_view text) {
  return open(tag, attributes).text(text).close();
}

Html& Html::single(Word tag, Attributes attributes) {
  begin(tag, attributes);
  return *this;
}

Html& Html::json(const std::string& id, std::string_view document) {
  begin("script", {{"type", "application/json"}, {"id", id}});
  for (std::size_t i = 0; i < document.size(); ++i) {
    if (document[i] == '<') out() += "\\u003c";
    else if (document.substr(i, 3) == "\xE2\x80\xA8") out() += "\\u2028", i += 2;
    else if (document.substr(i, 3) == "\xE2\x80\xA9") out() += "\\u2029", i += 2;
    else out() += document[i];
  }
  out() += "</script>";
  return *this;
}

Html& Html::style(std::string_view css) {
  if (lower(css).find("</style") != std::string::npos) throw std::logic_error("a style sheet ends its element");
  ((out() += "<style>") += css) += "</style>";
  return *this;
}

Html& Html::script(std::string_view program) {
  out() += "<script>";
  for (std::size_t i = 0; i < program.size(); ++i) {
    out() += program[i];
    if (program[i] != '<') continue;
    const std::string next = lower(program.substr(i + 1, 7));
    if (next == "/script") out() += '\\';
    if (next.starts_with("!--")) throw std::logic_error("a script holds <!--, which would swallow its end");
  }
  out() += "</script>";
  return *this;
}

Html& Html::drawing(std::string_view svg, const std::string& label) {
  const std::size_t start = svg.find("<svg");
  if (start == std::string_view::npos || svg.find("</svg>") == std::string_view::npos)
    throw std::runtime_error("a drawing is no SVG");
  if (acts(lower(svg))) throw std::runtime_error("a drawing holds a script, a handler or a link to elsewhere");
  begin("svg", {{"role", "img"}, {"aria-label", label}});
  out().pop_back();  // the drawing's own attributes follow
  const std::string_view rest = svg.substr(start + 4);
  out() += rest.substr(0, rest.rfind("</svg>") + 6);
  return *this;
}

std::size_t Html::hole() {
  parts_.emplace_back();
  holes_.emplace_back();
  return holes_.size() - 1;
}

void Html::fill(std::size_t hole, Html&& content) { holes_.at(hole) = std::move(content).take(); }

Html& Html::append(Html&& other) {
  out() += std::move(other).take();
  return *this;
}

std::size_t Html::bytes() const {
  std::size_t sum = 0;
  for (const std::string& part : parts_) sum += part.size();
  for (const std::string& filling : holes_) sum += filling.size();
  return sum;
}

void Html::back_to(const Mark& mark) {
  parts_.resize(mark.parts);
  parts_.back().resize(mark.bytes);
  holes_.resize(mark.parts - 1);
  open_.resize(mark.open);
}

std::string Html::take() && {
  if (!open_.empty()) throw std::logic_error("an element is not closed: " + std::string(open_.back()));
  std::string all = std::move(parts_[0]);
  for (std::size_t i = 0; i < holes_.size(); ++i) (all += holes_[i]) += parts_[i + 1];
  return all;
}

std::string fragment_of(std::string_view name) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '_')) out += c;
    else ((out += '.') += kDigits[byte >> 4]) += kDigits[byte & 15];
  }
  return out;
}

}  // namespace shoal::host
