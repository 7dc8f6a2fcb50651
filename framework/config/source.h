#ifndef SHOAL_FRAMEWORK_CONFIG_SOURCE_H_
#define SHOAL_FRAMEWORK_CONFIG_SOURCE_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoal::config {

struct Place;

/// A text that values came from: a file, or the arguments of the command line (one a line).
class Source {
 public:
  enum class Kind { file, command_line };

  /// The text of a file, exactly as read. `name` is the path as the user wrote it; `asked_at` is where another source
  /// names the file (`base: common.yaml`, `path=@values.yaml`), null for a file that the user named alone.
  static std::shared_ptr<const Source> file(std::string name, std::string text,
                                            std::shared_ptr<const Place> asked_at = nullptr);

  /// The arguments of the program that say paths and values; argument i (from 0) is line i + 1 of "command line".
  static std::shared_ptr<const Source> command_line(std::span<const std::string> arguments);

  Kind kind() const { return kind_; }
  const std::string& name() const { return name_; }  ///< as shown in front of `:line:column`
  const std::string& text() const { return text_; }  ///< every byte, byte-order mark and CR included
  std::size_t line_count() const { return lines_.size(); }
  const Place* asked_at() const { return asked_at_.get(); }

  /// Line `number` from 1, without its end (LF or CRLF) and without a byte-order mark; empty where there is none.
  std::string_view line(std::size_t number) const;

 private:
  Source(Kind kind, std::string name) : kind_(kind), name_(std::move(name)) {}

  struct Extent {
    std::size_t begin, length;
  };

  Kind kind_;
  std::string name_;
  std::string text_;
  std::vector<Extent> lines_;
  std::shared_ptr<const Place> asked_at_;
};

/// A stretch of one line of a source. Lines and columns count from 1, columns and lengths count code points.
/// Line 0 is the source as a whole (a file that cannot be read); no source at all is "nowhere".
struct Place {
  std::shared_ptr<const Source> source = nullptr;  ///< shared: a place outlives the reading of its file
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t length = 1;
  std::shared_ptr<const Place> via =
      nullptr;  ///< where the alias `*name` or the `${…}` stands that brought the value here; null for most

  /// "file.yaml:6:67", "file.yaml" for line 0, "" for nowhere.
  std::string to_string() const;
};

/// Same source (by name), line and column; `length` and `via` do not count.
bool operator==(const Place& a, const Place& b);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_SOURCE_H_
