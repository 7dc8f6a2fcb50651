#include "framework/graph/row_findings.h"

#include "shoal/error.h"

namespace shoal::host {
namespace {

/// As one would write it on the command line: "backend=mini, kmeans.k=5, seed=3".
std::string settings_of(const config::Row& row) {
  std::string out;
  for (const auto& [axis, label] : row.settings) out += axis + "=" + label + ", ";
  return out + text("seed={}", row.seed);
}

}  // namespace

void RowFindings::add(std::size_t row, const config::Diagnostics& found) {
  errors_ = errors_ || found.has_errors();
  for (config::Diagnostic& diagnostic : found.sorted()) {
    const auto [entry, is_new] =
        at_.try_emplace(std::tuple(diagnostic.id, diagnostic.place.to_string(), diagnostic.message), findings_.size());
    if (is_new) {
      findings_.push_back({std::move(diagnostic), row});
    } else {
      ++findings_[entry->second].count;
    }
  }
}

void RowFindings::tell(const std::vector<config::Row>& rows, config::Diagnostics& into) const {
  for (const Finding& finding : findings_) {
    config::Diagnostic& told = into.add(finding.diagnostic);
    if (finding.count == rows.size()) continue;  // the axes have nothing to do with it
    const std::size_t others = finding.count - 1;
    std::string where = text("{}in row {} of {}: {}", others > 0 ? "first " : "", finding.first + 1, rows.size(),
                             settings_of(rows[finding.first]));
    if (others > 0) where += text("; and in {} other{}", others, others == 1 ? "" : "s");
    told.notes.push_back({std::move(where), {}});
  }
}

}  // namespace shoal::host
