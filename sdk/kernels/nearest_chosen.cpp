#include "nearest_chosen.h"

#include <algorithm>
#include <limits>

#include "shoal/random.h"

namespace shoal::kernels {
namespace {

constexpr Index kBlock = 1024;
constexpr std::size_t kKept = 2 * kBlock;  // improved pairs of a block that are kept at most
constexpr Index kSerial = 4096;            // so many rows one thread updates faster than it wakes others
constexpr Index kScored = 96;              // rows or pairs that are scored together
constexpr Index kSample = 256;
constexpr Index kLanes = 8;  // sums that grow side by side
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Exact squared distances of rows `row[i]` to others[i].
template <typename Scalar, typename Distances>
void measure_as(Distances distances, const Rows& rows, const Index* row, const double* const* others, Index count,
                double* out) {
  constexpr Index kChunk = 128;
  const Scalar* at[kChunk];
  for (Index from = 0; from < count; from += kChunk) {
    const Index n = std::min(kChunk, count - from);
    for (Index i = 0; i < n; ++i) at[i] = rows.at<Scalar>(row[from + i]);
    distances(at, others + from, n, rows.cols(), out + from);
  }
}

void measure(const SeedingLanes& lanes, const Rows& rows, const Index* row, const double* const* others, Index count,
             double* out) {
  switch (rows.dtype()) {
    case DType::kFloat64: return measure_as<double>(lanes.distances_float64, rows, row, others, count, out);
    case DType::kFloat32: return measure_as<float>(lanes.distances_float32, rows, row, others, count, out);
    default: return measure_as<std::uint8_t>(lanes.distances_uint8, rows, row, others, count, out);
  }
}

Frame frame_of(const Rows& rows) {
  Random random(0xf4a3e);
  std::vector<Index> sample;
  for (Index i = 0; i < std::min(kSample, rows.rows()); ++i) sample.push_back(random.below(rows.rows()));
  return Frame::about(rows.take(sample), rows.dtype());
}

}  // namespace

// One thread's work on one block.
class NearestChosen::Worker {
 public:
  Worker(NearestChosen& of, Index b)
      : of_(of),
        block_(b),
        from_(b * kBlock),
        to_(std::min(of.rows_.rows(), from_ + kBlock)),
        cols_(of.rows_.cols()),
        scores_(*of.scores_),
        screen_(screen(of.isa_)),
        lanes_(seeding_lanes(of.isa_)),
        operands_(of.rows_, of.frame_, screen_),
        packed_(operands_.in_place() ? 0 : kScored * cols_) {}

  void run() {
    if (of_.sketches_) of_.sketches_->open(from_, to_, pairs_);
    if (!scores_.usable()) {
      if (!of_.sketches_) open_all();
    } else if (of_.sketches_) {
      drop_by_score();
    } else {
      open_by_score();
    }
    measure_pairs();
    add_up();
    keep();
  }

 private:
  double best(Index i) const { return of_.distance_[static_cast<std::size_t>(i)]; }
  bool active(Index i) const { return best(i) > 0 && of_.weight(i) > 0; }
  void open(Index i, Index candidate) {
    pairs_.push_back({static_cast<std::uint16_t>(i - from_), static_cast<std::uint16_t>(candidate)});
  }

  void open_all() {
    for (Index i = from_; i < to_; ++i)
      for (Index c = 0; active(i) && c < scores_.k(); ++c) open(i, c);
  }

  // The score up to which a candidate is certain to be no nearer than the best.
  double closed_up_to(Index i, float norm2) const {
    if (!has_scores(norm2)) return -kInfinity;
    const double scale = scores_.frame().scale;
    return (static_cast<double>(norm2) - scores_.distance_error(norm2) - best(i) * scale * scale) / 2;
  }
  const float* operand(Index i, Index place, double& closed) {
    if (operands_.in_place()) {
      closed = closed_up_to(i, of_.norm2_[static_cast<std::size_t>(i)]);
      return operands_.at(i);
    }
    float* to = packed_.data() + place * cols_;
    closed = closed_up_to(i, operands_.pack(i, to));
    return to;
  }

  // Every active row with every candidate.
  void open_by_score() {
    const Panels panels = scores_.panels();
    const Index apart = panels.count * kPanel;
    const Buffer<float> scores(kScored * apart);
    const float* rows[kScored];
    double closed[kScored];
    Index row[kScored];
    for (Index i = from_; i < to_;) {
      Index count = 0;
      for (; i < to_ && count < kScored; ++i) {
        if (!active(i)) continue;
        row[count] = i;
        rows[count] = operand(i, count, closed[count]);
        ++count;
      }
      screen_.all_scores(rows, count, panels, scores.data());
      for (Index r = 0; r < count; ++r)
        for (Index c = 0; c < scores_.k(); ++c)
          if (!(static_cast<double>(scores[r * apart + c]) <= closed[r])) open(row[r], c);
    }
  }

