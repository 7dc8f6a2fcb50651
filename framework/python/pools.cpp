#include "framework/python/pools.h"

namespace shoal::python {

Pools*& Pools::all() {
  static auto* pools = new Pools;
  return pools;
}

void Pools::forget() { all() = new Pools; }

Pools::Lease::Lease(int threads) {
  Pools& pools = *all();
  {
    const std::lock_guard lock(pools.mutex_);
    if (const auto found = pools.idle_.find(threads); found != pools.idle_.end()) {
      services_ = std::move(found->second);
      pools.idle_.erase(found);
    }
  }
  if (!services_) services_ = std::make_unique<host::Services>(threads);
}

Pools::Lease::~Lease() {
  services_->cancelled = false;
  Pools& pools = *all();
  const std::lock_guard lock(pools.mutex_);
  const int threads = services_->threads;
  pools.idle_.emplace(threads, std::move(services_));
}

}  // namespace shoal::python
