#include "framework/report/page/html.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace shoal::host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string done(Html& html) { return std::move(html).take(); }

TEST(Html, ShowsTextAsText) {
  Html html;
  html.element("p", {{"title", "\"><script>alert(1)</script>'"}}, "</p><script>alert('&')</script>");
  EXPECT_EQ(done(html),
            "<p title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;\">"
            "&lt;/p&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</p>");
}

TEST(Html, ReplacesWhatIsNoText) {
  Html html;
  html.text(std::string("a\0b\xff\x1b ä 数", 12));
  EXPECT_EQ(done(html),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD ä 数");
}

TEST(Html, ClosesWhatWasOpenedLast) {
  Html html;
  html.open("ul").open("li").text("one").close();
  EXPECT_THROW(Html(html).take(), std::logic_error);
  html.close();
  EXPECT_THROW(html.close(), std::logic_error);
  EXPECT_EQ(done(html), "<ul><li>one</li></ul>");
}

TEST(Html, CarriesJsonThatNeitherEndsItsElementNorALine) {
  const std::string document = nlohmann::json{{"a", "</script><!--\xE2\x80\xA8"}}.dump();
  Html html;
  html.json("data", document);
  const std::string text = done(html);
  const std::size_t from = text.find('>') + 1, to = text.rfind("</script>");
  const std::string inside = text.substr(from, to - from);
  EXPECT_THAT(inside, Not(HasSubstr("<")));
  EXPECT_THAT(inside, Not(HasSubstr("\xE2\x80\xA8")));
  EXPECT_EQ(nlohmann::json::parse(inside), nlohmann::json::parse(document));
}

TEST(Html, KeepsAProgramWhole) {
  Html html;
  html.script("const a = \"</script>\";");
  EXPECT_EQ(done(html), "<script>const a = \"<\\/script>\";</script>");
  Html other;
  EXPECT_THROW(other.script("a <!-- b"), std::logic_error);
  EXPECT_THROW(other.style("a{} </STYLE>"), std::logic_error);
}

TEST(Html, TakesDrawingsThatDoNotAct) {
  Html html;
  html.drawing("<?xml version=\"1.0\"?><svg width=\"3\"><text>on it = x</text></svg>\n", "three \"things\"");
  EXPECT_EQ(done(html),
            "<svg role=\"img\" aria-label=\"three &quot;things&quot;\" width=\"3\"><text>on it = x</text></svg>");
  for (const char* bad :
       {"<svg><SCRIPT>alert(1)</SCRIPT></svg>", "<svg onload=\"alert(1)\"></svg>",
        "<svg><a xlink:href=\"javascript:alert(1)\"></a></svg>", "<svg\nonload='x'></svg>",
        "<svg><image href=\"http://a.b/c\"/></svg>", "<svg><foreignObject/></svg>", "<p>no drawing</p>"}) {
    Html refused;
    EXPECT_THROW(refused.drawing(bad, ""), std::runtime_error) << bad;
  }
}

TEST(Html, FillsHolesLater) {
  Html html;
  html.text("a");
  const std::size_t hole = html.hole();
  html.text("c");
  Html filling;
  filling.element("b", "b");
  html.fill(hole, std::move(filling));
  EXPECT_EQ(html.bytes(), 10);
  EXPECT_EQ(done(html), "a<b>b</b>c");
}

TEST(Html, GoesBackToAMark) {
  Html html;
  html.open("p").text("kept");
  const Html::Mark mark = html.mark();
  html.open("b").text("gone");
  html.hole();
  html.text("gone, too").back_to(mark);
  html.close();
  EXPECT_EQ(done(html), "<p>kept</p>");
}

TEST(Html, MakesNamesOfPlaces) {
  EXPECT_EQ(fragment_of("node-learn_2"), "node-learn_2");
  EXPECT_EQ(fragment_of("a\"b c/ä"), "a.22b.20c.2f.c3.a4");
}

}  // namespace
}  // namespace shoal::host
