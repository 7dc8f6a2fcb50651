#include "node_state.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "words.h"

namespace shoal {
namespace {

constexpr std::size_t kCurveCells = 32;
constexpr std::size_t kNumbersAtWork = 2;

std::string bar(double share) {
  constexpr int kCells = 10;
  const int full = static_cast<int>(std::floor(share * kCells));
  std::string out;
  for (int i = 0; i < kCells; ++i) out += i < full ? "■" : "□";
  return out;
}

std::string rate_of(double each_second) {
  char out[32];
  std::snprintf(out, sizeof(out), "  %.3g/s", each_second);
  return out;
}

std::string end_word(const Event& event) {
  constexpr int kReused = -1;
  switch (event.status) {
    case SHOAL_OK: return describe_seconds(event.seconds);
    case kReused: return "stored";
    case SHOAL_E_CANCELLED: return "stopped";
    default: return "FAILED";
  }
}

}  // namespace

void NodeState::begin(double time) {
  *this = {};
  phase_ = Phase::at_work;
  began_ = time;
}

void NodeState::progress(const Event& event) {
  if (phase_ == Phase::at_work) progress_ = describe_progress(event, event.time - began_);
}

void NodeState::scalar(const Event& event) {
  if (event.step >= 0) {
    const bool is_loss = std::string_view(event.name).find("loss") != std::string_view::npos;
    if (curve_of_.empty() || (is_loss && curve_of_.find("loss") == std::string::npos)) {
      curve_of_ = event.name;
      curve_ = {};
    }
    if (curve_of_ == event.name) curve_.add(event.value);
  }
  if (event.step < 0 && !ending_) scalars_.clear();  // at its end a node gives its outputs, in their own order
  ending_ = event.step < 0;
  const auto known =
      std::find_if(scalars_.begin(), scalars_.end(), [&](const auto& s) { return s.first == event.name; });
  if (known == scalars_.end()) scalars_.emplace_back(event.name, event.value);
  else known->second = event.value;
}

void NodeState::end(const Event& event) {
  phase_ = Phase::ended;
  word_ = end_word(event);
  good_ = event.status == SHOAL_OK || event.status == -1;
  computed_ = event.status == SHOAL_OK;
  curve_ = {};
}

std::string NodeState::numbers(std::size_t most) const {
  std::string out;
  for (std::size_t i = 0; i < std::min(scalars_.size(), most); ++i)
    out += (i == 0 ? "" : "  ") + scalars_[i].first + " " + describe_number(scalars_[i].second);
  return out;
}

std::string NodeState::doing(double time) const {
  std::string out = progress_.empty() ? "… " + describe_seconds(std::max(0.0, time - began_)) : progress_;
  if (!scalars_.empty()) out += "  " + numbers(kNumbersAtWork);
  return out;
}

std::string NodeState::curve() const { return curve_.empty() ? "" : curve_.sparkline(kCurveCells) + " " + curve_of_; }

std::string describe_progress(const Event& event, double seconds) {
  if (event.total <= 0) return text("… {} {}  {}", event.done, event.name, describe_seconds(std::max(0.0, seconds)));
  const double share = static_cast<double>(event.done) / static_cast<double>(event.total);
  std::string out = bar(share) + text(" {}/{}", event.done, event.total);
  if (*event.name != '\0') out += text(" {}", event.name);
  if (seconds > 0.5 && event.done > 0) {
    out += rate_of(static_cast<double>(event.done) / seconds);
    out += "  left " +
           describe_seconds(seconds / static_cast<double>(event.done) * static_cast<double>(event.total - event.done));
  }
  return out;
}

}  // namespace shoal
