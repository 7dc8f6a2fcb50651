#include "framework/graph/figure_style.h"

#include <algorithm>

#include "framework/config/scalars.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using config::Diagnostics;
using config::Entry;
using config::Value;

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// One of `words`, the first where it is none (K207).
std::string read_word(const Value& value, const std::string& key, const std::vector<std::string>& words,
                      Diagnostics& diagnostics) {
  const std::string word = config::read_text(value, diagnostics, key).value_or(words.front());
  if (std::find(words.begin(), words.end(), word) != words.end()) return word;
  diagnostics.error("K207", value.place,
                    text("{} '{}' is not one of {}", key, word, join(words)) + config::did_you_mean(word, words));
  return words.front();
}

/// What does not go together, each at its own key.
void check_together(const Value& figure, const FigureStyle& style, Diagnostics& diagnostics) {
  const auto refuse = [&](const char* key, const std::string& what) {
    diagnostics.error("K205", figure.find(key)->place, what);
  };
  const Value* x = figure.find("x");
  const Value* y = figure.find("y");
  const bool over_steps = x != nullptr && (x->text == "step" || x->text == "epoch");
  if (style.bands && style.mark != "line" && style.mark != "bar")
    refuse("bands", text("bands go with lines and bars, not with {}", style.mark));
  if (over_steps && (style.mark == "bar" || style.mark == "heat"))
    refuse("mark", text("mark {} wants an axis of the matrix at x, not {}s", style.mark, x->text));
  if (style.mark == "histogram" && x != nullptr && !over_steps)
    refuse("x",
           "a histogram counts what is at y; its x is left out, or step or epoch: then every value of a series counts");
  if (style.mark == "heat" && y != nullptr && y->is_list() && y->items.size() > 1)
    refuse("y", "a heat map shows one number, its y is no list");
  if (style.mark == "heat" && figure.find("by") == nullptr)
    diagnostics.error("K204", figure.find("mark")->place, "a heat map has no 'by', the axis that goes upwards");
}

}  // namespace

const std::vector<std::string>& figure_style_keys() {
  static const std::vector<std::string> keys = {"mark", "x_scale", "facet", "bands"};
  return keys;
}

FigureStyle read_figure_style(const Value& figure, Diagnostics& diagnostics) {
  FigureStyle out;
  if (!figure.is_map()) return out;
  for (const Entry& part : figure.entries) {
    if (part.key == "mark")
      out.mark = read_word(part.value, "mark", {"line", "point", "bar", "heat", "histogram"}, diagnostics);
    else if (part.key == "x_scale") out.x_scale = read_word(part.value, "x_scale", {"linear", "log"}, diagnostics);
    else if (part.key == "facet") out.facet = config::read_text(part.value, diagnostics, "facet").value_or("");
    else if (part.key == "bands") out.bands = config::read_bool(part.value, diagnostics, "bands").value_or(false);
  }
  check_together(figure, out, diagnostics);
  return out;
}

void check_facets(const Value& document, const std::vector<std::string>& axes, Diagnostics& diagnostics) {
  const Value* figures = document.find("figures");
  if (figures == nullptr || !figures->is_map()) return;
  for (const Entry& figure : figures->entries) {
    const Value* facet = figure.value.is_map() ? figure.value.find("facet") : nullptr;
    if (facet == nullptr || !facet->is_scalar() || std::find(axes.begin(), axes.end(), facet->text) != axes.end())
      continue;
    diagnostics.error(
        "M501", facet->place,
        text("facet '{}' is no axis of the matrix", facet->text) + config::did_you_mean(facet->text, axes),
        {{axes.empty() ? "this experiment has no matrix" : text("axes: {}", join(axes)), {}}});
  }
}

std::map<std::string, FigureStyle> figure_styles(const Value& document) {
  std::map<std::string, FigureStyle> out;
  Diagnostics ignored;  // it has none
  if (const Value* figures = document.find("figures"); figures != nullptr && figures->is_map())
    for (const Entry& figure : figures->entries) out[figure.key] = read_figure_style(figure.value, ignored);
  return out;
}

}  // namespace shoal::host
