#include "framework/run/component_state.h"

namespace shoal::host {
namespace {

struct Writer {
  shoal_state_writer c;  // first: a shoal_state_writer* is a pointer to this
  Context& context;
  ComponentState state = {};

  static int put(const shoal_state_writer* self, const char* name, const shoal_array* array) {
    Writer& writer = *reinterpret_cast<Writer*>(const_cast<shoal_state_writer*>(self));
    const shoal_context* c = writer.context.c_context();
    try {
      writer.state[name] = writer.context.copy(ConstArray(*array));
      return SHOAL_OK;
    } catch (const std::exception& error) {
      return c->host->fail(c, SHOAL_E_FAILED, error.what());
    }
  }
};

struct Reader {
  shoal_state_reader c;  // first, as above
  std::map<std::string, ConstArray> views = {};
  std::map<std::string, shoal_array> arrays = {};

  static const shoal_array* get(const shoal_state_reader* self, const char* name) {
    const auto& arrays = reinterpret_cast<const Reader*>(self)->arrays;
    const auto found = arrays.find(name);
    return found == arrays.end() ? nullptr : &found->second;
  }
};

}  // namespace

bool has_state(Live& live) { return live.object().find<shoal_state_1>("state/1") != nullptr; }

ComponentState save_state(Live& live) {
  Writer writer{{sizeof(shoal_state_writer), &Writer::put}, live.context()};
  const shoal_context* c = live.context().c_context();
  detail::check_status(c, live.object().get<shoal_state_1>("state/1")->save(live.object().self(), c, &writer.c));
  return std::move(writer.state);
}

void load_state(Live& live, const ComponentState& state) {
  Reader reader{{sizeof(shoal_state_reader), &Reader::get}};
  for (const auto& [name, array] : state) reader.views[name] = array.view();
  for (const auto& [name, view] : reader.views) reader.arrays[name] = view.c_array();
  const shoal_context* c = live.context().c_context();
  detail::check_status(c, live.object().get<shoal_state_1>("state/1")->load(live.object().self(), c, &reader.c));
}

}  // namespace shoal::host
