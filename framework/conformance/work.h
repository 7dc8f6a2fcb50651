#ifndef SHOAL_FRAMEWORK_CONFORMANCE_WORK_H_
#define SHOAL_FRAMEWORK_CONFORMANCE_WORK_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/conformance/case.h"
#include "framework/conformance/sheltered.h"
#include "framework/conformance/subject.h"

namespace shoal::host::conformance {

/// In what form the inputs of a component come to it. The numbers are the same in every form.
struct Form {
  DType dtype = DType::kFloat32;
  bool strided = false;    ///< rows lie apart, NaN between them
  bool read_only = false;  ///< on pages that kill who writes to them, or reads behind them
};

/// Made-up features: rows around 4 centres in 5 columns, whole numbers of 0 … 255, so that every dtype holds them.
class Points {
 public:
  static constexpr Index kColumns = 5, kCentres = 4;
  Points(Index rows, const Form& form, std::uint64_t seed = 0, Index columns = kColumns);
  ConstArray view() const { return view_; }
  /// For a case that wants other numbers; before forbidding to write.
  void set(Index row, Index column, double value);

 private:
  DType dtype_;
  Index stride_;
  std::vector<char> plain_;
  std::unique_ptr<Sheltered> sheltered_;
  char* data_;
  Index shape_[2], strides_[2];
  ConstArray view_;
};

/// The form of features that the component takes, float32 where it can.
Form usual_form(const Subject& subject);

/// What came of a component's work: named arrays, which two runs can be compared by.
class Result {
 public:
  void add(std::string name, ConstArray values);
  void add(std::string name, double value);

  /// "centroids differ at 3: 1.5, then 1.25": the first difference, byte by byte; nothing where there is none.
  std::optional<std::string> difference(const Result& other) const;
  /// The first number that is NaN or infinite, by name and place.
  std::optional<std::string> not_finite() const;
  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::string name;
    DType dtype;
    Shape shape;
    std::string bytes;
  };
  static double number(const Entry& entry, std::size_t at);
  std::vector<Entry> entries_;
};

/// What a kind of component is put to.
struct Kind {
  /// Its work on made-up inputs, once. Throws what the component throws.
  std::function<Result(Trial&, const Form&)> work;
  /// The forms of inputs that it may get; none: its inputs have no forms.
  bool takes_features = false;
  /// What only this kind must hold to.
  Cases cases = {};
};

Kind clusterer_kind(const Subject& subject);
Kind transform_kind(const Subject& subject);
Kind dataset_kind(const Subject& subject);
Kind metric_kind(const Subject& subject);
Kind reporter_kind(const Subject& subject);
Kind augmentation_kind(const Subject& subject);
Kind encoder_kind(const Subject& subject);
Kind head_kind(const Subject& subject);
Kind objective_kind(const Subject& subject);
Kind trainer_kind(const Subject& subject);

/// By the first part of the component's id. `subject` outlives it.
Kind kind_of(const Subject& subject);

/// What components of every kind must hold to. Both arguments outlive them.
Cases common_cases(const Subject& subject, const Kind& kind);

/// Rows for the work of a clusterer or transform with these parameters: enough for its k, more on higher levels.
Index rows_for(const Subject& subject);

}  // namespace shoal::host::conformance

#endif  // SHOAL_FRAMEWORK_CONFORMANCE_WORK_H_
