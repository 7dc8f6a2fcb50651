#ifndef SHOAL_FRAMEWORK_CONFIG_CATALOG_H_
#define SHOAL_FRAMEWORK_CONFIG_CATALOG_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoal::config {

/// What an id means, for people who meet it: `shoal explain K203` and docs/diagnostics.md.
struct Explanation {
  std::string_view id;     ///< stable: never used for something else, also when it is no longer said
  std::string_view title;  ///< lower case, no full stop
  std::string_view text;   ///< a paragraph: what it means and why it is so
  std::string_view wrong;  ///< lines that bring it about; "" where it is not a matter of lines
  std::string_view right;  ///< the same lines, mended
};

/// A letter of the ids: Y is what reading YAML finds, and so on.
struct Chapter {
  std::string_view letter, title;
  std::span<const Explanation> entries;  ///< by id
};

/// Every diagnostic of Shoal; a test holds that the sources say these and no others.
const std::vector<Chapter>& catalog();

/// Null where there is no such id. Letters may be small: "k203".
const Explanation* find_explanation(std::string_view id);

/// As `shoal explain ID` prints it, wrapped at 100 columns; ends in a newline.
std::string render(const Explanation& explanation);
/// One line an id, under the chapters' titles.
std::string list_catalog();
/// docs/diagnostics.md, whole.
std::string catalog_as_markdown();

// The chapters, each in a file of its own.
std::span<const Explanation> explanations_of_reading();
std::span<const Explanation> explanations_of_composing();
std::span<const Explanation> explanations_of_keys();
std::span<const Explanation> explanations_of_graphs();
std::span<const Explanation> explanations_of_planning();
std::span<const Explanation> explanations_of_matrices();
std::span<const Explanation> explanations_of_runs();
std::span<const Explanation> explanations_of_stores();
std::span<const Explanation> explanations_of_comparisons();

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_CATALOG_H_
