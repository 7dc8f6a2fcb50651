#ifndef SHOAL_PLUGINS_CLUSTERERS_DBSCAN_COMPONENTS_H_
#define SHOAL_PLUGINS_CLUSTERERS_DBSCAN_COMPONENTS_H_

#include <atomic>
#include <memory>
#include <utility>

#include "shoal/array.h"

/// Groups of 0 … n − 1 that grow together, from any number of threads at once. A group is named by its lowest member,
/// so that the names do not depend on the order in which pairs come.
/// Source: R. J. Anderson, H. Woll, "Wait-free parallel algorithms for the union-find problem", STOC 1991, 370–380.
class SharedComponents {
 public:
  explicit SharedComponents(shoal::Index n) : parent_(new std::atomic<shoal::Index>[static_cast<std::size_t>(n)]) {
    for (shoal::Index i = 0; i < n; ++i) at(i).store(i, std::memory_order_relaxed);
  }

  shoal::Index find(shoal::Index i) const {
    for (;;) {
      shoal::Index parent = at(i).load(std::memory_order_relaxed);
      if (parent == i) return i;
      const shoal::Index above = at(parent).load(std::memory_order_relaxed);
      at(i).compare_exchange_weak(parent, above, std::memory_order_relaxed);  // a shorter way for the next one
      i = above;
    }
  }

  void unite(shoal::Index a, shoal::Index b) {
    for (;;) {
      a = find(a), b = find(b);
      if (a == b) return;
      if (a < b) std::swap(a, b);
      shoal::Index root = a;  // which another thread may have given a parent meanwhile
      if (at(a).compare_exchange_weak(root, b, std::memory_order_relaxed)) return;
    }
  }

 private:
  std::atomic<shoal::Index>& at(shoal::Index i) const { return parent_[static_cast<std::size_t>(i)]; }

  std::unique_ptr<std::atomic<shoal::Index>[]> parent_;
};

#endif  // SHOAL_PLUGINS_CLUSTERERS_DBSCAN_COMPONENTS_H_
