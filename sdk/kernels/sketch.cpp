// The proof of what is pruned here is in docs/kernels.md; the letters are the same.
#include "sketch.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "shoal/random.h"

namespace shoal::kernels {
namespace {

constexpr Index kSample = 512;
constexpr Index kDirections = 64;  // P
constexpr Index kLongRow = 128;    // numbers from which on rows are projected
constexpr Index kWide = 32;        // numbers up to which a sketch has two bytes for each
constexpr Index kTaskRows = 768;
constexpr double kBudget = 64e6;    // bytes
constexpr double kTiny = 0x1p-100;  // more than all that underflows
constexpr float kInfinity = std::numeric_limits<float>::infinity();

float rounded_up(double x) {
  const auto near = static_cast<float>(x);
  return static_cast<double>(near) < x ? std::nextafter(near, kInfinity) : near;
}
float rounded_down(double x) { return -rounded_up(-x); }

}  // namespace

SketchMap::SketchMap(Isa isa, const Rows& rows) : rows_(rows), screen_(screen(isa)), gamma_(gamma_of(rows.cols())) {
  Random random(0x5a3b1e);
  std::vector<Index> chosen;
  for (Index i = 0; i < std::min(kSample, rows.rows()); ++i) chosen.push_back(random.below(rows.rows()));
  const auto count = static_cast<Index>(chosen.size());
  const RowMatrix<double> exact = rows.take(chosen);
  frame_ = Frame::about(exact, DType::kFloat64);
  const double spread = std::sqrt((exact.rowwise() - exact.colwise().mean()).rowwise().squaredNorm().maxCoeff());
  if (!(spread > 1e-100 && spread < 1e100) || gamma_ > 0.01) return;

  RowMatrix<float> packed(count, rows.cols());
  for (Index i = 0; i < count; ++i)
    screen_.pack_float64(exact.row(i).data(), frame_.shift.data(), frame_.scale, rows.cols(), packed.row(i).data());
  if (!packed.allFinite()) return;
  if (rows.cols() >= kLongRow && count >= 2 * kDirections) {
    directions_ = leading_directions(isa, packed, kDirections);
    if (!(directions_.departure < 0x1p-10)) return;
    panels_ = std::make_unique<LanePanels>(directions_.rows);
  }
  usable_ = true;

  sample_.resize(count, cols());
  Scratch scratch(*this);
  std::vector<double> errors(static_cast<std::size_t>(kGroup));
  for (Index from = 0; from < count; from += kGroup)
    (*this)(std::span(chosen).subspan(static_cast<std::size_t>(from),
                                      static_cast<std::size_t>(std::min(kGroup, count - from))),
            scratch, sample_.row(from).data(), errors.data());
}

SketchMap::Scratch::Scratch(const SketchMap& map)
    : packed(map.panels_ ? kGroup * map.rows_.cols() : 0),
      products(map.panels_ ? kGroup * map.panels_->panels().count * kPanel : 0),
      row(map.rows_.cols()) {}

float SketchMap::pack(Index i, double* row, float* out) const {
  const float* shift = frame_.shift.data();
  if (rows_.dtype() == DType::kFloat32)
    return screen_.pack_float32(rows_.at<float>(i), shift, frame_.scale, rows_.cols(), out);
  return screen_.pack_float64(rows_.read(i, row), shift, frame_.scale, rows_.cols(), out);
}

// Writes Bᵀû and the residual's norm; returns E before it is rounded to steps.
double SketchMap::with_residual(double norm2, const float* products, float* out) const {
  const Index p = directions_.rows.rows();
  const double size = std::sqrt(norm2) * (1 + 2 * gamma_) + 1e-18;  // U
  const double eta = directions_.departure;
  const double e1 = ((gamma_ * std::sqrt(static_cast<double>(p)) + 0x1p-23) * (1 + eta) + eta) * size;
  const double delta = 3 * gamma_ * size * size + e1 * (2 * size + e1);
  double along2 = 0;
  for (Index j = 0; j < p; ++j) {
    out[j] = products[j];
    along2 += static_cast<double>(products[j]) * static_cast<double>(products[j]);
  }
  const double residual = std::sqrt(std::max(0.0, norm2 - along2));
  out[p] = static_cast<float>(residual);
  const double e2 = delta / std::max(residual, std::sqrt(delta)) + 0x1p-23 * size;
  return std::sqrt(e1 * e1 + e2 * e2) * (1 + 0x1p-20);
}

void SketchMap::operator()(std::span<const Index> rows, Scratch& scratch, float* out, double* error) const {
  float norm2[kGroup];
  const float* packed[kGroup] = {};
  const auto count = static_cast<Index>(rows.size());
  for (Index r = 0; r < count; ++r) {
    float* to = panels_ ? scratch.packed.data() + r * rows_.cols() : out + r * cols();
    norm2[r] = pack(rows[static_cast<std::size_t>(r)], scratch.row.data(), to);
    packed[r] = to;
  }
  if (panels_) screen_.all_scores(packed, count, panels_->panels(), scratch.products.data());
  for (Index r = 0; r < count; ++r) {
    float* to = out + r * cols();
    if (!(norm2[r] < 0x1p60F)) {
      std::fill_n(to, cols(), 0.0F);
      error[r] = std::numeric_limits<double>::infinity();
      continue;
    }
    const auto exact = static_cast<double>(norm2[r]);
    error[r] =
        kTiny + (panels_ ? with_residual(exact, scratch.products.data() + r * panels_->panels().count * kPanel, to)
                         : 0x1p-23 * (std::sqrt(exact) * (1 + 2 * gamma_) + 1e-18));
  }
}

std::unique_ptr<Sketches> Sketches::of(Isa isa, const Context& context, const Rows& rows, Index passes) {
  const bool projected = rows.cols() >= kLongRow;
  // What making them costs: a few passes over short rows, twenty over long ones.
  if (passes < (projected ? 24 : 6) || rows.rows() < 4 * kSample) return nullptr;
  const double cols = projected ? static_cast<double>(kDirections + 1) : static_cast<double>(rows.cols());
  const double bytes = (cols <= static_cast<double>(kWide) ? 2 : 1) * cols + 4 * sizeof(float);
  if (bytes * static_cast<double>(rows.rows() + kGroup) > kBudget) return nullptr;
  SketchMap map(isa, rows);
  if (!map.usable()) return nullptr;
  std::unique_ptr<Sketches> out(new Sketches(isa, rows, std::move(map)));
  out->fill(context);
  return out;
}

Sketches::Sketches(Isa isa, const Rows& rows, SketchMap map)
    : lanes_(seeding_lanes(isa)),
      map_(std::move(map)),
      n_(rows.rows()),
      cols_(map_.cols()),
      groups_((n_ + kGroup - 1) / kGroup),
      narrow_(cols_ > kWide),
      narrow_values_(narrow_ ? groups_ * kGroup * cols_ : 0),
      wide_values_(narrow_ ? 0 : groups_ * kGroup * cols_),
      norm2_(groups_ * kGroup),
      error_(groups_ * kGroup),
      limit_(groups_ * kGroup),
      reach_(groups_ * kGroup),
      gamma_(gamma_of(cols_)),
      relative_(1 + static_cast<double>(rows.cols() + 16) * 0x1p-52) {
  const float steps = narrow_ ? 127 : 32767;
  const Eigen::RowVectorXf most = map_.sample().cwiseAbs().colwise().maxCoeff();
  const float floor = std::max(most.maxCoeff() / 1024, 0x1p-60F);  // a number that the sample never shows to vary
  for (Index j = 0; j < cols_; ++j) step_.push_back(1.1F * std::max(most[j], floor) / steps);
}

void Sketches::fill(const Context& context) {
  context.parallel_for(n_, kTaskRows, [&](Index from, Index to) {
    SketchMap::Scratch scratch(map_);
    const Buffer<float> sketches(kGroup * cols_);
    double errors[kGroup];
    Index rows[kGroup];
    for (; from < to; from += kGroup) {
      const Index count = std::min(kGroup, to - from);
      std::iota(rows, rows + count, from);
      map_({rows, static_cast<std::size_t>(count)}, scratch, sketches.data(), errors);
      if (narrow_) store(from, count, sketches.data(), errors, narrow_values_.data() + from * cols_);
      else store(from, count, sketches.data(), errors, wide_values_.data() + from * cols_);
    }
  });
}

template <typename Step>
void Sketches::store(Index from, Index count, const float* sketches, const double* errors, Step* values) {
  constexpr float kMost = std::numeric_limits<Step>::max();
  double norm2[kGroup] = {}, off2[kGroup] = {};
  std::fill_n(values, cols_ * kGroup, Step{0});
  for (Index j = 0; j < cols_; ++j) {
    const float step = step_[static_cast<std::size_t>(j)], steps = 1 / step;
    for (Index r = 0; r < count; ++r) {
      const float number = sketches[r * cols_ + j];
      const float at = std::min(std::max(number * steps, -kMost), kMost);
      const auto nearest = static_cast<Step>(at + (at < 0 ? -0.5F : 0.5F));
      const double value = static_cast<double>(nearest) * static_cast<double>(step);
      const double off = static_cast<double>(number) - value;
      values[j * kGroup + r] = nearest;
      norm2[r] += value * value;
      off2[r] += off * off;
    }
  }
  for (Index r = 0; r < kGroup; ++r) {
    close(from + r);
    norm2_[from + r] = rounded_down(norm2[r]);
    error_[from + r] = r < count ? rounded_up(errors[r] + std::sqrt(off2[r]) * (1 + 0x1p-20)) : kInfinity;
  }
}

void Sketches::set(Index i, double best) {
  // A pair is closed if its sketches are t + E of the candidate apart or more.
  const float reach = rounded_up(std::sqrt(best) * map_.scale() * relative_ + static_cast<double>(error_[i]) + kTiny);
  const double t2 = static_cast<double>(reach) * static_cast<double>(reach), norm2 = static_cast<double>(norm2_[i]);
  reach_[i] = reach;
  limit_[i] = rounded_down((norm2 - t2) / 2 - gamma_ * (norm2 + t2) - kTiny);
}

void Sketches::close(Index i) {
  reach_[i] = 0;
  limit_[i] = kInfinity;
}

void Sketches::aim(std::span<const Index> candidates) {
  aims_.clear();
  SketchMap::Scratch scratch(map_);
  const Buffer<float> sketches(kTogether * cols_);
  double errors[kTogether];
  for (std::size_t from = 0; from < candidates.size(); from += kTogether) {
    const auto rows = candidates.subspan(from, std::min<std::size_t>(kTogether, candidates.size() - from));
    Aim& aim = aims_.emplace_back(Aim{Buffer<float>(cols_ * kTogether), Buffer<float>(kTogether),
                                      Buffer<float>(kTogether), static_cast<Index>(rows.size())});
    map_(rows, scratch, sketches.data(), errors);
    std::fill_n(aim.values.data(), cols_ * kTogether, 0.0F);
    for (Index c = 0; c < kTogether; ++c) {
      aim.bias[c] = aim.error[c] = 0;
      if (c >= aim.count) continue;
      aim.bias[c] = kInfinity;  // without a sketch every pair is open
      if (!std::isfinite(errors[c])) continue;
      double norm2 = 0;
      for (Index j = 0; j < cols_; ++j) {
        const float value = sketches[c * cols_ + j];
        norm2 += static_cast<double>(value) * static_cast<double>(value);
        aim.values[j * kTogether + c] = value * step_[static_cast<std::size_t>(j)];
      }
      const double error = static_cast<double>(rounded_up(errors[c]));
      aim.error[c] = static_cast<float>(error);
      aim.bias[c] = rounded_up((error * error - norm2) / 2 + 2 * gamma_ * (norm2 + error * error) + kTiny);
    }
  }
}

void Sketches::open(Index from, Index to, std::vector<Pair>& pairs) const {
  constexpr Index kMostGroups = 32;
  const Index groups = (to - from + kGroup - 1) / kGroup, first = from / kGroup;
  SHOAL_ASSERT(groups <= kMostGroups && from % kGroup == 0);
  std::vector<std::uint32_t> bits(aims_.size() * kMostGroups * kTogether);
  for (std::size_t a = 0; a < aims_.size(); ++a) {
    const Aim& aim = aims_[a];
    const Goals goals = {aim.values.data(), aim.bias.data(), aim.error.data(), aim.count};
    std::uint32_t* to_bits = bits.data() + a * kMostGroups * kTogether;
    if (narrow_)
      lanes_.open_int8(narrow_values_.data() + from * cols_, limit_.data() + from, reach_.data() + from, cols_, groups,
                       goals, to_bits);
    else
      lanes_.open_int16(wide_values_.data() + from * cols_, limit_.data() + from, reach_.data() + from, cols_, groups,
                        goals, to_bits);
  }
  for (Index g = 0; g < groups; ++g) {
    std::uint32_t any = 0;
    for (std::size_t a = 0; a < aims_.size(); ++a)
      for (Index c = 0; c < aims_[a].count; ++c)
        any |= bits[(a * kMostGroups + static_cast<std::size_t>(g)) * kTogether + static_cast<std::size_t>(c)];
    for (; any != 0; any &= any - 1) {
      const int r = std::countr_zero(any);
      for (std::size_t a = 0; a < aims_.size(); ++a)
        for (Index c = 0; c < aims_[a].count; ++c)
          if (bits[(a * kMostGroups + static_cast<std::size_t>(g)) * kTogether + static_cast<std::size_t>(c)] >> r & 1)
            pairs.push_back({static_cast<std::uint16_t>(((first + g) * kGroup + r) - from),
                             static_cast<std::uint16_t>(static_cast<Index>(a) * kTogether + c)});
    }
  }
}

}  // namespace shoal::kernels
