#include "event_json.h"

#include <gmock/gmock.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace shoal {
namespace {

Event event(int type) {
  Event out{};
  out.size = sizeof(out);
  out.type = type;
  out.time = 1.5;
  out.node = out.component = out.name = out.text = "";
  return out;
}

TEST(EventJson, WritesAScalarWithItsStep) {
  Event scalar = event(SHOAL_SCALAR);
  scalar.node = "learn";
  scalar.name = "loss";
  scalar.value = 0.25;
  scalar.step = 7;
  EXPECT_EQ(event_json(scalar),
            R"({"time":1.5,"event":"scalar","row":0,"node":"learn","name":"loss","step":7,"value":0.25})");
}

TEST(EventJson, LeavesOutTheStepOfANumberThatIsNoSeries) {
  Event scalar = event(SHOAL_SCALAR);
  scalar.name = "accuracy";
  scalar.step = -1;
  EXPECT_FALSE(nlohmann::json::parse(event_json(scalar)).contains("step"));
}

TEST(EventJson, WritesNullForWhatIsNotFinite) {
  Event scalar = event(SHOAL_SCALAR);
  scalar.value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(nlohmann::json::parse(event_json(scalar))["value"].is_null());
}

TEST(EventJson, EscapesTextsAndStaysOnOneLine) {
  Event log = event(SHOAL_LOG);
  log.level = SHOAL_WARNING;
  log.text = "a \"quote\",\na line, and \xff";
  const std::string line = event_json(log);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["level"], "warning");
  EXPECT_EQ(json["text"], "a \"quote\",\na line, and \xEF\xBF\xBD");
}

TEST(EventJson, SaysHowANodeEnded) {
  Event end = event(SHOAL_NODE_END);
  end.node = "kmeans";
  end.seconds = 2.5;
  end.status = SHOAL_E_INPUT;
  end.text = "features hold NaN";
  const auto json = nlohmann::json::parse(event_json(end));
  EXPECT_EQ(json["status"], "failed");
  EXPECT_EQ(json["seconds"], 2.5);
  EXPECT_EQ(json["text"], "features hold NaN");
}

}  // namespace
}  // namespace shoal
