#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_PAGE_WRITER_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_PAGE_WRITER_H_

#include <string>
#include <utility>
#include <vector>

#include "framework/report/page/chart.h"
#include "framework/report/page/html.h"

namespace shoal::host {

/// What a page holds beside its charts.
inline constexpr std::size_t kTextBytes = 5'000'000;
/// What of it the runs share for rows that are folded away: it never crowds out what is open.
inline constexpr std::size_t kFoldedBytes = 1'500'000;

/// What the sections of a page are written to: its body, its contents, its charts and what is not on it.
class PageWriter {
 public:
  Html& html() { return body_; }

  /// Begins a section with its heading, one level below the sections that are open. `name` becomes its id, with the
  /// run's prefix before it. `listed`: in the page's contents.
  void begin_section(const std::string& name, const std::string& title, bool listed = true);
  /// Ends it. A listed section that brings the text of the page above kTextBytes is taken away again, which is said.
  void end_section();
  /// Says at the end of the page that a section is not there, and why.
  void leave_out(const std::string& section, const std::string& reason);

  /// Begins what is of one run: `prefix` comes before its ids, "" for one alone; it has `room` bytes for rows that are
  /// folded away.
  void begin_run(const std::string& prefix, std::size_t room) { prefix_ = prefix, room_ = room; }
  /// Takes room for something folded; false where it does not fit, and then there is none left.
  bool take_room(std::size_t bytes);
  std::string id_of(const std::string& name) const { return fragment_of(prefix_ + name); }

  /// A table in a frame that scrolls by itself; `numeric` columns are set to the right; readers can sort it where
  /// there is JavaScript. Lines beyond `most` are left out, which is said below it.
  void add_table(const PlainTable& table, const std::vector<bool>& numeric, const std::string& label,
                 std::size_t most = 500);
  void add_chart(Chart chart);

  /// Fills the charts in, with `stills` after drawing those that have no SVG yet, all by one process. Where they cannot
  /// be drawn, that is among what is left out.
  void draw_charts(bool stills);
  /// Removes the still SVGs, folded ones and then the largest first, until `bytes` are saved; says in their places that
  /// they are gone.
  void drop_stills(std::size_t bytes);

  struct Entry {
    std::string id = {}, title = {};
  };
  const std::vector<Entry>& contents() const { return contents_; }
  const std::vector<std::pair<std::string, std::string>>& left_out() const { return left_out_; }
  bool has_charts() const { return !charts_.empty(); }

 private:
  struct OpenSection {
    std::string title = {};
    bool listed = false;
    Html::Mark mark = {};
    std::size_t charts = 0, contents = 0;
  };
  struct PlacedChart {
    Chart chart;
    std::size_t hole = 0;
  };
  void draw_stills();
  void fill(PlacedChart& placed);

  Html body_;
  std::string prefix_;
  std::size_t room_ = 0;
  std::vector<OpenSection> sections_;
  std::vector<Entry> contents_;
  std::vector<std::pair<std::string, std::string>> left_out_;
  std::vector<PlacedChart> charts_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_PAGE_WRITER_H_
