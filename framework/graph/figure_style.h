#ifndef SHOAL_FRAMEWORK_GRAPH_FIGURE_STYLE_H_
#define SHOAL_FRAMEWORK_GRAPH_FIGURE_STYLE_H_

#include <map>
#include <string>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/value.h"

namespace shoal::host {

/// How a figure is drawn, beside what it shows: `{mark: bar, x_scale: log, facet: backend, bands: true}`.
struct FigureStyle {
  std::string mark = "line";       ///< line, point, bar, heat, histogram
  std::string x_scale = "linear";  ///< linear, log
  std::string facet = {};          ///< an axis: a small figure for each of its labels; "": one figure
  bool bands = false;              ///< lines and bars: mean ± standard deviation over the seeds
};

/// The keys of a figure that say so.
const std::vector<std::string>& figure_style_keys();

/// Reads them from a figure's map; all others are left to others. K207 for a word that is none, K204 where a heat map
/// has no `by`, K205 for what does not go together.
FigureStyle read_figure_style(const config::Value& figure, config::Diagnostics& diagnostics);

/// M501 for each `facet` of the document's figures that is none of `axes`.
void check_facets(const config::Value& document, const std::vector<std::string>& axes,
                  config::Diagnostics& diagnostics);

/// The styles of a document without errors, by the figures' names.
std::map<std::string, FigureStyle> figure_styles(const config::Value& document);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_FIGURE_STYLE_H_
