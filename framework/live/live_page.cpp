#include "framework/live/live_page.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "framework/live/live_assets.h"
#include "framework/live/now_section.h"
#include "framework/report/page/page.h"
#include "framework/report/page/run_follower.h"

namespace shoal::host {
namespace {

constexpr std::chrono::seconds kBetweenPages(3);
constexpr int kShare = 20;  // of the time at most one part goes into pages

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

LivePage::LivePage(const std::filesystem::path& folder, std::vector<std::string> programs)
    : programs_(std::move(programs)), run_(std::make_unique<RunFollower>(folder)) {}

LivePage::~LivePage() = default;

void LivePage::read_on() { grown_ = run_->read_on() || grown_; }

bool LivePage::is_due() const {
  if (number_ == 0) return true;
  return grown_ && Clock::now() - made_ >= std::max<Clock::duration>(kBetweenPages, kShare * took_);
}

void LivePage::make() {
  const auto begin = Clock::now();
  PlacedPage page =
      make_placed_page({run_->run()}, {.stills = false, .programs = programs_, .style = kLiveStyle}, kNowId, "Now");
  page_ = std::move(page.html);
  place_ = page.place;
  made_ = Clock::now();
  took_ = made_ - begin;
  grown_ = false;
  ++number_;
}

std::string LivePage::html() {
  const std::lock_guard lock(mutex_);
  read_on();
  if (is_due()) make();
  std::string out = page_;
  out.insert(place_, now_section(*run_, seconds_since_1970(), number_));
  return out;
}

std::string LivePage::now(bool has_report, bool stopped) {
  const std::lock_guard lock(mutex_);
  read_on();
  const std::size_t page = number_ + (is_due() ? 1 : 0);
  const nlohmann::json out = {{"now", now_section(*run_, seconds_since_1970(), page)},
                              {"page", page},
                              {"report", has_report},
                              {"stopped", stopped}};
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace shoal::host
