#include "framework/config/source.h"

#include <fmt/format.h>

#include <utility>

namespace shoal::config {
namespace {
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
}  // namespace

std::shared_ptr<const Source> Source::file(std::string name, std::string text, std::shared_ptr<const Place> asked_at) {
  std::shared_ptr<Source> source(new Source(Kind::file, std::move(name)));
  source->asked_at_ = std::move(asked_at);
  source->text_ = std::move(text);
  const std::string& all = source->text_;
  std::size_t begin = all.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (begin <= all.size()) {
    const std::size_t end = std::min(all.find('\n', begin), all.size());
    const bool carriage_return = end > begin && all[end - 1] == '\r' && end < all.size();
    source->lines_.push_back({begin, end - begin - (carriage_return ? 1 : 0)});
    begin = end + 1;
  }
  return source;
}

std::shared_ptr<const Source> Source::command_line(std::span<const std::string> arguments) {
  std::shared_ptr<Source> source(new Source(Kind::command_line, "command line"));
  for (const std::string& argument : arguments) {
    source->lines_.push_back({source->text_.size(), argument.size()});
    source->text_ += argument + '\n';
  }
  return source;
}

std::string_view Source::line(std::size_t number) const {
  if (number == 0 || number > lines_.size()) return {};
  const Extent& extent = lines_[number - 1];
  return std::string_view(text_).substr(extent.begin, extent.length);
}

std::string Place::to_string() const {
  if (source == nullptr) return "";
  if (line == 0) return source->name();
  return fmt::format("{}:{}:{}", source->name(), line, column);
}

bool operator==(const Place& a, const Place& b) {
  const bool same_source = a.source == b.source || (a.source && b.source && a.source->name() == b.source->name());
  return same_source && a.line == b.line && a.column == b.column;
}

}  // namespace shoal::config
