#ifndef SHOAL_FRAMEWORK_CONFIG_DIAGNOSTICS_H_
#define SHOAL_FRAMEWORK_CONFIG_DIAGNOSTICS_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/source.h"

namespace shoal::config {

enum class Severity { error, warning, note };

/// What stands under a message: help (without a place), or a second place that has to do with it.
struct Note {
  std::string text;            ///< lower case, no full stop: "clusterer/k-center takes k ≥ 1 (default 8)"
  std::optional<Place> place;  ///< shown as "= note: text: file:line:column"; without it as "= help: text"
};

/// One finding: what is wrong, where, and what would be right.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string id;  ///< stable, like "K203"
  Place place;
  std::string message;  ///< lower case, no full stop, names in '…'
  std::vector<Note> notes;
};

/// Collects what a whole check finds, so that a user sees all of it in one go.
class Diagnostics {
 public:
  /// Returns the new diagnostic for adding notes to; the reference holds until the next call.
  Diagnostic& add(Diagnostic diagnostic);
  Diagnostic& error(std::string id, Place place, std::string message, std::vector<Note> notes = {});
  Diagnostic& warning(std::string id, Place place, std::string message, std::vector<Note> notes = {});
  Diagnostic& note(std::string id, Place place, std::string message, std::vector<Note> notes = {});

  bool has_errors() const;

  /// How many different ones (same id, place and message count once).
  std::size_t count(Severity severity) const;
  bool empty() const { return found_.empty(); }

  /// Without doubles; files by name, then the command line, each by line and column; else in order of finding.
  std::vector<Diagnostic> sorted() const;

 private:
  std::vector<Diagnostic> found_;
};

/// How a place was come to: "read through the alias at f.yaml:5:1", "read through f.yaml:2:7 (base)"; the nearest
/// first. The texts name their places already.
std::vector<Note> read_through(const Place& place);

struct RenderOptions {
  std::size_t limit = 50;   ///< messages printed; the others are counted in one line
  std::size_t width = 160;  ///< columns of a source line shown; a longer one is cut around the caret
  std::string_view outcome = "Nothing was run.";  ///< last words of the summary when there are errors; may be empty
};

/// One message with its source line and caret; ends in a newline. Control characters of the source are made visible.
std::string render(const Diagnostic& diagnostic, const RenderOptions& options = {});

/// All messages and the summary ("3 errors in 2 files and the command line. Nothing was run."); "" if there are none.
std::string render(const Diagnostics& diagnostics, const RenderOptions& options = {});

/// The candidate with the least Damerau–Levenshtein distance to `wanted`, if that is at most max(2, len / 3); of equals
/// the earlier one. A distance as long as the word itself (a wholly different short word) is not near.
std::optional<std::string> nearest_name(std::string_view wanted, std::span<const std::string> candidates);

/// "; did you mean 'k'?" to put behind a message, or "" where nothing is near.
std::string did_you_mean(std::string_view wanted, std::span<const std::string> candidates);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_DIAGNOSTICS_H_
