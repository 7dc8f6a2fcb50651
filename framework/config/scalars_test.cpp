#include "framework/config/scalars.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "framework/config/testing.h"

namespace shoal::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// One finding as "K209 'k' has a leading zero: 010 | write 10; …".
std::string finding(const Diagnostics& diagnostics) {
  std::string out;
  for (const Diagnostic& d : diagnostics.sorted()) {
    out += d.id + " " + d.message;
    for (const Note& note : d.notes) out += " | " + note.text;
  }
  return out;
}

template <typename Read>
std::string refusal(Read read, const Value& value) {
  Diagnostics diagnostics;
  EXPECT_FALSE(read(value, diagnostics, "k").has_value()) << value.text;
  return finding(diagnostics);
}

template <typename Read>
auto accepted(Read read, const Value& value) {
  Diagnostics diagnostics;
  const auto result = read(value, diagnostics, "k");
  EXPECT_TRUE(result.has_value()) << render(diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  return result.value_or(typename decltype(result)::value_type{});
}

Value plain(const char* text) { return Value::make_plain(text); }
Value text(const char* quoted) { return Value::make_text(quoted); }

std::optional<double> read_finite(const Value& value, Diagnostics& diagnostics, std::string_view what) {
  return read_real(value, diagnostics, what);
}

TEST(ReadInt, TakesDecimalsUnderscoresAndExactExponents) {
  EXPECT_EQ(accepted(read_int, plain("10")), 10);
  EXPECT_EQ(accepted(read_int, plain("-3")), -3);
  EXPECT_EQ(accepted(read_int, plain("+5")), 5);
  EXPECT_EQ(accepted(read_int, plain("0")), 0);
  EXPECT_EQ(accepted(read_int, plain("1_000_000")), 1'000'000);
  EXPECT_EQ(accepted(read_int, plain("1e3")), 1000);
  EXPECT_EQ(accepted(read_int, plain("1.5e3")), 1500);
  EXPECT_EQ(accepted(read_int, plain("1.0e+5")), 100'000);
  EXPECT_EQ(accepted(read_int, plain("100e-2")), 1);
  EXPECT_EQ(accepted(read_int, plain("0e999999")), 0);
  EXPECT_EQ(accepted(read_int, plain("9223372036854775807")), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(accepted(read_int, plain("-9223372036854775808")), std::numeric_limits<std::int64_t>::min());
}

TEST(ReadInt, RefusesTheRestWithTheFix) {
  EXPECT_EQ(refusal(read_int, plain("ten")), "K205 'k' wants an integer, got text \"ten\"");
  EXPECT_EQ(refusal(read_int, plain("10.5")), "K205 'k' wants an integer, got 10.5");
  EXPECT_EQ(refusal(read_int, plain("10.0")), "K205 'k' wants an integer, got 10.0 | write 10");
  EXPECT_EQ(refusal(read_int, plain("1e-3")), "K205 'k' wants an integer, got 1e-3");
  EXPECT_EQ(refusal(read_int, plain("1.55e1")), "K205 'k' wants an integer, got 1.55e1");
  EXPECT_EQ(refusal(read_int, plain("true")), "K205 'k' wants an integer, got true");
  EXPECT_EQ(refusal(read_int, plain("0x1F")),
            "K205 'k' wants an integer, got text \"0x1F\" | write 31; numbers are decimal");
  EXPECT_EQ(refusal(read_int, plain("0o17")),
            "K205 'k' wants an integer, got text \"0o17\" | write 15; numbers are decimal");
  EXPECT_EQ(refusal(read_int, plain("1__0")), "K205 'k' wants an integer, got text \"1__0\"");
  EXPECT_EQ(refusal(read_int, plain("_1")), "K205 'k' wants an integer, got text \"_1\"");
  EXPECT_EQ(refusal(read_int, Value::make_list()), "K205 'k' wants an integer, got a list");
  EXPECT_EQ(refusal(read_int, text("ten")), "K205 'k' wants an integer, got text \"ten\"");
  EXPECT_EQ(refusal(read_int, text("10")),
            "K208 'k' wants an integer, but \"10\" in quotes is text | write 10 without quotes");
  EXPECT_EQ(refusal(read_int, plain("010")),
            "K209 'k' has a leading zero: 010 | write 10; some readers take 010 for octal");
  EXPECT_EQ(refusal(read_int, plain("-09")), "K209 'k' has a leading zero: -09 | write -9");
  EXPECT_EQ(refusal(read_int, plain("00")),
            "K209 'k' has a leading zero: 00 | write 0; some readers take 00 for octal");
  EXPECT_EQ(refusal(read_int, Value::make_null()),
            "K211 'k' has no value, but wants an integer | leave the whole line out to take the default");
  EXPECT_EQ(refusal(read_int, plain("inf")), "K212 'k' must be finite, but is inf");
}

TEST(ReadInt, RefusesWhatDoesNotFit64Bits) {
  for (const char* big : {"9223372036854775808", "-9223372036854775809", "1e19", "1e99999999999999999999", "12e400"}) {
    EXPECT_THAT(refusal(read_int, plain(big)), HasSubstr("K205 'k' is out of the range of a 64-bit integer"));
  }
  EXPECT_THAT(refusal(read_int, plain("1e-99999999999999999999")), HasSubstr("K205 'k' wants an integer"));
}

TEST(ReadReal, TakesAllWaysToWriteADecimal) {
  EXPECT_EQ(accepted(read_finite, plain("1")), 1.0);
  EXPECT_EQ(accepted(read_finite, plain("-0.5")), -0.5);
  EXPECT_EQ(accepted(read_finite, plain(".5")), 0.5);
  EXPECT_EQ(accepted(read_finite, plain("5.")), 5.0);
  EXPECT_EQ(accepted(read_finite, plain("1e-3")), 1e-3);
  EXPECT_EQ(accepted(read_finite, plain("2E5")), 2e5);
  EXPECT_EQ(accepted(read_finite, plain("+1_000.25")), 1000.25);
  EXPECT_EQ(accepted(read_finite, plain("0.1")), 0.1);
}

TEST(ReadReal, RefusesTheRest) {
  EXPECT_EQ(refusal(read_finite, plain("fast")), "K205 'k' wants a number, got text \"fast\"");
  EXPECT_EQ(refusal(read_finite, plain("1e")), "K205 'k' wants a number, got text \"1e\"");
  EXPECT_EQ(refusal(read_finite, plain(".")), "K205 'k' wants a number, got text \".\"");
  EXPECT_EQ(refusal(read_finite, plain("1e999")), "K205 'k' is out of the range of a float64: 1e999");
  EXPECT_EQ(refusal(read_finite, text("1e-3")),
            "K208 'k' wants a number, but \"1e-3\" in quotes is text | write 1e-3 without quotes");
  EXPECT_EQ(refusal(read_finite, plain("00.5")), "K209 'k' has a leading zero: 00.5 | write 0.5");
  EXPECT_EQ(refusal(read_finite, plain(".nan")), "K212 'k' must be finite, but is .nan");
  EXPECT_EQ(refusal(read_finite, plain("-Infinity")), "K212 'k' must be finite, but is -Infinity");
}

TEST(ReadReal, TakesInfinityAndNanWhereTheyAreAllowed) {
  Diagnostics diagnostics;
  EXPECT_EQ(read_real(plain(".inf"), diagnostics, "k", NonFinite::allowed), std::numeric_limits<double>::infinity());
  EXPECT_EQ(read_real(plain("-inf"), diagnostics, "k", NonFinite::allowed), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(*read_real(plain("NaN"), diagnostics, "k", NonFinite::allowed)));
  EXPECT_TRUE(diagnostics.empty());
}

TEST(ReadBool, TakesTrueAndFalseOnly) {
  EXPECT_TRUE(accepted(read_bool, plain("true")));
  EXPECT_FALSE(accepted(read_bool, plain("False")));
  for (const char* yes : {"yes", "Yes", "on", "y"}) {
    EXPECT_EQ(refusal(read_bool, plain(yes)),
              std::string("K210 'k' wants true or false, got ") + yes + " | write true");
  }
  EXPECT_EQ(refusal(read_bool, plain("no")), "K210 'k' wants true or false, got no | write false");
  EXPECT_EQ(refusal(read_bool, plain("off")), "K210 'k' wants true or false, got off | write false");
  EXPECT_EQ(refusal(read_bool, plain("1")), "K205 'k' wants true or false, got 1 | write true");
  EXPECT_EQ(refusal(read_bool, plain("maybe")), "K205 'k' wants true or false, got text \"maybe\"");
  EXPECT_EQ(refusal(read_bool, text("true")),
            "K208 'k' wants true or false, but \"true\" in quotes is text | write true without quotes");
}

TEST(ReadText, TakesWhatWasWritten) {
  for (const char* written : {"no", "1.10", "012", "1e5", "true", "a=b # c"}) {
    EXPECT_EQ(accepted(read_text, plain(written)), written);
    EXPECT_EQ(accepted(read_text, text(written)), written);
  }
  EXPECT_EQ(accepted(read_text, text("")), "");
  EXPECT_EQ(refusal(read_text, Value::make_null()),
            "K211 'k' has no value, but wants text | write '' for an empty text");
  EXPECT_EQ(refusal(read_text, Value::make_map()), "K205 'k' wants text, got a map");
}

TEST(ReadBytes, TakesANumberAndAUnit) {
  EXPECT_EQ(accepted(read_bytes, plain("500M")), 500'000'000);
  EXPECT_EQ(accepted(read_bytes, plain("1.5G")), 1'500'000'000);
  EXPECT_EQ(accepted(read_bytes, text("2T")), 2'000'000'000'000);
  for (const char* wrong : {"8", "8GB", "8 G", "G", "-1G", "0M", "1000000T", "infG", "nanG", "8g"})
    EXPECT_THAT(refusal(read_bytes, plain(wrong)), HasSubstr("K205 'k' wants a size, got")) << wrong;
  EXPECT_EQ(refusal(read_bytes, plain("8GB")), "K205 'k' wants a size, got text \"8GB\" | as in 500M, 8G, 1.5T");
  EXPECT_THAT(refusal(read_bytes, Value::make_null()), HasSubstr("K211"));
}

TEST(Refusals, StandAtTheValue) {
  const Value file = yaml("k: 010\nb:   no\nt: 'x'\n");
  Diagnostics diagnostics;
  read_int(*file.find("k"), diagnostics, "k");
  read_bool(*file.find("b"), diagnostics, "b");
  read_real(*file.find("t"), diagnostics, "t");
  EXPECT_THAT(found(diagnostics), ElementsAre("K209 1:4+3", "K210 2:6+2", "K205 3:4+3"));
}

TEST(NormalizedNumber, HasTheSpellingThatPythonReadsToo) {
  EXPECT_EQ(normalized_number("1e-3"), "1.0e-3");
  EXPECT_EQ(normalized_number("1E5"), "1.0e+5");
  EXPECT_EQ(normalized_number("2.5e+07"), "2.5e+7");
  EXPECT_EQ(normalized_number("1_000"), "1000");
  EXPECT_EQ(normalized_number("+5."), "5.0");
  EXPECT_EQ(normalized_number("-.5"), "-0.5");
  EXPECT_EQ(normalized_number("+.INF"), ".inf");
  for (const char* same : {"no", "012", "0x1F", "1.10", "10", "text", ""}) EXPECT_EQ(normalized_number(same), same);
}

TEST(MakeReal, IsTheShortestTextOfTheSameBits) {
  EXPECT_EQ(Value::make_real(0.1).text, "0.1");
  EXPECT_EQ(Value::make_real(1).text, "1.0");
  EXPECT_EQ(Value::make_real(1e-5).text, "1.0e-5");
  EXPECT_EQ(Value::make_real(1e300).text, "1.0e+300");
  EXPECT_EQ(Value::make_real(-std::numeric_limits<double>::infinity()).text, "-.inf");
  for (const double x : {1.0 / 3, 5e-324, 1.7976931348623157e308, -123456.789, 2e22}) {
    EXPECT_EQ(accepted(read_finite, Value::make_real(x)), x);
  }
}

}  // namespace
}  // namespace shoal::config
