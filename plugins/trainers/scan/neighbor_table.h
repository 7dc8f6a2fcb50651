// neighbor_table.h: the neighbours of each example, and one of them at random.
#ifndef SHOAL_PLUGINS_TRAINERS_SCAN_NEIGHBOR_TABLE_H_
#define SHOAL_PLUGINS_TRAINERS_SCAN_NEIGHBOR_TABLE_H_

#include <vector>

#include "shoal/context.h"

/// Throws InputError  what is wired is no table of neighbours of N = `examples` examples: (N, k) int64, each a row in
///                    [0, N), 1 ≤ k < N
void require_neighbors(shoal::ConstArray neighbors, shoal::Index examples);

/// For each example one of its neighbours (N, k), each as likely as the others. Example i draws from random.fork(i).
std::vector<shoal::Index> draw_neighbors(shoal::ConstArray neighbors, const shoal::Random& random);

#endif  // SHOAL_PLUGINS_TRAINERS_SCAN_NEIGHBOR_TABLE_H_
