// The reporter on a pseudo-terminal, whose screen is kept as a terminal would show it.
#include <gmock/gmock.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "shoal/reporter.h"
#include "shoal/testing_component.h"
#include "whole_writes.h"
#include "words.h"

namespace shoal {
namespace {

namespace fs = std::filesystem;

/// What a terminal of some width shows: carriage return, new line, up, erase to the end of the line, and wrapping.
class Screen {
 public:
  explicit Screen(int width) : width_(width) {}

  void take(const std::string& bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const char c = bytes[i];
      if (c == '\r') column_ = 0;
      else if (c == '\n') ++row_, column_ = 0;
      else if (c == '\x1b') i = escape(bytes, i);
      else put(bytes, i);
    }
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const auto& row : rows_) {
      std::string text;
      for (const std::string& cell : row) text += cell;
      text.erase(text.find_last_not_of(' ') + 1);
      out.push_back(text);
    }
    while (!out.empty() && out.back().empty()) out.pop_back();
    return out;
  }
  int escapes() const { return escapes_; }
  bool wrapped() const { return wrapped_; }

 private:
  std::size_t escape(const std::string& bytes, std::size_t at) {
    std::size_t end = at + 2;
    while (end < bytes.size() && !std::isalpha(static_cast<unsigned char>(bytes[end]))) ++end;
    ++escapes_;
    if (bytes[end] == 'A') row_ -= std::stoul(bytes.substr(at + 2));
    if (bytes[end] == 'K') line().resize(std::min(line().size(), column_));
    return end;
  }
  std::vector<std::string>& line() {
    while (rows_.size() <= row_) rows_.emplace_back();
    return rows_[row_];
  }
  void put(const std::string& bytes, std::size_t at) {
    if ((static_cast<unsigned char>(bytes[at]) & 0xC0) == 0x80) {
      line()[column_ - 1] += bytes[at];
      return;
    }
    if (column_ == static_cast<std::size_t>(width_)) ++row_, column_ = 0, wrapped_ = true;
    if (line().size() <= column_) line().resize(column_ + 1, " ");
    line()[column_++] = bytes[at];
  }

  int width_, escapes_ = 0;
  bool wrapped_ = false;
  std::vector<std::vector<std::string>> rows_;
  std::size_t row_ = 0, column_ = 0;
};

Event event(int type, double time, const char* node = "") {
  Event out{};
  out.size = sizeof(out);
  out.type = type;
  out.time = time;
  out.rows = 1;
  out.node = node;
  out.component = out.name = out.text = "";
  return out;
}
Event progress(double time, const char* node, std::int64_t done, std::int64_t total) {
  Event out = event(SHOAL_PROGRESS, time, node);
  out.name = "steps";
  out.done = done;
  out.total = total;
  return out;
}
Event scalar(double time, const char* node, double value, std::int64_t step) {
  Event out = event(SHOAL_SCALAR, time, node);
  out.name = "loss";
  out.value = value;
  out.step = step;
  return out;
}

std::vector<Event> half_a_run() {
  std::vector<Event> out = {event(SHOAL_RUN_BEGIN, 100), event(SHOAL_ROW_BEGIN, 100),
                            event(SHOAL_NODE_BEGIN, 100, "pca"), event(SHOAL_NODE_END, 101, "pca"),
                            event(SHOAL_NODE_BEGIN, 101, "learn")};
  out[3].seconds = 1;
  for (int i = 0; i < 8; ++i) {
    out.push_back(scalar(102 + i, "learn", 8 - i, i));
    out.push_back(progress(102 + i, "learn", i + 1, 16));
  }
  return out;
}

