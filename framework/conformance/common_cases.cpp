// What components of every kind must hold to: what they say of themselves, where their chance comes from, and what they
// leave alone.
#include <ATen/Parallel.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>

#include "framework/conformance/work.h"
#include "framework/plugin/process_state.h"

namespace shoal::host::conformance {
namespace {

bool blank(const char* words) { return words == nullptr || *words == '\0'; }

void check_ports(const shoal_port* const* ports, const char* what) {
  for (; ports != nullptr && *ports != nullptr; ++ports)
    expect(!blank((*ports)->help), "{} '{}' has no help", what, (*ports)->name);
}

void metadata(const Subject& subject) {
  const shoal_component& c = subject.component();
  expect(!blank(c.summary), "it has no summary");
  expect(std::strchr(c.summary, '\n') == nullptr, "its summary is longer than a line");
  for (const shoal_param* const* p = c.params; p != nullptr && *p != nullptr; ++p) {
    expect(!blank((*p)->help), "parameter '{}' has no help", (*p)->name);
    const std::string_view name = (*p)->name;
    expect(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos,
           "parameter '{}' must be called in small letters, digits and '_'", name);
    if ((*p)->type == SHOAL_TEXT && (*p)->choices != nullptr)
      expect((*p)->choices[0] != nullptr, "parameter '{}' has an empty list of choices", name);
  }
  check_ports(c.inputs, "input");
  check_ports(c.outputs, "output");
}

void unknown_interface(const Subject& subject) {
  for (const char* id : {"conformance-kit/1", "", "clusterer/999", "state"})
    expect(subject.component().find(id) == nullptr, "asked for the interface '{}', which there is not, it gives one",
           id);
}

void made_and_dropped(const Subject& subject) {
  for (int i = 0; i < 3; ++i) Trial trial(subject);
}

void same_seed(const Subject& subject, const Kind& kind) {
  Trial first(subject), second(subject);
  const Form form = usual_form(subject);
  const Result a = kind.work(first, form);
  // What the second finds in fresh memory must not matter.
  for (int i = 0; i < 64; ++i) {
    void* rubbish = std::malloc(std::size_t{64} << (i % 12));
    std::memset(rubbish, 0x5A, std::size_t{64} << (i % 12));
    std::free(rubbish);
  }
  const Result b = kind.work(second, form);
  const auto difference = a.difference(b);
  expect(!difference, "two of it under one seed come to different results: {}", difference.value_or(""));
}

void threads(const Subject& subject, const Kind& kind) {
  Trial one(subject), three(subject, {.threads = 3});
  const Form form = usual_form(subject);
  const auto difference = kind.work(one, form).difference(kind.work(three, form));
  expect(!difference, "on 1 thread and on 3 it comes to different results: {}", difference.value_or(""));
}

void chance_is_declared(const Subject& subject, const Kind& kind) {
  if (subject.entry.kind() == "trainer") throw Skipped("what it is wired to draws random numbers, too");
  Trial trial(subject);
  static_cast<void>(kind.work(trial, usual_form(subject)));
  expect(
      subject.has_trait("random") || trial.watch().streams() == 0,
      "it asks for {} random streams, but does not say that it is random: .random() in SHOAL_PLUGIN, without which a "
      "result of one seed is taken for that of another",
      trial.watch().streams());
}

void leaks_no_array(const Subject& subject, const Kind& kind) {
  Trial trial(subject);
  static_cast<void>(kind.work(trial, usual_form(subject)));
  const int left = trial.arrays_left_when_destroyed();
  expect(left == 0, "{} of the arrays that it allocated are still there when it is gone", left);
}

void leaks_no_memory(const Subject& subject, const Kind& kind) {
  const auto once = [&] {
    Trial trial(subject);
    static_cast<void>(kind.work(trial, usual_form(subject)));
  };
  for (int i = 0; i < 5; ++i) once();  // caches fill
  const auto before = mallinfo2().uordblks;
  constexpr int kTimes = 20;
  for (int i = 0; i < kTimes; ++i) once();
  const auto after = mallinfo2().uordblks;
  const std::size_t each = after > before ? (after - before) / kTimes : 0;
  expect(each < 256, "each time it is made, put to work and destroyed, about {} bytes are lost", each);
}

/// The stdout and stderr of this process, caught in a file as long as this lives.
class Caught {
 public:
  Caught() : file_(memfd_create("conformance output", MFD_CLOEXEC)), out_(dup(1)), err_(dup(2)) {
    std::fflush(nullptr);
    dup2(file_, 1);
    dup2(file_, 2);
  }
  ~Caught() {
    std::fflush(nullptr);
    dup2(out_, 1);
    dup2(err_, 2);
    for (const int each : {file_, out_, err_}) close(each);
  }
  Caught(const Caught&) = delete;
  Caught& operator=(const Caught&) = delete;

