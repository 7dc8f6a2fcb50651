#ifndef SHOAL_FRAMEWORK_CONFIG_MATRIX_H_
#define SHOAL_FRAMEWORK_CONFIG_MATRIX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/overrides.h"
#include "framework/config/path.h"
#include "framework/config/value.h"

namespace shoal::config {

/// A value to put at a path (in full).
struct Assignment {
  Path path;
  Value value;
};

/// One position of an axis: for a path axis a value, for a named axis paths that are set together.
struct Case {
  std::string label;  ///< the value as one line of YAML, or the case's name
  std::vector<Assignment> assignments;
  Place place;
};

/// What varies. `kmeans.k: [10, 100]` is a path axis, `backend: {ours: {…}, mini: {…}}` a named one.
struct Axis {
  std::string name;          ///< of a path axis the short path: kmeans.k
  std::optional<Path> path;  ///< in full; set for a path axis
  std::vector<Case> cases;
  bool fixed = false;  ///< by an override
  Place place;
};

/// Some axes and a label of each, as in `settings` of a row, `exclude:` and `add:`.
struct Setting {
  std::string axis;
  std::string label;

  friend bool operator==(const Setting&, const Setting&) = default;
};

/// `matrix:` as read. Rows: product of the axes, less `exclude`, plus `add`; each once per seed.
struct Matrix {
  struct Pattern {
    std::vector<Setting> settings;
    Place place;
  };
  struct AddedRow {
    std::vector<Setting> settings;
    std::vector<Assignment> assignments;
    Place place;
  };

  std::vector<Axis> axes;  ///< in the order written
  std::vector<Pattern> exclude;
  std::vector<AddedRow> add;
  std::int64_t seed_count = 1;                     ///< `seeds: 3` is base, base + 1, base + 2
  std::optional<std::vector<std::int64_t>> seeds;  ///< `seeds: [7, 11]`
  Place place;
};

/// One run: which case of each axis, what that sets, and the seed.
struct Row {
  std::vector<Setting> settings;        ///< in the order of the axes; an added row may lack some
  std::vector<Assignment> assignments;  ///< in that order too
  std::int64_t seed = 0;
};

/// Reads the value of `matrix:`. M501 an axis that exclude or add names is none; M502 values of the wrong form;
/// M508 two axes set one path; M510 (warning) a value twice: it is taken once; M512 a path that is one for all rows.
std::optional<Matrix> read_matrix(const Value& matrix, Diagnostics& diagnostics);

/// M501 for every path of the matrix that starts at a node which `document` does not have. False after an error.
bool check_paths(const Matrix& matrix, const Value& document, Diagnostics& diagnostics);

/// Applies the overrides of the matrix itself to `document`: matrix.seeds=[20], matrix.kmeans.k=[5, 50] (an axis that
/// is there, or a new one), ~matrix.backend. Returns the others.
std::vector<Override> change_matrix(Value& document, const std::vector<Override>& changes, Diagnostics& diagnostics);

/// An override wins over the axis that varies the same path: the axis keeps one case, said by C214 (a note).
/// `backend=mini` picks a case of a named axis (M502 if it has none of that name). Where a case of a named axis sets
/// the path, the value is replaced in all of its cases; added rows follow. Returns the overrides that the document is
/// still to get: all but the picked cases.
std::vector<Override> fix_axes(Matrix& matrix, const std::vector<Override>& changes, Diagnostics& diagnostics);

/// `-m backend=ours,mini`: the named axis keeps these cases, in this order, and added rows that name others go. `picks`
/// are of parse_axis, each with a path of one segment. M501 there is no such axis, M502 no such case, with the nearest;
/// M510 (warning) a case twice. False after an error.
bool pick_cases(Matrix& matrix, const std::vector<Override>& picks, Diagnostics& diagnostics);

/// All rows: axes as written, last fastest, added rows behind them, seeds innermost. No axes: one row a seed.
/// M504 (warning) an exclude matches nothing, M505 (warning) an added row is there already, M506 more than `limit` rows
/// (nothing comes back), M509 exclude left nothing.
std::vector<Row> expand(const Matrix& matrix, std::int64_t base_seed, Diagnostics& diagnostics,
                        std::size_t limit = 10'000);

/// The document of one row: its assignments made, `seed:` set, `matrix:` taken out.
Value apply_row(const Value& document, const Row& row, Diagnostics& diagnostics);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_MATRIX_H_
