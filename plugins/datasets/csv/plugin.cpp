// dataset/csv: a table of numbers as text, with labels where a column holds them.
#include "shoal/plugin.h"

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mapped_file.h"
#include "served_dataset.h"
#include "table.h"

namespace {

using shoal::DType;

struct Params {
  std::string path, delimiter = "auto";
  csv::Header header = csv::Header::kAuto;
  std::vector<std::string> columns;
  std::string label, missing = "error", dtype = "float32";

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("path", &Params::path, "text file, one example a line: UTF-8 or any other superset of ASCII")
        .path()
        .required();
    schema
        .field("delimiter", &Params::delimiter,
               "between two fields: one character, or tab; auto: of , ; tab and | the most frequent in the first line")
        .renamed_from({"sep"});
    schema
        .field("header", &Params::header,
               "whether the first line holds names; auto: yes where it has text above numbers, or text alone")
        .one_of({{"auto", csv::Header::kAuto}, {"yes", csv::Header::kYes}, {"no", csv::Header::kNo}});
    schema.field("columns", &Params::columns,
                 "names or numbers of those to take, in this order; 1 is the first, -1 the last; empty: all of numbers "
                 "but the label");
    schema.field("label", &Params::label,
                 "name or number of the column of labels: whole numbers ≥ 0 stay, text becomes classes sorted by name; "
                 "empty: there are none");
    schema
        .field(
            "missing", &Params::missing,
            "a row with a missing value (nothing, ?, NA, NaN, null, None …) in a column that is taken: error, or drop")
        .one_of({"error", "drop"});
    schema.field("dtype", &Params::dtype, "of the examples").one_of({"float32", "float64"});
  }

  void check() const {
    const bool named = delimiter == "auto" || delimiter == "tab";
    const bool good = delimiter.size() == 1 && delimiter.find_first_not_of(",;\t|:/#&^~! ") == std::string::npos;
    shoal::require(named || good, "'delimiter' is auto, tab or one of , ; | : / # & ^ ~ ! and a space, not '{}'",
                   delimiter);
  }

  csv::TableOptions options() const {
    csv::TableOptions out{.header = header, .columns = columns, .label = label, .drop_missing = missing == "drop"};
    if (delimiter == "tab") out.delimiter = '\t';
    else if (delimiter != "auto") out.delimiter = delimiter[0];
    return out;
  }
};

class Csv final : public files::ServedDataset {
 public:
  explicit Csv(const Params& params) : params_(params) {}

 private:
  // Reads it whole: how many examples and classes there are is known only then.
  files::Served load(shoal::Context& context) override {
    return params_.dtype == "float64" ? load_as<double>(context) : load_as<float>(context);
  }

  template <typename Scalar>
  files::Served load_as(shoal::Context& context) {
    const files::MappedFile file(params_.path);
    csv::Table<Scalar> table = csv::read_table<Scalar>(context, file.bytes(), file.name(), params_.options());
    for (const std::string& note : table.notes) context.log(shoal::Level::kInfo, "{}", note);
    const bool labelled = !table.labels.empty();
    label_values_ = std::move(table.labels);
    const auto& values = values_.emplace<std::vector<Scalar>>(std::move(table.values));
    return {.examples = {.first = reinterpret_cast<const char*>(values.data()),
                         .count = table.rows,
                         .shape = {table.columns},
                         .stored = std::is_same_v<Scalar, double> ? files::Stored::kFloat64 : files::Stored::kFloat32,
                         .step = table.columns * static_cast<shoal::Index>(sizeof(Scalar))},
            .labels = {.first = labelled ? reinterpret_cast<const char*>(label_values_.data()) : nullptr,
                       .name = "'" + file.name() + "'"},
            .class_names = std::move(table.class_names)};
  }

  Params params_;
  std::variant<std::vector<float>, std::vector<double>> values_;  // (N, D)
  std::vector<std::int64_t> label_values_;                        // (N), or none
};

}  // namespace

SHOAL_PLUGIN("csv", "0.1.0", "tables as text: comma-separated values and their kin") {
  plugin.add<Csv, Params>("dataset/csv");
}
