#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "framework/plugin/services.h"
#include "framework/report/page/artifact_files.h"
#include "framework/report/page/data_behind.h"
#include "framework/report/page/html_parts.h"
#include "framework/report/page/row_choice.h"
#include "framework/report/page/sections.h"
#include "framework/report/quantity.h"
#include "framework/store/npy_file.h"

namespace shoal::host {
namespace {

constexpr std::size_t kMostNodes = 8;
constexpr std::size_t kMostFolded = 12;  // rows of a node beside the open one
constexpr Index kMostClasses = 25;       // of a table that can be read

void add_table(Html& html, const ConstArray& counts, const std::string& caption) {
  const Index rows = counts.shape()[0], columns = counts.shape()[1];
  const std::int64_t* at = counts.data<std::int64_t>();
  open_scroll(html, caption);
  html.open("table", {{"class", "matrix"}}).element("caption", caption).open("thead").open("tr");
  html.element("th", {{"scope", "col"}}, "class");
  for (Index c = 0; c < columns; ++c) html.element("th", {{"scope", "col"}}, std::to_string(c));
  html.element("th", {{"scope", "col"}}, "right").close().close().open("tbody");
  for (Index r = 0; r < rows; ++r) {
    std::int64_t sum = 0;
    for (Index c = 0; c < columns; ++c) sum += at[r * columns + c];
    html.open("tr").element("th", {{"scope", "row"}}, std::to_string(r));
    for (Index c = 0; c < columns; ++c) {
      const std::int64_t count = at[r * columns + c];
      const double share = sum > 0 ? static_cast<double>(count) / static_cast<double>(sum) : 0;
      html.element("td", {{"style", fmt::format("--share:{:.3f}", share)}}, std::to_string(count));
    }
    const double right =
        sum > 0 && r < columns ? static_cast<double>(at[r * columns + r]) / static_cast<double>(sum) : 0;
    html.element("td", {{"class", "right"}}, fmt::format("{:.1f} %", 100 * right)).close();
  }
  html.close().close().close();
}

/// Throws std::runtime_error  why a page cannot show it
Html matrix_of(const std::filesystem::path& file, const std::string& caption) {
  Services services(1);
  const Array array = read_npy(file, allocate_in(services));
  const ConstArray counts = array.view();
  if (counts.rank() != 2 || counts.dtype() != DType::kInt64) throw std::runtime_error("it is no table of counts");
  if (std::max(counts.shape()[0], counts.shape()[1]) > kMostClasses)
    throw std::runtime_error(fmt::format("{} × {} are more than a page shows; {} has it", counts.shape()[0],
                                         counts.shape()[1], file.filename().string()));
  Html out;
  add_table(out, counts, caption);
  return out;
}

/// Those of the folded rows, as many as there is room for. Returns how many of them were dealt with.
std::size_t add_folded(PageWriter& page, const RunFile& run, const NodeArtifacts& matrices, const RowChoice& rows) {
  if (rows.folded.empty()) return 0;
  Html out;
  std::size_t dealt = 0;
  for (; dealt < std::min(kMostFolded, rows.folded.size()); ++dealt) try {
      const std::size_t row = rows.folded[dealt];
      Html matrix = matrix_of(matrices.by_row[row], row_text(run.rows[row], row));
      if (!page.take_room(matrix.bytes())) break;
      out.append(std::move(matrix));
    } catch (const std::runtime_error& error) {
      page.leave_out(fmt::format("Confusion matrix of {} in row {}", matrices.node, rows.folded[dealt] + 1),
                     error.what());
    }
  if (dealt == 0) return 0;
  page.html().open("details", {{"class", "row"}}).element("summary", counted(dealt, "other row", "other rows"));
  page.html().open("div", {{"class", "matrices"}}).append(std::move(out)).close().close();
  return dealt;
}

/// One node's. Throws std::runtime_error  why that of its open row cannot be shown
void add_node(PageWriter& page, const RunFile& run, const NodeArtifacts& matrices, std::optional<std::size_t> wanted,
              bool& begun) {
  const RowChoice rows = choose_rows(run, wanted, [&](std::size_t row) { return matrices.by_row[row].string(); });
  if (!rows.open) throw std::runtime_error(fmt::format("row {} has none", wanted.value_or(0) + 1));
  const std::string caption = run.rows.size() == 1 ? matrices.node : matrices.node + ": " + describe_open(run, rows);
  Html open = matrix_of(matrices.by_row[*rows.open], caption);
  if (!std::exchange(begun, true)) {
    page.begin_section("confusion", "Confusion matrices");
    page.html().element("p", {{"class", "note"}},
                        "True classes in rows, predictions in columns; of a clustering, its clusters, each matched to "
                        "a class. The stronger the colour, the larger the share of the row. " +
                            how_chosen(run, wanted));
    page.html().open("div", {{"class", "matrices"}});
  }
  page.html().open("div", {{"class", "of-node"}}).append(std::move(open));
  const std::string rest = what_is_not_shown(rows, add_folded(page, run, matrices, rows));
  if (!rest.empty()) page.html().element("p", {{"class", "note"}}, rest);
  page.html().close();
}

}  // namespace

void add_confusion(PageWriter& page, const RunData& run, std::optional<std::size_t> wanted) {
  const std::vector<NodeArtifacts> nodes = by_node(run.file, find_artifacts(run.file.folder, "confusion"));
  if (nodes.empty())
    return page.leave_out(
        "Confusion matrix",
        "no node of the run gave one (trainer/linear-probe, metric/classification and metric/clustering do)");
  bool begun = false;
  for (std::size_t i = 0; i < nodes.size() && i < kMostNodes; ++i) try {
      add_node(page, run.file, nodes[i], wanted, begun);
    } catch (const std::runtime_error& error) {
      page.leave_out("Confusion matrix of " + nodes[i].node, error.what());
    }
  if (begun) page.html().close(), page.end_section();
  if (nodes.size() > kMostNodes)
    page.leave_out(fmt::format("Confusion matrices of {} nodes more", nodes.size() - kMostNodes),
                   fmt::format("the page shows {} nodes'; artifacts/ has all", kMostNodes));
}

}  // namespace shoal::host
