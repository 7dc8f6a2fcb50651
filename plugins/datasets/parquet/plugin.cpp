// dataset/parquet: a table of a Parquet file, with labels where a column holds them.
#include "shoal/plugin.h"

#include <string>
#include <variant>
#include <vector>

#include "mapped_file.h"
#include "served_dataset.h"
#include "table.h"

namespace {

struct Params {
  std::string path;
  std::vector<std::string> columns;
  std::string label, missing = "error", dtype = "auto";

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("path", &Params::path, "Parquet file, one example a row").path().required();
    schema.field("columns", &Params::columns,
                 "names or numbers of those to take, in this order; 1 is the first, -1 the last; empty: all of numbers "
                 "but the label and the index of pandas");
    schema.field("label", &Params::label,
                 "name or number of the column of labels: whole numbers ≥ 0 stay, text becomes classes sorted by name; "
                 "empty: there are none");
    schema
        .field("missing", &Params::missing,
               "a row with a missing value (null or NaN) in a column that is taken: error, or drop")
        .one_of({"error", "drop"});
    schema
        .field(
            "dtype", &Params::dtype,
            "of the examples; auto: the smallest of uint8, float32 and float64 that holds each value of the columns' "
            "types (of integers of 64 bits, the nearest)")
        .one_of({"auto", "float32", "float64"});
  }
};

class Parquet final : public files::ServedDataset {
 public:
  explicit Parquet(const Params& params) : params_(params) {}

 private:
  // Reads it whole: how many rows stay and which classes there are is known only then.
  files::Served load(shoal::Context& context) override {
    const files::MappedFile file(params_.path);
    table_ = parquet::read_table(
        context, file.bytes(), file.name(),
        {.columns = params_.columns, .label = params_.label, .missing = params_.missing, .dtype = params_.dtype});
    file.require_unchanged();
    files::Served out = std::visit([&](const auto& values) { return serve(values, file.name()); }, table_.values);
    context.log(shoal::Level::kInfo, "'{}': {} rows of {} numbers, {}{}", file.name(), table_.rows, table_.columns,
                shoal::name(files::served_dtype(out.examples.stored)),
                table_.labels.empty()     ? std::string()
                : out.class_names.empty() ? std::string(", labels are numbers")
                                          : shoal::text(", labels of {} names", out.class_names.size()));
    return out;
  }

  template <typename Scalar>
  files::Served serve(const std::vector<Scalar>& values, const std::string& name) const {
    return {.examples = {.first = reinterpret_cast<const char*>(values.data()),
                         .count = table_.rows,
                         .shape = {table_.columns},
                         .stored = std::is_same_v<Scalar, double>  ? files::Stored::kFloat64
                                   : std::is_same_v<Scalar, float> ? files::Stored::kFloat32
                                                                   : files::Stored::kUInt8,
                         .step = table_.columns * static_cast<shoal::Index>(sizeof(Scalar))},
            .labels = {.first = table_.labels.empty() ? nullptr : reinterpret_cast<const char*>(table_.labels.data()),
                       .name = "'" + name + "'"},
            .class_names = table_.class_names};
  }

  Params params_;
  parquet::Table table_;  // what is served
};

}  // namespace

SHOAL_PLUGIN("parquet", "0.1.0", "tables in Parquet, read through pyarrow") {
  plugin.add<Parquet, Params>("dataset/parquet");
}
