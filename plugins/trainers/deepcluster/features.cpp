#include "features.h"

#include <algorithm>

#include "shoal/torch/checkpoint.h"

using shoal::Index;

at::Tensor Features::embedding(shoal::Context& context, shoal::Encoder& encoder) {
  if (source_ == FeatureSource::kSweep) return shoal::embed(context, encoder, examples_, compute_);
  if (!memory_.defined()) memory_ = shoal::embed(context, encoder, examples_, compute_);
  return memory_;
}

std::function<void(std::span<const Index>, const at::Tensor&)> Features::listener() {
  if (source_ == FeatureSource::kSweep) return {};
  return [this](std::span<const Index> rows, const at::Tensor& embedding) {
    heard_.emplace_back(std::vector<Index>(rows.begin(), rows.end()), embedding);
  };
}

void Features::finish_epoch(shoal::Context& context, Index epoch) {
  if (source_ == FeatureSource::kSweep) return;
  std::vector<bool> fresh(static_cast<std::size_t>(examples_.count()), false);
  const Index columns = memory_.size(1);
  float* to = memory_.mutable_data_ptr<float>();
  for (const auto& [rows, embedding] : heard_) {
    const at::Tensor values = embedding.to(at::kCPU, at::kFloat).contiguous();
    const float* from = values.const_data_ptr<float>();
    for (const Index row : rows) {
      std::copy_n(from, columns, to + row * columns);
      from += columns;
      fresh[static_cast<std::size_t>(row)] = true;
    }
  }
  heard_.clear();
  const auto stale = std::count(fresh.begin(), fresh.end(), false);
  if (stale > 0)
    context.log(shoal::Level::kInfo, "epoch {}: {} of {} examples were not drawn: their embeddings stay older ones",
                epoch, stale, examples_.count());
}

void Features::save(shoal::StateWriter& state) const {
  if (source_ == FeatureSource::kMemory) shoal::save_tensor(state, "memory", memory_);
}

void Features::load(const shoal::StateReader& state) {
  if (source_ == FeatureSource::kMemory) memory_ = shoal::load_tensor(state, "memory");
}
