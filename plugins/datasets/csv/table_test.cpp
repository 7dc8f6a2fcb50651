#include "table.h"

#include <gmock/gmock.h>

#include <clocale>
#include <cmath>
#include <string>
#include <vector>

#include "../common/temp_folder.h"
#include "shoal/testing.h"

namespace csv::testing {
namespace {

using shoal::testing::Host;
using shoal::testing::message_of;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename Scalar = float>
Table<Scalar> read(const std::string& text, const TableOptions& options = {}) {
  Host host({.threads = 2});
  return read_table<Scalar>(host.context(), text, "x.csv", options);
}
std::string refusal(const std::string& text, const TableOptions& options = {}) {
  return message_of<shoal::InputError>([&] { read(text, options); });
}

TEST(Table, OfNumbersWithAHeader) {
  const Table<float> table = read("width,height\n1,2.5\n-3e2,+.5\n");
  EXPECT_EQ(table.rows, 2);
  EXPECT_EQ(table.columns, 2);
  EXPECT_THAT(table.values, ElementsAre(1, 2.5f, -300, 0.5f));
  EXPECT_THAT(table.labels, IsEmpty());
  EXPECT_THAT(table.notes, ElementsAre("'x.csv': a header, delimiter ',', 2 rows of 2 numbers"));
}

TEST(Table, EndsItsLinesEitherWayAndBeginsWithAMark) {
  const std::vector<float> right = {1, 2, 3, 4};
  for (const std::string text :
       {"a,b\n1,2\n3,4\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r\n1,2\r\n3,4\r",
        "\xef\xbb\xbf"
        "a,b\n1,2\n3,4\n",
        "\n\na,b\n\n1,2\n\r\n3,4\n\n", "1,2\n3,4\n", "\n1,2\n3,4", " a , b \n 1 , 2 \n3\t,4\n"}) {
    SCOPED_TRACE(::testing::PrintToString(text));
    EXPECT_EQ(read(text).values, right);
  }
}

TEST(Table, FindsItsDelimiterInTheFirstLine) {
  for (const std::string mark : {",", ";", "\t", "|"}) {
    SCOPED_TRACE(mark);
    EXPECT_THAT(read("a" + mark + "b\n1" + mark + "2\n").values, ElementsAre(1, 2));
  }
  EXPECT_THAT(read("\"a,b,c\";d\n1;2\n").values, ElementsAre(1, 2));  // those in quotes are none
  EXPECT_THAT(read("a\n1\n2\n").values, ElementsAre(1, 2));
  EXPECT_THAT(read("1 2\n3 4\n", {.delimiter = ' '}).values, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(refusal("1,5;2\n"), HasSubstr("1 each of several delimiters in its first line; 'delimiter' says"));
}

TEST(Table, TellsAHeaderFromARow) {
  EXPECT_EQ(read("5.1,3.5,setosa\n4.9,3.0,setosa\n", {.label = "3"}).rows, 2);
  EXPECT_EQ(read("name,2001,2002\n7,1,2\n").rows, 1);  // text above a number
  EXPECT_EQ(read("a,b\n1,\n2,3\n", {.drop_missing = true}).rows, 1);
  EXPECT_EQ(read("1,2\n3,4\n", {.header = Header::kYes}).rows, 1);
  EXPECT_EQ(read("0,1\n3,4\n", {.header = Header::kNo}).rows, 2);
  EXPECT_THAT(refusal("0,1,2\n3,4,5\n"), HasSubstr("begins with 0, 1, …, 2: the header that pandas writes"));
  EXPECT_THAT(refusal("a,b\n"), HasSubstr("has a header, but no row"));
}

TEST(Table, TakesTheColumnsThatAreNamedInTheirOrder) {
  const std::string text = "a,b,c,d\n1,2,x,4\n5,6,y,8\n";
  EXPECT_THAT(read(text, {.columns = {"d", "a"}}).values, ElementsAre(4, 1, 8, 5));
  EXPECT_THAT(read(text, {.columns = {"-1", "2"}}).values, ElementsAre(4, 2, 8, 6));
  const Table<float> all = read(text);
  EXPECT_THAT(all.values, ElementsAre(1, 2, 4, 5, 6, 8));
  EXPECT_THAT(all.notes[0], HasSubstr("left out, as text: 'c'"));
  EXPECT_THAT(read("2,1\n7,8\n", {.header = Header::kYes, .columns = {"1"}}).values, ElementsAre(8));  // a name first
}

TEST(Table, RefusesColumnsThatAreNotThereWithThoseThatAre) {
  EXPECT_THAT(refusal("a,b\n1,2\n", {.columns = {"c"}}), HasSubstr("no column 'c' ('columns'); there are 'a', 'b'"));
  EXPECT_THAT(refusal("1,2\n", {.label = "c"}),
              HasSubstr("'c' ('label'); it has no header, so columns have numbers, 1 to 2"));
  EXPECT_THAT(refusal("a,b\n1,2\n", {.columns = {"3"}}), HasSubstr("has 2 columns, so there is no column 3"));
  EXPECT_THAT(refusal("a,b\n1,2\n", {.columns = {"0"}}), HasSubstr("the first is 1, the last 2 or -1"));
  EXPECT_THAT(refusal("a,b\n1,2\n", {.columns = {"-3"}}), HasSubstr("no column -3"));
  EXPECT_THAT(refusal("a,a\n1,2\n", {.columns = {"a"}}), HasSubstr("two columns 'a', 1 and 2"));
  EXPECT_THAT(refusal("a,b\n1,2\n", {.columns = {"a", "1"}}), HasSubstr("'1' is in 'columns' twice"));
  EXPECT_THAT(refusal("a,b\n1,2\n", {.columns = {"a"}, .label = "a"}), HasSubstr("is the label"));
  EXPECT_THAT(refusal(",a\n0,2\n1,3\n"), HasSubstr("column 1 has no name, as the index that pandas"));
  EXPECT_THAT(refusal("a,b\nx,y\n"), HasSubstr("no column of numbers; these are text: 'a', 'b'"));
  EXPECT_THAT(refusal("a\n1\n", {.label = "a"}), HasSubstr("no column of numbers beside its label"));
}

TEST(Table, LabelsOfTextAreNumberedByTheirSortedNames) {
  const Table<float> table = read("x,kind\n1,pear\n2,apple\n3,\"a \"\"b\"\"\"\n4, pear \n", {.label = "kind"});
  EXPECT_THAT(table.class_names, ElementsAre("a \"b\"", "apple", "pear"));
  EXPECT_THAT(table.labels, ElementsAre(2, 1, 0, 2));
  EXPECT_EQ(table.columns, 1);
  EXPECT_THAT(read("x,y\n1,3\n2,b\n", {.label = "y"}).class_names, ElementsAre("3", "b"));
}

TEST(Table, LabelsOfWholeNumbersStay) {
  const Table<float> table = read("7,1\n0,2\n9007199254740992,3\n", {.label = "1"});
  EXPECT_THAT(table.labels, ElementsAre(7, 0, 9007199254740992));
  EXPECT_THAT(table.class_names, IsEmpty());
  EXPECT_THAT(read("x,y\n1,3.0\n2,1e1\n", {.label = "y"}).labels, ElementsAre(3, 10));
  EXPECT_THAT(refusal("x,y\n1,3\n2,-1\n", {.label = "y"}),
              HasSubstr("'x.csv', line 3, column 2 ('y'): the label is '-1'; labels are whole numbers ≥ 0, or text"));
  EXPECT_THAT(refusal("x,y\n,1\n1,3\n2,2.5\n", {.label = "y", .drop_missing = true}), HasSubstr("line 4, column 2"));
}

TEST(Table, RowsWithAMissingValueAreRefusedOrLeftOutAndCounted) {
  const std::string text = "a,b,t,y\n1,2,x,0\n,4,x,1\n5,6,,2\n7,NA,x,3\n9,10,x,\n11,12,x,5\n";
  EXPECT_THAT(refusal(text, {.label = "y"}),
              HasSubstr("line 3, column 1 ('a'): the value is missing (''); missing: drop leaves such rows out"));
  const Table<float> table = read(text, {.label = "y", .drop_missing = true});
  EXPECT_THAT(table.values, ElementsAre(1, 2, 5, 6, 11, 12));  // what is missing in a column that is not taken is not
  EXPECT_THAT(table.labels, ElementsAre(0, 2, 5));
  EXPECT_EQ(table.notes.back(), "'x.csv': 3 of 6 rows have a missing value and were left out");
  for (const char* missing :
       {"", " ", "\"\"", "?", "NA", "N/A", "n/a", "<NA>", "NaN", "nan", "-nan", "NULL", "null", "None"}) {
    SCOPED_TRACE(missing);
    EXPECT_THAT(refusal("a,b\n1,2\n" + std::string(missing) + ",3\n"),
                HasSubstr("line 3, column 1 ('a'): the value is missing"));
  }
  EXPECT_THAT(refusal("a,b\n,1\n,2\n", {.drop_missing = true}), HasSubstr("all its 2 rows have a missing value"));
  EXPECT_THAT(refusal("a\n1\n\n2\n"), HasSubstr("line 3, column 1 ('a'): the value is missing"));  // of one column
}

TEST(Table, QuotedFieldsHoldWhatTheyLike) {
  const Table<float> table = read("\"a,\n\"\"b\"\"\",note\n\"1.5\",\"line 1\nline 2\r\nline 3\"\n2, \"x\" \n", {});
  EXPECT_THAT(table.values, ElementsAre(1.5f, 2));
  EXPECT_THAT(table.notes[0], HasSubstr("'note'"));
  // The third record begins in line 6: the header has two lines, the first row three.
  EXPECT_THAT(refusal("\"a,\n\",note\n1,\"l\nl\nl\"\nx,\"y\"\n"),
              HasSubstr("line 6, column 1 ('a,\\n'): 'x' is no number"));
}

TEST(Table, QuotesOutOfOrderAreRefusedWhereTheyAre) {
  EXPECT_THAT(refusal("a,b\n1,2\n3,\"4\n5,6\n"),
              AllOf(HasSubstr("line 3, column 2 ('b')"), HasSubstr("is not closed")));
  EXPECT_THAT(refusal("a,b\n1,2\n3,\"4\"5\n"),
              AllOf(HasSubstr("line 3, column 2"), HasSubstr("after the quoted '4' comes '5'")));
  EXPECT_THAT(refusal("a,b,c\n1,2,x\n3,4,5\"\n6,7,\"y\"\n"),
              AllOf(HasSubstr("line 3, column 3"), HasSubstr("has a quote within")));
  EXPECT_THAT(refusal("\"a,b\n1,2\n"), AllOf(HasSubstr("line 1, column 1"), HasSubstr("is not closed")));
}

TEST(Table, ValuesThatAreNoNumbersAreRefusedWithPlaceAndHint) {
  EXPECT_THAT(refusal("a,b\n1,2\n3,abc\n"),
              HasSubstr("'x.csv', line 3, column 2 ('b'): 'abc' is no number; 'columns' can leave the column out"));
  EXPECT_THAT(refusal("1;2\n3;4,5\n"),
              HasSubstr("line 2, column 2: '4,5' is no number; the decimal mark is a point: 1.5"));
  for (const char* text : {"1.5x", "0x10", "1 2", "--1", "+-1", "1e", "e5", "1.2.3", "nan(7)", "TRUE", "\"1\"\"\""}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(refusal("a,b\n1,2\n3," + std::string(text) + "\n"), HasSubstr("is no number"));
  }
  EXPECT_THAT(refusal("a,b\n1,2\n3,\x01" + std::string(100, 'z') + "\n"),
              HasSubstr("'\\x01" + std::string(39, 'z') + "…' is"));
}

TEST(Table, RecordsOfAnotherLengthAreRefusedWithBothNumbers) {
  EXPECT_THAT(refusal("a,b\n1,2\n3\n"),
              HasSubstr("'x.csv', line 3: the record has 1 fields, but that of line 1 has 2"));
  EXPECT_THAT(refusal("a,b\n1,2\n3,4,5,6\n"),
              HasSubstr("line 3: the record has 4 fields, but that of line 1 has 2; a field that holds"));
  EXPECT_THAT(refusal("a,b\n1,2,\n"), HasSubstr("line 2: the record has 3 fields"));
}

TEST(Table, NumbersAreTheNearestOfTheirType) {
  // 2^24 + 1 lies between two of float32, and goes to the even one; a decimal a little above goes to the other. By way
  // of float64 the last would be 2^24, too: it is nearer to 2^24 + 1 than float64 can tell.
  EXPECT_THAT(read("16777217,16777217.000000001,16777217.00000000000000001\n").values,
              ElementsAre(16777216.f, 16777218.f, 16777218.f));
  EXPECT_THAT(read<double>("0.1,1e-320\n").values, ElementsAre(0.1, 1e-320));
  EXPECT_THAT(read<double>("9007199254740993,5e-324,1e-400,-1e-400\n").values,
              ElementsAre(9007199254740992., 5e-324, 0, 0));
  EXPECT_TRUE(std::signbit(read<double>("1,-1e-400\n").values[1]));
  EXPECT_EQ(read("1,1e-50\n").values[1], 0);
  EXPECT_EQ(read("1,inf\n").values[1], INFINITY);
  EXPECT_THAT(refusal("1,1e39\n"),
              HasSubstr("line 1, column 2: '1e39' is too large for float32; dtype: float64 may hold it"));
  EXPECT_EQ(read<double>("1,1e39\n").values[1], 1e39);
  const std::string many(400, '9'), zeros(400, '0');
  EXPECT_THAT(refusal("1," + many + "\n"), HasSubstr("too large"));
  EXPECT_EQ(read<double>("1," + many + "e-400\n").values[1], 1);
  EXPECT_EQ(read<double>("1,0." + zeros + "1\n").values[1], 0);
  EXPECT_NEAR(read<double>("1,0." + zeros + "1e401\n").values[1], 1, 1e-15);
  EXPECT_THAT(refusal("1,1e99999999999999999999\n"), HasSubstr("too large"));
  EXPECT_EQ(read<double>("1,1e-99999999999999999999\n").values[1], 0);
}

TEST(Table, DoesNotDependOnTheLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"})
    std::setlocale(LC_ALL, name);  // where it is there
  EXPECT_EQ(read("a,b\n1.5,2\n").values[0], 1.5f);
  std::setlocale(LC_ALL, before.c_str());
}

TEST(Table, IsTheSameForAnyNumberOfThreadsAndNamesTheFirstBadLine) {
  std::string text = "x,y,note,kind\n";
  for (int i = 0; i < 5000; ++i)
    text += std::to_string(i) + "," + (i % 7 == 3 ? "" : std::to_string(i * 0.25)) +
            (i % 3 == 0 ? ",\"a\nb\"," : ",c,") + (i % 2 == 0 ? "even\n" : "odd\n");
  const TableOptions options{.label = "kind", .drop_missing = true};
  std::vector<Table<double>> tables;
  for (const int threads : {1, 2, 5}) {
    Host host({.threads = threads});
    tables.push_back(read_table<double>(host.context(), text, "x.csv", options));
  }
  EXPECT_EQ(tables[0].rows, 5000 - 714);  // i = 3, 10, …, 4994
  for (const Table<double>& table : tables) {
    EXPECT_EQ(table.values, tables[0].values);
    EXPECT_EQ(table.labels, tables[0].labels);
  }
  for (shoal::Index row = 0; row < tables[0].rows; ++row) {
    const double x = tables[0].values[static_cast<std::size_t>(2 * row)];
    EXPECT_EQ(tables[0].values[static_cast<std::size_t>(2 * row + 1)], x * 0.25);
    EXPECT_EQ(tables[0].labels[static_cast<std::size_t>(row)], std::fmod(x, 2));  // even is 0, odd 1
  }
  // Rows 4000 and 2000 are bad: 2 + 2000 lines, and one more for every third row before it.
  const auto spoil = [&](int row) { text.replace(text.find("\n" + std::to_string(row) + ",") + 1, 1, "z"); };
  spoil(4000), spoil(2000);
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(refusal(text, options), HasSubstr("line 2669, column 1 ('x'): 'z000' is no number"));
}

TEST(Table, ReportsItsRowsAndCanBeStopped) {
  Host host({.cancel_after = 0});
  EXPECT_THROW(read_table<float>(host.context(), "a,b\n1,2\n", "x.csv", {}), shoal::Cancelled);
}

TEST(Table, WhatIsNoTextIsToldByWhatItIs) {
  EXPECT_THAT(refusal("PAR1\x15"), HasSubstr("Parquet"));
  EXPECT_THAT(refusal("\x1f\x8b\x08"), HasSubstr("gunzip"));
  EXPECT_THAT(refusal("\xff\xfe"
                      "1"),
              HasSubstr("UTF-16"));
  EXPECT_THAT(refusal(std::string("1,2\n\0", 5)), HasSubstr("its byte 4 is zero"));
  EXPECT_THAT(refusal("\n \n\n", {.delimiter = ','}), HasSubstr("the value is missing"));
  EXPECT_THAT(refusal("\r\n\n"), HasSubstr("nothing but blank lines"));
}

TEST(Table, ThatCannotBeAsLargeAsItSaysTakesNoMemoryForIt) {  // 10^5 rows of 10^6 columns would be 400 GB
  std::string text;
  for (int i = 0; i < 1000000; ++i) text += "1,";
  text += "1\n";
  for (int i = 0; i < 100000; ++i) text += "1\n";
  EXPECT_THAT(refusal(text, {.header = Header::kNo, .columns = {"1"}}),
              HasSubstr("line 2: the record has 1 fields, but that of line 1 has 1000001"));
}

TEST(Table, CutOffAnywhereIsReadOrRefused) {  // and nothing else: a crash ends this test
  const std::string whole = "\"a\",b,c\r\n1.5,\"x \"\"y\"\"\",3\r\n-2e5,\"z\n\",4\r\n";
  int read_anyway = 0;
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    try {
      const Table<float> table = read(whole.substr(0, n));
      EXPECT_LE(table.rows, 2);
      ++read_anyway;
    } catch (const shoal::InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("'x.csv'"));
    }
  }
  EXPECT_GT(read_anyway, 2);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; value += 3) {
      std::string changed = whole;
      changed[at] = static_cast<char>(value);
      try {
        read(changed);
      } catch (const shoal::InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("'x.csv'"));
      }
    }
  }
}

}  // namespace
}  // namespace csv::testing