/// The bytes that the reporter writes in a process of its own on a terminal of that width, which becomes `then` columns
/// before the second half of the events.
std::string on_terminal(unsigned short width, const std::vector<Event>& first, const std::vector<Event>& second,
                        unsigned short then = 0, const char* no_colour = nullptr) {
  const fs::path folder = fs::temp_directory_path() / ("shoal-terminal-test-" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "plan.json") << R"({"format": 2, "rows": [{"settings": {}, "seed": 0}], "tasks": [
    {"node": "data", "use": "dataset/mnist", "row": 0}, {"node": "net", "use": "encoder/convnet", "row": 0},
    {"node": "pca", "use": "transform/pca", "row": 0, "in": {"data": ["data.dataset"]}},
    {"node": "learn", "use": "trainer/supervised", "row": 0, "in": {"data": ["data.dataset"]}},
    {"node": "quality", "use": "metric/clustering", "row": 0, "in": {"features": ["learn.encoder", "pca.features"]}}]})";
  winsize size{};
  size.ws_row = 24;
  size.ws_col = width;
  int terminal = -1;
  std::fflush(nullptr);  // what is not written yet would be written twice
  const pid_t child = forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) {
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    if (no_colour != nullptr) setenv("NO_COLOR", no_colour, 1);
    testing::Host host;
    testing::Made made(host.context(), "reporter/terminal");
    const auto* table = made.object().get<shoal_reporter_1>("reporter/1");
    const shoal_context* c = host.context().c_context();
    table->begin(made.object().self(), c, folder.c_str(), "an experiment");
    for (const Event& each : first) table->on_event(made.object().self(), c, &each);
    if (then != 0) {
      size.ws_col = then;
      ioctl(STDOUT_FILENO, TIOCSWINSZ, &size);
    }
    for (const Event& each : second) table->on_event(made.object().self(), c, &each);
    std::_Exit(0);
  }
  std::string out;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(terminal, buffer, sizeof(buffer))) > 0;)
    out.append(buffer, static_cast<std::size_t>(n));
  waitpid(child, nullptr, 0);
  close(terminal);
  fs::remove_all(folder);
  return out;
}

TEST(OnATerminal, ShowsWhatIsDoneWhatRunsAndWhatComes) {
  Screen screen(80);
  screen.take(on_terminal(80, half_a_run(), {}));
  const auto lines = screen.lines();
  ASSERT_THAT(lines, ::testing::SizeIs(6));
  EXPECT_EQ(lines[1], "├ pca            ✓ 1.0 s");
  // 8 of 16 steps in 8 s since it began: 1/s, 8 s left; losses 8 … 1
  EXPECT_EQ(lines[2], "└ learn          ■■■■■□□□□□ 8/16 steps  1/s  left 8.0 s  loss 1");
  EXPECT_EQ(lines[3], "  │              █▇▆▅▄▃▂▁ loss");
  EXPECT_EQ(lines[4], "  └ quality      waits");
  EXPECT_THAT(lines[5], ::testing::MatchesRegex("9\\.0 s  [0-9.]+ MB  1 of 3 nodes"));
  EXPECT_FALSE(screen.wrapped());
}

TEST(OnATerminal, LeavesOnlyWhatNodesCameTo) {
  std::vector<Event> rest = {event(SHOAL_NODE_END, 118, "learn"), event(SHOAL_ROW_END, 118), event(SHOAL_RUN_END, 118)};
  rest[0].seconds = 17;
  rest[2].seconds = 18;
  Screen screen(80);
  screen.take(on_terminal(80, half_a_run(), rest));
  EXPECT_THAT(screen.lines(), ::testing::ElementsAre("run    1 row →", "  pca              1.0 s",
                                                     "  learn            17.0 s       loss 1", "done   in 18.0 s"));
}

TEST(WholeWrites, AreOnePieceHoweverLong) {  // a socket of this kind keeps the borders of writes
  int ends[2] = {};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
  WholeWrites writes(ends[0]);
  std::ostream out(&writes);
  for (int line = 0; line < 100; ++line) out << "a line of a block that is drawn again and again " << line << '\n';
  out << std::flush;
  std::string got(10000, '\0');
  got.resize(static_cast<std::size_t>(read(ends[1], got.data(), got.size())));
  EXPECT_THAT(got, ::testing::EndsWith(" 99\n"));
  EXPECT_THAT(got, ::testing::StartsWith("a line"));
  out << "next" << std::flush;
  char next[8] = {};
  EXPECT_EQ(read(ends[1], next, sizeof(next)), 4);
  close(ends[0]);
  close(ends[1]);
}

