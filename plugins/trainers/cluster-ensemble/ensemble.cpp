#include "ensemble.h"

#include <algorithm>
#include <unordered_map>

#include "shoal/kernels/agreement.h"

namespace {

using shoal::kernels::Contingency;
using shoal::kernels::Matching;

/// `labels` in the numbering of `reference`; −1 where a cluster matches none of its.
std::vector<std::int64_t> renumber(std::span<const std::int64_t> labels, std::span<const std::int64_t> reference) {
  const Contingency table = shoal::kernels::contingency(labels, reference);
  const Matching matching = shoal::kernels::match(table);
  std::unordered_map<std::int64_t, std::int64_t> name_of;
  for (std::size_t row = 0; row < table.row_labels.size(); ++row) {
    const std::int64_t column = matching.column_of[row];
    name_of[table.row_labels[row]] = column < 0 ? -1 : table.column_labels[static_cast<std::size_t>(column)];
  }
  std::vector<std::int64_t> out;
  for (const std::int64_t label : labels) out.push_back(name_of.at(label));
  return out;
}

}  // namespace

std::vector<double> mean_agreement(const Labellings& labellings) {
  std::vector<double> out(labellings.size(), 0);
  for (std::size_t a = 0; a < labellings.size(); ++a) {
    for (std::size_t b = a + 1; b < labellings.size(); ++b) {
      const double ari = shoal::kernels::ari(shoal::kernels::contingency(labellings[a], labellings[b]));
      out[a] += ari;
      out[b] += ari;
    }
  }
  for (double& sum : out) sum /= static_cast<double>(labellings.size() - 1);
  return out;
}

std::size_t medoid(const std::vector<double>& agreement) {
  return static_cast<std::size_t>(std::max_element(agreement.begin(), agreement.end()) - agreement.begin());
}

std::vector<std::int64_t> vote(const Labellings& labellings, std::size_t reference) {
  std::vector<std::vector<std::int64_t>> ballots;
  for (const auto& labelling : labellings) ballots.push_back(renumber(labelling, labellings[reference]));
  std::vector<std::int64_t> out, named;
  for (std::size_t i = 0; i < labellings[reference].size(); ++i) {
    named.clear();
    for (const auto& ballot : ballots)
      if (ballot[i] >= 0) named.push_back(ballot[i]);
    const auto votes = [&](std::int64_t label) { return std::count(named.begin(), named.end(), label); };
    std::int64_t most = ballots[reference][i];
    std::sort(named.begin(), named.end());
    for (const std::int64_t label : named)
      if (votes(label) > votes(most)) most = label;
    out.push_back(most);
  }
  return out;
}