  // The pairs that are open so far.
  void drop_by_score() {
    const float *rows[kScored], *others[kScored];
    double closed[kScored];
    float dots[kScored];
    std::size_t kept = 0;
    for (std::size_t from = 0; from < pairs_.size(); from += kScored) {
      const std::size_t count = std::min<std::size_t>(kScored, pairs_.size() - from);
      for (std::size_t p = 0; p < count; ++p) {
        const Pair pair = pairs_[from + p];
        if (p > 0 && pair.row == pairs_[from + p - 1].row) rows[p] = rows[p - 1], closed[p] = closed[p - 1];
        else rows[p] = operand(from_ + pair.row, static_cast<Index>(p), closed[p]);
        others[p] = scores_.row(pair.candidate);
      }
      screen_.dots(rows, others, static_cast<Index>(count), cols_, dots);
      for (std::size_t p = 0; p < count; ++p) {
        const Pair pair = pairs_[from + p];
        if (!(static_cast<double>(dots[p] + scores_.bias(pair.candidate)) <= closed[p])) pairs_[kept++] = pair;
      }
    }
    pairs_.resize(kept);
  }

  void measure_pairs() {
    constexpr std::size_t kChunk = 256;
    Index row[kChunk];
    const double* others[kChunk];
    double squared_distance[kChunk];
    for (std::size_t from = 0; from < pairs_.size(); from += kChunk) {
      const std::size_t count = std::min(kChunk, pairs_.size() - from);
      for (std::size_t p = 0; p < count; ++p) {
        row[p] = from_ + pairs_[from + p].row;
        others[p] = scores_.exact(pairs_[from + p].candidate);
      }
      measure(lanes_, of_.rows_, row, others, static_cast<Index>(count), squared_distance);
      for (std::size_t p = 0; p < count; ++p)
        if (squared_distance[p] < best(row[p]))
          improved_.push_back({pairs_[from + p].row, pairs_[from + p].candidate, squared_distance[p]});
    }
  }

  // Sums of the block for kLanes candidates at a time: each in the order of the rows, all with one look at a row.
  void add_up() {
    double* const out = of_.partial_.data() + block_ * scores_.k();
    for (Index first = 0; first < scores_.k(); first += kLanes) {
      double sums[kLanes] = {};
      Index i = from_;
      for (auto next = improved_.begin(); next != improved_.end();) {
        const Index row = from_ + next->row;
        add_unchanged(i, row, sums);
        double terms[kLanes];
        std::fill_n(terms, kLanes, of_.mass_[static_cast<std::size_t>(row)]);
        for (; next != improved_.end() && from_ + next->row == row; ++next)
          if (next->candidate >= first && next->candidate < first + kLanes)
            terms[next->candidate - first] = of_.weight(row) * next->squared_distance;
        for (Index c = 0; c < kLanes; ++c) sums[c] += terms[c];
        i = row + 1;
      }
      add_unchanged(i, to_, sums);
      std::copy_n(sums, std::min(kLanes, scores_.k() - first), out + first);
    }
  }
  void add_unchanged(Index from, Index to, double* sums) const {
    double s[kLanes];
    std::copy_n(sums, kLanes, s);
    for (Index i = from; i < to; ++i) {
      const double mass = of_.mass_[static_cast<std::size_t>(i)];
      for (Index c = 0; c < kLanes; ++c) s[c] += mass;
    }
    std::copy_n(s, kLanes, sums);
  }

  void keep() {
    Block& block = of_.blocks_[static_cast<std::size_t>(block_)];
    block.kept = improved_.size() <= kKept;
    block.improved.clear();
    if (block.kept) block.improved.assign(improved_.begin(), improved_.end());
  }

