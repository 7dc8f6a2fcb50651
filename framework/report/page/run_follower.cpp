#include "framework/report/page/run_follower.h"

#include <fmt/format.h>

#include "framework/files/new_lines.h"
#include "framework/report/run_so_far.h"

namespace shoal::host {
namespace {

/// Gives `reader` the new lines of a file, piece by piece. Whether there were any.
template <typename Reader>
bool read_new(const std::filesystem::path& file, std::uintmax_t& from, Reader& reader) {
  bool any = false;
  for (;;) {
    const NewLines lines = read_new_lines(file, from);
    if (lines.text.empty()) return any;
    reader.read(lines.text);
    from = lines.next;
    any = true;
  }
}

}  // namespace

RunFollower::RunFollower(const std::filesystem::path& folder)
    : run_(read_planned_run_data(folder)), scalars_(run_.file.rows.size(), run_.series), damaged_(run_.damaged) {}

bool RunFollower::read_on() {
  const bool heard = read_new(run_.file.folder / "events.jsonl", events_read_, events_);
  const bool measured = read_new(run_.file.folder / "metrics.jsonl", scalars_read_, scalars_);
  if (heard) add_events(events_, run_.file);
  if (!heard && !measured) return false;
  run_.damaged = damaged_;
  if (const std::string damage = scalars_.damage("metrics.jsonl"); !damage.empty()) run_.damaged.push_back(damage);
  if (events_.damaged() > 0)
    run_.damaged.push_back(fmt::format("events.jsonl: {} of its lines are no events; passed over", events_.damaged()));
  return true;
}

}  // namespace shoal::host