  std::string words() const {
    std::fflush(nullptr);
    char buffer[200];
    const ssize_t size = pread(file_, buffer, sizeof(buffer), 0);
    return {buffer, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  int file_, out_, err_;
};

void prints_nothing(const Subject& subject, const Kind& kind) {
  if (subject.entry.kind() == "reporter") throw Skipped("a reporter may write to the terminal");
  Trial trial(subject);
  std::string words;
  {
    const Caught caught;
    static_cast<void>(kind.work(trial, usual_form(subject)));
    words = caught.words();
  }
  expect(words.empty(), "it prints '{}', where context.log would reach the user", words.substr(0, words.find('\n')));
}

std::size_t threads_now() {
  std::size_t out = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/task")) ++out;
  return out;
}

void process_left_alone(const Subject& subject, const Kind& kind) {
  const ProcessState before;
  const int at_threads = at::get_num_threads();
  Trial trial(subject);
  static_cast<void>(kind.work(trial, usual_form(subject)));
  std::string changed;
  for (const ProcessState::Change& change : before.changes(ProcessState()))
    changed += (changed.empty() ? "" : ", ") + change.what;
  expect(changed.empty(), "its work changes {}, which is the whole process's", changed);
  expect(at::get_num_threads() == at_threads, "its work sets the number of LibTorch's threads from {} to {}",
         at_threads, at::get_num_threads());
}

void starts_no_thread(const Subject& subject, const Kind& kind) {
  const std::size_t before = threads_now();
  Trial trial(subject);
  static_cast<void>(kind.work(trial, usual_form(subject)));
  const std::size_t after = threads_now();
  expect(after <= before,
         "after its work on 1 thread there are {} threads of its own: work belongs on "
         "context.parallel_for, or on as many threads as context.threads() says",
         after - before);
}

void cancel_is_passed_on(const Subject& subject, const Kind& kind) {
  Trial trial(subject);
  trial.watch().stop();
  const Ended end = ended([&] { static_cast<void>(kind.work(trial, usual_form(subject))); });
  if (trial.watch().stops_told() == 0) {
    if (trial.watch().progress_calls() == 0) throw Skipped("its work on few examples never asks whether to go on");
    return;
  }
  expect(end.code == SHOAL_E_CANCELLED, "told that the user has stopped the run, it {}: Cancelled must be let pass",
         describe(end));
  expect(trial.watch().stops_told() < 50, "told that the user has stopped the run, it goes on and asks {} times more",
         trial.watch().stops_told() - 1);
}

std::string line_of(const shoal_value& value) { return describe_value(value); }

void at_bounds(const Subject& subject, const Kind& kind) {
  int tried = 0;
  const auto attempt = [&](const shoal_param& param, const std::string& value, bool work) {
    ++tried;
    const Ended end = ended([&] {
      try {
        Trial trial(subject, {.given = {{param.name, value}}});
        if (work) static_cast<void>(kind.work(trial, usual_form(subject)));
      } catch (const Skipped&) {  // what the kit has does not fit this value; others are tried
      }
    });
    expect_done_or_refused(end, text("{} = {}", param.name, value));
  };
  for (const shoal_param* const* p = subject.component().params; p != nullptr && *p != nullptr; ++p) {
    const shoal_param& param = **p;
    if (param.type == SHOAL_BOOL) {
      for (const char* value : {"false", "true"}) attempt(param, value, true);
    } else if (param.type == SHOAL_TEXT) {
      for (const char* const* c = param.choices; c != nullptr && *c != nullptr; ++c) attempt(param, *c, true);
    } else if (param.type == SHOAL_INT || param.type == SHOAL_REAL) {
      if (param.min.type != SHOAL_NULL && (param.flags & SHOAL_OPEN_MIN) == 0) attempt(param, line_of(param.min), true);
      // The highest may be a lot of work; that it is taken is enough.
      if (param.max.type != SHOAL_NULL && (param.flags & SHOAL_OPEN_MAX) == 0)
        attempt(param, line_of(param.max), param.type == SHOAL_REAL);
    }
  }
  if (tried == 0) throw Skipped("no parameter has bounds or choices");
}

void speed_only(const Subject& subject, const Kind& kind) {
  int tried = 0;
  for (const shoal_param* const* p = subject.component().params; p != nullptr && *p != nullptr; ++p) {
    const shoal_param& param = **p;
    if ((param.flags & SHOAL_SPEED_ONLY) == 0) continue;
    std::vector<std::string> values;
    if (param.type == SHOAL_BOOL) values = {"false", "true"};
    for (const char* const* c = param.choices; c != nullptr && *c != nullptr; ++c) values.emplace_back(*c);
    if (param.type == SHOAL_INT && param.min.type != SHOAL_NULL) values = {line_of(param.min)};
    for (const std::string& value : values) {
      ++tried;
      Trial usual(subject), other(subject, {.given = {{param.name, value}}});
      const Result a = kind.work(usual, usual_form(subject));
      Result b;
      if (!ended([&] { b = kind.work(other, usual_form(subject)); }).well()) continue;  // this machine cannot
      const auto difference = a.difference(b);
      expect(!difference, "'{}' is declared to change only speed, but with {} {}", param.name, value,
             difference.value_or(""));
    }
  }
  if (tried == 0) throw Skipped("no parameter is declared to change only speed");
}

void read_only_inputs(const Subject& subject, const Kind& kind) {
  Trial trial(subject);
  Form form = usual_form(subject);
  form.read_only = true;
  static_cast<void>(kind.work(trial, form));
}

void own_memory(const Subject& subject, const Kind& kind) {
  Trial trial(subject, {.guarded = true});
  static_cast<void>(kind.work(trial, usual_form(subject)));
  trial.arrays_left_when_destroyed();
  expect(trial.watch().overrun().empty(), "{}", trial.watch().overrun());
}

void strided(const Subject& subject, const Kind& kind) {
  Trial close(subject), apart(subject);
  Form form = usual_form(subject);
  const Result a = kind.work(close, form);
  form.strided = true;
  const auto difference = a.difference(kind.work(apart, form));
  expect(!difference, "of rows that lie apart it makes something else: {}", difference.value_or(""));
}

void every_dtype(const Subject& subject, const Kind& kind) {
  for (const DType dtype : subject.entry.dtypes()) {
    Trial trial(subject);
    const Ended end = ended([&] { static_cast<void>(kind.work(trial, {.dtype = dtype})); });
    expect(end.well(), "it says that it takes {} features, but of such it {}", name(dtype), describe(end));
  }
}

}  // namespace

Cases common_cases(const Subject& subject, const Kind& kind) {
  const Subject* s = &subject;
  const Kind* k = &kind;
  const auto of = [s, k](auto function) {
    return [s, k, function] {
      if constexpr (std::is_invocable_v<decltype(function), const Subject&>) function(*s);
      else function(*s, *k);
    };
  };
  Cases out = {
      {"metadata", "a summary, and help for every parameter, input and output", of(metadata)},
      {"unknown-interface-is-null", "asked for an interface that there is not, it gives none", of(unknown_interface)},
      {"made-and-dropped", "it can be made and destroyed without any work", of(made_and_dropped)},
      {"same-seed-same-bytes", "two of it under one seed come to the same result", of(same_seed)},
      {"threads-change-nothing", "1 thread and 3 come to the same result", of(threads)},
      {"chance-is-declared", "who draws random numbers says so", of(chance_is_declared)},
      {"cancel-is-passed-on", "told to stop, it lets Cancelled pass", of(cancel_is_passed_on)},
      {"parameters-at-their-bounds", "every bound and choice works, or is refused with a reason", of(at_bounds)},
      {"speed-only-changes-nothing", "parameters declared speed_only do not move the result", of(speed_only)},
      {"leaks-no-array", "no array is left when it is destroyed", of(leaks_no_array)},
      {"prints-nothing", "nothing goes to stdout or stderr", of(prints_nothing)},
      {"process-left-alone", "locale, folder, environment, rounding, numbers of threads stay", of(process_left_alone)},
      {"starts-no-thread", "on 1 thread it leaves no other behind", of(starts_no_thread)},
      {"stays-in-its-memory", "no byte beyond its own arrays is written", of(own_memory)},
  };
  if (subject.level != Level::kQuick)
    out.push_back({"leaks-no-memory", "made and destroyed again and again, it takes no more", of(leaks_no_memory)});
  if (kind.takes_features) {
    out.push_back(
        {"inputs-not-written-to", "inputs may be read-only pages, and end where they end", of(read_only_inputs)});
    out.push_back({"strided-input", "rows that lie apart give the same result", of(strided)});
    out.push_back({"every-dtype", "features of every dtype that it takes (float64 too)", of(every_dtype)});
  }
  return out;
}

}  // namespace shoal::host::conformance
