#ifndef SHOAL_FRAMEWORK_CLI_COMPLETE_H_
#define SHOAL_FRAMEWORK_CLI_COMPLETE_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/config/value.h"

namespace shoal::cli {

/// A word that could stand where the cursor is.
struct Candidate {
  std::string text;  ///< one that ends in '.' or '=' goes on
  std::string help = {};
};

struct Completion {
  std::vector<Candidate> candidates = {};
  bool files = false;  ///< names of files fit too; the shell knows them best
};

/// What could be the last of `words`, which follow `shoal` on a line. `catalogue` is what `shoal complete-catalogue`
/// prints: {"commands": {name: {help, options, positionals}}, "schema": the JSON Schema of experiments}. An experiment
/// that is named on the line is read for its nodes, with its bases and the files of `--with`; what is wrong with it
/// only makes the answer shorter.
Completion complete(const nlohmann::json& catalogue, const std::vector<std::string>& words);

/// The overrides that begin with `word`: paths of the experiment (`document`, which already has the earlier changes of
/// the line), and behind their '=' components, choices, cases of an axis.
std::vector<Candidate> complete_override(const nlohmann::json& schema, const config::Value& document,
                                         const std::string& word);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_COMPLETE_H_