  NearestChosen& of_;
  Index block_, from_, to_, cols_;
  const Centroids& scores_;
  const Screen& screen_;
  const SeedingLanes& lanes_;
  Operands operands_;
  Buffer<float> packed_;
  std::vector<Pair> pairs_;  // that may improve; by row, then by candidate
  std::vector<Improved> improved_;
};

NearestChosen::NearestChosen(Isa isa, const Context& context, const Rows& rows, std::span<const double> weights,
                             Index passes)
    : isa_(isa),
      context_(context),
      rows_(rows),
      weights_(weights),
      distance_(static_cast<std::size_t>(rows.rows()), kInfinity),
      mass_(distance_.size(), kInfinity),
      block_mass_((distance_.size() + kBlock - 1) / kBlock),
      nearest_(distance_.size()),
      blocks_(block_mass_.size()),
      frame_(frame_of(rows)),
      sketches_(Sketches::of(isa, context, rows, passes)) {
  const Operands operands(rows, frame_, screen(isa));
  if (operands.in_place()) norm2_.resize(distance_.size());
  for (Index i = 0; i < rows.rows(); ++i)
    if (weight(i) == 0) mass_[static_cast<std::size_t>(i)] = 0;
}

void NearestChosen::choose_first(Index row) {
  std::fill(nearest_.begin(), nearest_.end(), row);
  candidates_.assign(1, row);
  scores_ = std::make_unique<Centroids>(1, rows_.cols(), frame_);
  scores_->set(context_, rows_.take(candidates_));
  context_.parallel_for(rows_.rows(), kBlock, [&](Index from, Index to) {
    if (!norm2_.empty()) {
      const Operands operands(rows_, frame_, screen(isa_));
      for (Index i = from; i < to; ++i) norm2_[static_cast<std::size_t>(i)] = operands.squared_norm(i);
    }
    blocks_[static_cast<std::size_t>(from / kBlock)].kept = false;
    lower(from / kBlock, 0);
    for (Index i = from; sketches_ && i < to; ++i)  // rows so far off that their squared distance is infinite
      if (distance_[static_cast<std::size_t>(i)] == kInfinity && weight(i) > 0) sketches_->set(i, kInfinity);
  });
}

std::vector<double> NearestChosen::potentials(std::span<const Index> candidates) {
  candidates_.assign(candidates.begin(), candidates.end());
  const auto count = static_cast<Index>(candidates.size());
  SHOAL_ASSERT(count < (1 << 16));
  if (!scores_ || scores_->k() != count) scores_ = std::make_unique<Centroids>(count, rows_.cols(), frame_);
  scores_->set(context_, rows_.take(candidates_));
  if (sketches_) sketches_->aim(candidates_);
  partial_.resize(blocks_.size() * candidates.size());
  context_.parallel_for(rows_.rows(), kBlock, [&](Index from, Index) { Worker(*this, from / kBlock).run(); });
  std::vector<double> out(candidates.size(), 0.0);
  for (std::size_t p = 0; p < partial_.size(); ++p) out[p % out.size()] += partial_[p];
  return out;
}

void NearestChosen::take(Index candidate) {
  const auto chosen = static_cast<std::uint16_t>(candidate);
  Index changes = 0;
  for (const Block& block : blocks_)
    changes += !block.kept ? kSerial
                           : std::count_if(block.improved.begin(), block.improved.end(),
                                           [&](const Improved& i) { return i.candidate == chosen; });
  if (changes > kSerial) return take_in_parallel(candidate);
  for (Index b = 0; b < blocks(); ++b) lower(b, candidate);
}

void NearestChosen::take_all() { take_in_parallel(-1); }

void NearestChosen::take_in_parallel(Index candidate) {
  context_.parallel_for(rows_.rows(), kBlock, [&](Index from, Index) { lower(from / kBlock, candidate); });
}

void NearestChosen::lower(Index b, Index candidate) {
  const Index from = b * kBlock, to = std::min(rows_.rows(), from + kBlock);
  const Block& block = blocks_[static_cast<std::size_t>(b)];
  for (const Improved& i : block.improved)
    if (candidate < 0 || i.candidate == candidate) set(from + i.row, candidates_[i.candidate], i.squared_distance);
  if (!block.kept) {
    const SeedingLanes& lanes = seeding_lanes(isa_);
    Index row[kBlock];
    const double* others[kBlock];
    double squared_distance[kBlock];
    for (Index i = from; i < to; ++i) row[i - from] = i;
    for (Index c = std::max<Index>(candidate, 0); c < (candidate < 0 ? scores_->k() : candidate + 1); ++c) {
      std::fill_n(others, to - from, scores_->exact(c));
      measure(lanes, rows_, row, others, to - from, squared_distance);
      for (Index i = from; i < to; ++i) set(i, candidates_[static_cast<std::size_t>(c)], squared_distance[i - from]);
    }
  }
  double& mass = block_mass_[static_cast<std::size_t>(b)];
  if (candidate >= 0 && !partial_.empty()) {
    mass = partial_[static_cast<std::size_t>(b * scores_->k() + candidate)];
    return;
  }
  mass = 0;
  for (Index i = from; i < to; ++i) mass += mass_[static_cast<std::size_t>(i)];
}

void NearestChosen::set(Index i, Index chosen, double squared_distance) {
  const auto at = static_cast<std::size_t>(i);
  if (!(squared_distance < distance_[at])) return;
  distance_[at] = squared_distance;
  nearest_[at] = chosen;
  mass_[at] = weight(i) == 0 ? 0 : weight(i) * squared_distance;
  if (!sketches_) return;
  if (weight(i) > 0 && squared_distance > 0) sketches_->set(i, squared_distance);
  else sketches_->close(i);
}

}  // namespace shoal::kernels
