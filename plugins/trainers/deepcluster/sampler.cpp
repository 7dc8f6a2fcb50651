#include "sampler.h"

#include <algorithm>

namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

bool is_labelled(std::span<const PseudoLabels> heads, std::size_t example) {
  return std::any_of(heads.begin(), heads.end(), [&](const PseudoLabels& head) { return head.labels[example] >= 0; });
}

std::vector<std::vector<std::int64_t>> members_of(const PseudoLabels& pseudo) {
  std::vector<std::vector<std::int64_t>> out(pseudo.sizes.size());
  for (std::size_t i = 0; i < pseudo.labels.size(); ++i)
    if (pseudo.labels[i] >= 0) out[index(pseudo.labels[i])].push_back(static_cast<std::int64_t>(i));
  return out;
}

}  // namespace

std::vector<std::int64_t> draw_uniform(std::span<const PseudoLabels> heads, shoal::Random random) {
  std::vector<std::vector<std::vector<std::int64_t>>> members;
  for (const PseudoLabels& head : heads) members.push_back(members_of(head));
  std::size_t draws = 0;
  for (std::size_t i = 0; i < heads[0].labels.size(); ++i) draws += is_labelled(heads, i) ? 1 : 0;
  std::vector<std::int64_t> rows(draws);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& clusters = members[i % heads.size()];
    const auto& cluster = clusters[index(random.below(static_cast<std::int64_t>(clusters.size())))];
    rows[i] = cluster[index(random.below(static_cast<std::int64_t>(cluster.size())))];
  }
  return rows;
}

std::vector<std::int64_t> draw_natural(std::span<const PseudoLabels> heads, shoal::Random random) {
  std::vector<std::int64_t> rows = random.permutation(static_cast<std::int64_t>(heads[0].labels.size()));
  std::erase_if(rows, [&](std::int64_t row) { return !is_labelled(heads, index(row)); });
  return rows;
}
