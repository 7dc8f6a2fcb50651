#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "framework/plugin/services.h"
#include "framework/report/page/artifact_files.h"
#include "framework/report/page/data_behind.h"
#include "framework/report/page/sections.h"
#include "framework/store/npy_file.h"

namespace shoal::host {
namespace {

constexpr std::size_t kMostMatrices = 8;
constexpr Index kMostClasses = 25;  // of a table that can be read

void add_matrix(Html& html, const ConstArray& counts, const std::string& caption) {
  const Index rows = counts.shape()[0], columns = counts.shape()[1];
  const std::int64_t* at = counts.data<std::int64_t>();
  html.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", caption}});
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
    html.element("th", {{"scope", "row"}}, fmt::format("{:.1f} %", 100 * right)).close();
  }
  html.close().close().close();
}

}  // namespace

void add_confusion(PageWriter& page, const RunData& run) {
  const std::vector<ArtifactFile> files = one_of_each_node(run.file, find_artifacts(run.file.folder, "confusion"));
  if (files.empty())
    return page.leave_out(
        "Confusion matrix",
        "no node of the run gave one (trainer/linear-probe, metric/classification and metric/clustering do)");
  Services services(1);
  bool begun = false;
  for (std::size_t i = 0; i < files.size() && i < kMostMatrices; ++i) {
    const ArtifactFile& file = files[i];
    const std::string title = "Confusion matrix of " + file.node;
    try {
      const Array array = read_npy(file.file, allocate_in(services));
      const ConstArray counts = array.view();
      if (counts.rank() != 2 || counts.dtype() != DType::kInt64) {
        page.leave_out(title, "it is no table of counts");
      } else if (std::max(counts.shape()[0], counts.shape()[1]) > kMostClasses) {
        page.leave_out(title, fmt::format("{} × {} are more than a page shows; {} has it", counts.shape()[0],
                                          counts.shape()[1], file.file.filename().string()));
      } else {
        if (!std::exchange(begun, true)) {
          page.begin_section("confusion", "Confusion matrices");
          page.html().element(
              "p", {{"class", "note"}},
              std::string("True classes in rows, predictions in columns; of a clustering, its clusters, each matched "
                          "to a class. The stronger the colour, the larger the share of the row. ") +
                  how_chosen(run.file));
          page.html().open("div", {{"class", "matrices"}});
        }
        const std::string caption =
            run.file.rows.size() == 1 ? file.node : file.node + ": " + row_text(run.file.rows[file.row], file.row);
        add_matrix(page.html(), counts, caption);
      }
    } catch (const std::runtime_error& error) {
      page.leave_out(title, error.what());
    }
  }
  if (begun) page.html().close(), page.end_section();
  if (files.size() > kMostMatrices)
    page.leave_out(fmt::format("{} confusion matrices more", files.size() - kMostMatrices),
                   "the page shows 8; artifacts/ has all");
}

}  // namespace shoal::host
