#include "event_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace shoal {
namespace {

using nlohmann::ordered_json;

const char* name_of(int type) {
  switch (type) {
    case SHOAL_RUN_BEGIN: return "run_begin";
    case SHOAL_RUN_END: return "run_end";
    case SHOAL_ROW_BEGIN: return "row_begin";
    case SHOAL_ROW_END: return "row_end";
    case SHOAL_NODE_BEGIN: return "node_begin";
    case SHOAL_NODE_END: return "node_end";
    case SHOAL_PROGRESS: return "progress";
    case SHOAL_SCALAR: return "scalar";
    case SHOAL_LOG: return "log";
    default: return "unknown";
  }
}

const char* status_of(int status) {
  if (status == SHOAL_OK) return "done";
  if (status == SHOAL_E_CANCELLED) return "cancelled";
  return status < 0 ? "reused" : "failed";
}

const char* level_of(int level) { return level == SHOAL_WARNING ? "warning" : level == SHOAL_DEBUG ? "debug" : "info"; }

}  // namespace

std::string event_json(const Event& event) {
  ordered_json out = {{"time", event.time}, {"event", name_of(event.type)}};
  if (event.type != SHOAL_RUN_BEGIN && event.type != SHOAL_RUN_END) out["row"] = event.row;
  const auto add_text = [&](const char* key, const char* text) {
    if (text != nullptr && *text != '\0') out[key] = text;
  };
  add_text("node", event.node);
  add_text("component", event.component);
  if (event.type == SHOAL_RUN_END || event.type == SHOAL_ROW_END || event.type == SHOAL_NODE_END) {
    out["status"] = status_of(event.status);
    out["seconds"] = event.seconds;
  }
  if (event.type == SHOAL_SCALAR) {
    out["name"] = event.name;
    if (event.step >= 0) out["step"] = event.step;
    out["value"] = std::isfinite(event.value) ? ordered_json(event.value) : ordered_json(nullptr);
  }
  if (event.type == SHOAL_PROGRESS) {
    add_text("unit", event.name);
    out["done"] = event.done;
    if (event.total > 0) out["total"] = event.total;
  }
  if (event.type == SHOAL_LOG) out["level"] = level_of(event.level);
  add_text("text", event.text);
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace shoal