TEST(OnATerminal, NeverWrapsOnANarrowOne) {
  Screen screen(30);
  screen.take(on_terminal(30, half_a_run(), {}));
  EXPECT_FALSE(screen.wrapped());
  for (const std::string& line : screen.lines()) EXPECT_LE(columns_of(line), 29) << line;
}

TEST(OnATerminal, CountsWhatANarrowerOneHasWrapped) {  // of five lines, of 23 to 65 columns, one wraps into 40
  const std::string bytes = on_terminal(80, half_a_run(), {progress(120, "learn", 9, 16)}, 40);
  const std::size_t last = bytes.rfind("\r\x1b[K");
  ASSERT_NE(last, std::string::npos);
  std::size_t ups = 0;
  for (std::size_t at = last; (at = bytes.find("\x1b[1A", at)) != std::string::npos; ++at) ++ups;
  EXPECT_EQ(ups, 5u);  // 1 + 2 + 1 + 1 + 1 rows, from the last of them
}

/// Three rows, of which two are over.
std::vector<Event> rows_of_a_run() {
  std::vector<Event> out = {event(SHOAL_RUN_BEGIN, 100)};
  for (int row = 0; row < 3; ++row) {
    const double begin = 100 + 10 * row;
    std::vector<Event> own = {event(SHOAL_ROW_BEGIN, begin), event(SHOAL_NODE_BEGIN, begin, "learn")};
    if (row < 2) {
      own.push_back(event(SHOAL_NODE_END, begin + 10, "learn"));
      own.push_back(scalar(begin + 10, "", 0.1 * (row + 1), -1));
      own.back().name = "learn.loss";
      own.push_back(event(SHOAL_ROW_END, begin + 10));
    }
    for (Event& each : own) each.row = row, out.push_back(each);
  }
  for (Event& each : out) {
    each.rows = 3;
    if (each.type == SHOAL_ROW_BEGIN) each.value = static_cast<double>(each.row), each.text = "k 10";
  }
  return out;
}

TEST(OnATerminal, LeavesALineForEachRowOfSeveral) {
  Screen screen(80);
  screen.take(on_terminal(80, rows_of_a_run(), {}));
  const auto lines = screen.lines();
  ASSERT_THAT(lines, ::testing::SizeIs(6));
  EXPECT_EQ(lines[0], "run    3 rows →");
  EXPECT_EQ(lines[1], "row 1 of 3  k 10  seed 0   10.0 s  learn.loss 0.1");
  EXPECT_EQ(lines[2], "row 2 of 3  k 10  seed 1   10.0 s  learn.loss 0.2");
  EXPECT_EQ(lines[3], "row 3 of 3  k 10  seed 2    0.00 s");
  EXPECT_EQ(lines[4], "└ learn          … 0.00 s");
  EXPECT_THAT(lines[5], ::testing::MatchesRegex("2 of 3 rows  20\\.0 s  left about 10\\.0 s  [0-9.]+ MB"));
}

TEST(OnATerminal, DimsWhatWaitsUnlessNoColourIsWanted) {
  EXPECT_THAT(on_terminal(80, half_a_run(), {}), ::testing::HasSubstr("\x1b[2m  └ quality      waits\x1b[0m"));
  EXPECT_THAT(on_terminal(80, half_a_run(), {}, 0, "1"), ::testing::Not(::testing::HasSubstr("\x1b[2m")));
}

TEST(OnATerminal, HasNoColourWhereNoneIsWanted) {
  std::vector<Event> failed = {event(SHOAL_NODE_END, 120, "learn")};
  failed[0].status = SHOAL_E_FAILED;
  EXPECT_THAT(on_terminal(80, half_a_run(), failed), ::testing::HasSubstr("\x1b[31mFAILED"));
  const std::string plain = on_terminal(80, half_a_run(), failed, 0, "1");
  EXPECT_THAT(plain, ::testing::HasSubstr("FAILED"));
  EXPECT_THAT(plain, ::testing::Not(::testing::HasSubstr("\x1b[31m")));
}

}  // namespace
}  // namespace shoal
