// shoal/component.h: what all kinds of components share: state, inputs that are components, and the machinery that
// turns a class into a C table and back.
#ifndef SHOAL_COMPONENT_H_
#define SHOAL_COMPONENT_H_

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "shoal/context.h"
#include "shoal/schema.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// Something that a node of an experiment uses. Made from its parameters alone; one object serves one node.
class Component {
 public:
  Component() = default;
  Component(const Component&) = default;
  Component& operator=(const Component&) = default;
  virtual ~Component() = default;
};

/// Named arrays, by which a component's state is kept.
class StateWriter {
 public:
  explicit StateWriter(const shoal_context* context, const shoal_state_writer* writer)
      : context_(context), writer_(writer) {}
  /// Keeps a copy of `value`.
  void put(const std::string& name, ConstArray value) {
    const shoal_array array = value.c_array();
    detail::check_status(context_, writer_->put(writer_, name.c_str(), &array));
  }

 private:
  const shoal_context* context_;
  const shoal_state_writer* writer_;
};
/// Named arrays that were kept.
class StateReader {
 public:
  explicit StateReader(const shoal_state_reader* reader) : reader_(reader) {}  ///< of the host
  /// Throws InputError where the state has no such array.
  ConstArray get(const std::string& name) const {
    const shoal_array* array = reader_->get(reader_, name.c_str());
    require(array != nullptr, "the saved state has no array '{}'", name);
    return ConstArray(*array);
  }

 private:
  const shoal_state_reader* reader_;
};

/// A component whose state outlives the process. load(save(x)) then works exactly as x would have.
class Stateful {
 public:
  virtual ~Stateful() = default;
  virtual void save(StateWriter& state) const = 0;  ///< what load needs, by name
  /// Throws InputError for a state that is not one of its own; the component is then as before.
  virtual void load(const StateReader& state) = 0;
};

/// A component at work that is lent to another: made by the host, valid as long as its user.
class Object {
 public:
  explicit Object(const shoal_object& object) : component_(object.component), self_(object.self) {}  ///< of the host
  const char* id() const { return component_->id; }                 ///< "clusterer/kmeans"
  const shoal_component& component() const { return *component_; }  ///< its table
  void* self() const { return self_; }                              ///< what its functions take

  /// The table of an interface, or null where the component does not offer it.
  template <typename Table>
  const Table* find(const char* id) const {
    return static_cast<const Table*>(component_->find(id));
  }
  /// Throws Unsupported where the component does not offer it.
  template <typename Table>
  const Table* get(const char* id) const {
    const auto* table = find<Table>(id);
    if (table == nullptr) throw Unsupported(text("{} does not offer {}", component_->id, id));
    return table;
  }
  bool has_trait(std::string_view trait) const {  ///< "random", "noise" …
    for (const char* const* t = component_->traits; t != nullptr && *t != nullptr; ++t)
      if (trait == *t) return true;
    return false;
  }

 private:
  const shoal_component* component_;
  void* self_;
};

/// A component over others: a subset over a dataset. Its ports are declared by `in<…>` in SHOAL_PLUGIN.
class TakesInputs {
 public:
  virtual ~TakesInputs() = default;
  /// Once for each wired port, before any other call. The objects stay valid.
  virtual void bind(Context& context, std::string_view port, const std::vector<Object>& objects) = 0;
};

/// What ports carry beside components.
struct Features {
  static constexpr const char* kKind = "features";
};  ///< (N, D) float32, float64 or uint8
struct Labels {
  static constexpr const char* kKind = "labels";
};  ///< (N) int64; −1 is noise
struct AnyArray {
  static constexpr const char* kKind = "array";
};  ///< of any shape and dtype
struct Number {
  static constexpr const char* kKind = "number";
};  ///< one float64
struct Series {
  static constexpr const char* kKind = "series";
};  ///< numbers over steps; as a number: the last

/// The interfaces that a kind of component may offer; a component offers those that it derives from.
template <typename... Interface>
struct InterfaceList {};

namespace detail {

/// Between a C++ interface and its C table: `kId`, and `table<T>()` for a component T that derives from it.
template <typename Interface>
struct Bridge;

/// The component that T was added as, for names of ports; set by plugin.add.
template <typename T>
inline const shoal_component* component_of = nullptr;

template <typename T, typename... Interface>
const void* find_interface([[maybe_unused]] const char* id, InterfaceList<Interface...>) {
  const void* found = nullptr;
  const auto consider = [&]<typename I>(std::type_identity<I>) {
    if constexpr (std::is_base_of_v<I, T>) {
      if (std::strcmp(id, Bridge<I>::kId) == 0) found = Bridge<I>::template table<T>();
    }
  };
  (consider(std::type_identity<Interface>{}), ...);
  return found;
}

template <>
struct Bridge<Stateful> {
  static constexpr const char* kId = "state/1";
  template <typename T>
  static const shoal_state_1* table() {
    static constexpr shoal_state_1 table = {
        sizeof(shoal_state_1),
        [](const void* self, const shoal_context* context, const shoal_state_writer* writer) {
          return guarded(context, [&] {
            StateWriter state(context, writer);
            static_cast<const T*>(self)->save(state);
          });
        },
        [](void* self, const shoal_context* context, const shoal_state_reader* reader) {
          return guarded(context, [&] { static_cast<T*>(self)->load(StateReader(reader)); });
        }};
    return &table;
  }
};

template <>
struct Bridge<TakesInputs> {
  static constexpr const char* kId = "inputs/1";
  template <typename T>
  static const shoal_inputs_1* table() {
    static constexpr shoal_inputs_1 table = {
        sizeof(shoal_inputs_1), [](void* self, const shoal_context* context, const char* port, std::int64_t count,
                                   const shoal_object* const* objects) {
          return guarded(context, [&] {
            std::vector<Object> bound;
            for (std::int64_t i = 0; i < count; ++i) bound.emplace_back(*objects[i]);
            Context c(context);
            static_cast<T*>(self)->bind(c, port, bound);
          });
        }};
    return &table;
  }
};

/// `features` with last stride 1 and its dtype among those that `object` takes.
inline void require_dtype(const Object& object, ConstArray features) {
  bool any_named = false;
  for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kUInt8}) {
    const bool named = object.has_trait(name(dtype));
    if (named && dtype == features.dtype()) return;
    any_named = any_named || named;
  }
  const bool usual = features.dtype() == DType::kFloat32 || features.dtype() == DType::kFloat64;
  require(!any_named && usual, "{} does not take {} features", object.id(), name(features.dtype()));
}

}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_COMPONENT_H_
