// shoal/transform.h: the kind "transform". Portable: no LibTorch behind it.
#ifndef SHOAL_TRANSFORM_H_
#define SHOAL_TRANSFORM_H_

#include "shoal/component.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// A map of features that is learnt from features: PCA, whitening, scaling to length 1.
///
/// Order    fit once, then apply as often as wanted. A second fit forgets the first.
/// Threads  apply may run on several threads at once, fit may not; both work on the host's pool alone.
/// Purity   arguments are read-only; chance comes from context.random() alone.
class Transform : public Component {
 public:
  static constexpr const char* kKind = "transform";

  /// Learns from `features` (N, D). The default learns nothing.
  /// Throws InputError  too few rows, wrong dtype, NaN or infinity
  virtual void fit(Context& context, ConstArray features) { static_cast<void>(context), static_cast<void>(features); }

  /// D', the columns of the result for features of D columns; known before fit, so that planning can check shapes.
  /// Throws InputError  where D can never work: 64 components of 32 columns
  virtual Index columns(Index in) const { return in; }

  /// Writes `out` (M, D') for `features` (M, D); both float32, or both float64. A uint8 input gives a float32 result.
  /// With trait `gives:int64` (plugin.add<…>().gives_int64()) the result is int64 whatever the features are.
  /// Throws StateError  before fit, where there is something to learn
  ///        InputError  D is not the fitted D (both are named)
  virtual void apply(Context& context, ConstArray features, MutableArray out) const = 0;

  using Interfaces = InterfaceList<Transform, Stateful>;
};

/// A transform behind a C table.
class TransformProxy final : public Transform {
 public:
  /// `context` carries the message of a failure of columns.
  TransformProxy(Object object, const Context& context)
      : object_(object), context_(context), table_(object.get<shoal_transform_1>("transform/1")) {}

  void fit(Context& context, ConstArray features) override {
    require_features(context, features);
    detail::require_dtype(object_, features);
    if (table_->fit == nullptr) return;
    const shoal_array in = features.c_array();
    detail::check_status(context.c_context(), table_->fit(object_.self(), context.c_context(), &in));
  }
  Index columns(Index in) const override {
    Index out = in;
    if (table_->columns != nullptr)
      detail::check_status(context_.c_context(), table_->columns(object_.self(), context_.c_context(), in, &out));
    return out;
  }
  void apply(Context& context, ConstArray features, MutableArray out) const override {
    require_features(context, features);
    detail::require_dtype(object_, features);
    const shoal_array from = features.c_array();
    const shoal_array to = out.c_array();
    detail::check_status(context.c_context(), table_->apply(object_.self(), context.c_context(), &from, &to));
  }
  /// The features applied, in new memory: int64 where it gives that, float64 for float64, else float32.
  Array apply(Context& context, ConstArray features) const {
    const Shape shape = {features.rows(), columns(features.cols())};
    Array out = context.allocate(result(features.dtype()), shape);
    apply(context, features, out.mutable_view());
    return out;
  }

 private:
  DType result(DType features) const {
    if (object_.has_trait("gives:int64")) return DType::kInt64;
    return features == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
  }

  Object object_;
  Context context_;
  const shoal_transform_1* table_;
};

namespace detail {

template <>
struct Bridge<Transform> {
  static constexpr const char* kId = "transform/1";
  template <typename T>
  static const shoal_transform_1* table() {
    static constexpr shoal_transform_1 table = {
        sizeof(shoal_transform_1),
        [](void* self, const shoal_context* context, const shoal_array* features) {
          return guarded(context, [&] {
            Context c(context);
            static_cast<T*>(self)->fit(c, ConstArray(*features));
          });
        },
        [](const void* self, const shoal_context* context, std::int64_t in, std::int64_t* out) {
          return guarded(context, [&] { *out = static_cast<const T*>(self)->columns(in); });
        },
        [](const void* self, const shoal_context* context, const shoal_array* features, const shoal_array* out) {
          return guarded(context, [&] {
            Context c(context);
            static_cast<const T*>(self)->apply(c, ConstArray(*features), MutableArray(*out));
          });
        }};
    return &table;
  }
};

}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_TRANSFORM_H_
