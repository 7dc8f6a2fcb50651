// The host's end of work in a process of its own; isolated_worker.cpp is the other.
#include "framework/run/isolated_work.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <system_error>

#include "framework/config/emit.h"
#include "framework/graph/ports.h"
#include "framework/run/deadline.h"
#include "framework/run/isolated_work_wire.h"
#include "framework/run/shared_memory.h"

extern char** environ;

namespace shoal::host {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

/// A pipe that the other process writes into, read here line by line.
class LineReader {
 public:
  LineReader() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
    read_ = OpenFile(ends[0]);
    write_ = OpenFile(ends[1]);
  }
  int read_end() const { return read_.number(); }
  int write_end() const { return write_.number(); }
  void close_write_end() { write_ = OpenFile(); }
  bool ended() const { return ended_; }

  /// Reads what is there and calls use(line) for each whole line.
  template <typename Use>
  void read_lines(Use&& use) {
    char block[4096];
    const ssize_t got = read(read_.number(), block, sizeof(block));
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) {
      ended_ = true;
      if (!rest_.empty()) use(std::exchange(rest_, ""));
      return;
    }
    rest_.append(block, static_cast<std::size_t>(got));
    for (std::size_t end; (end = rest_.find('\n')) != std::string::npos;) {
      use(rest_.substr(0, end));
      rest_.erase(0, end + 1);
    }
  }

 private:
  OpenFile read_, write_;
  std::string rest_;
  bool ended_ = false;
};

/// The process of the component, killed and waited for at the end if it is still there.
class Child {
 public:
  /// Starts this program again; `files` stay open in it under their numbers.
  Child(int request, const std::vector<int>& files, int err) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int file : files) posix_spawn_file_actions_adddup2(&actions, file, file);  // keeps it open over exec
    posix_spawn_file_actions_adddup2(&actions, err, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    posix_spawnattr_t attributes;  // a group of its own, so that what it starts ends with it
    posix_spawnattr_init(&attributes);
    sigset_t deaf;  // to a signal that asks the run for a checkpoint, and would end this process
    sigemptyset(&deaf);
    sigaddset(&deaf, SIGUSR1);
    posix_spawnattr_setsigmask(&attributes, &deaf);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes, 0);
    std::string program = "shoal", command = "isolated-worker", number = std::to_string(request);
    char* arguments[] = {program.data(), command.data(), number.data(), nullptr};
    const int error = posix_spawn(&id_, "/proc/self/exe", &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start a process for the component");
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (id_ <= 0) return;
    kill(-id_, SIGKILL);
    if (!ended_) wait();
  }

  void send(int signal) const { kill(-id_, signal); }

  /// Whether it has ended; those that it started may go on.
  bool ended() {
    if (!ended_ && waitpid(id_, &status_, WNOHANG) == id_) ended_ = true;
    return ended_;
  }
  /// Its status as waitpid says it.
  int wait() {
    while (!ended_) ended_ = waitpid(id_, &status_, 0) == id_ || errno != EINTR;
    return status_;
  }

 private:
  int status_ = 0;
  bool ended_ = false;
  pid_t id_ = -1;
};

/// One array that the other process is to read.
struct Sent {
  OpenFile file;
  json described;
};

Sent send_array(const ConstArray& array, const char* name) {
  Sent out{make_memory_file(name), json()};
  const Index row_bytes = array.cols() * bytes_of(array.dtype());
  const Mapping memory(out.file.number(), static_cast<std::size_t>(array.rows() * row_bytes), Mapping::Access::write);
  for (Index i = 0; i < array.rows(); ++i)
    std::memcpy(static_cast<char*>(memory.data()) + i * row_bytes, array.slice(i, i + 1).bytes(),
                static_cast<std::size_t>(row_bytes));
  out.described = {{"file", out.file.number()},
                   {"dtype", static_cast<int>(array.dtype())},
                   {"shape", std::vector<std::int64_t>(array.shape().begin(), array.shape().end())}};
  return out;
}

Array receive_array(const json& described, int file, Services& services) {
  const auto shape = described.at("shape").get<std::vector<Index>>();
  const int dtype = described.at("dtype");
  if (dtype < 0 || dtype > static_cast<int>(DType::kFloat64)) throw Error(SHOAL_E_FAILED, "its process gave no array");
  Array out = allocate_array(services, static_cast<DType>(dtype), shape);
  const auto bytes = static_cast<std::size_t>(out.size() * bytes_of(out.dtype()));
  const Mapping memory(file, bytes, Mapping::Access::read);
  if (bytes > 0) std::memcpy(out.mutable_view().bytes(), memory.data(), bytes);
  return out;
}

/// What the process has said so far.
struct Heard {
  std::optional<json> result, error;
  std::vector<std::string> last_words;  // of stdout and stderr
};

void hear(const std::string& line, Listener* listener, Heard& heard) {
  const json message = json::parse(line, nullptr, false);
  if (!message.is_object()) return;
  const std::string kind = message.value("kind", "");
  if (kind == wire::kResult) heard.result = message;
  if (kind == wire::kError) heard.error = message;
  if (listener == nullptr) return;
  if (kind == wire::kLog) listener->log(static_cast<Level>(message.value("level", 0)), message.value("line", ""));
  if (kind == wire::kProgress)
    listener->progress(message.value("unit", ""), message.value("done", std::int64_t{0}),
                       message.value("total", std::int64_t{0}));
  if (kind == wire::kScalar)
    listener->scalar(message.value("name", ""), message.value("value", 0.0), message.value("step", std::int64_t{0}));
}

void hear_words(const std::string& line, Listener* listener, Heard& heard) {
  if (listener != nullptr) listener->log(Level::kDebug, "printed: " + line);
  heard.last_words.push_back(line);
  if (heard.last_words.size() > 3) heard.last_words.erase(heard.last_words.begin());
}

[[noreturn]] void throw_error(const json& error) {
  const int code = error.value("code", int{SHOAL_E_FAILED});
  const std::string what = error.value("what", "it failed without a reason");
  if (code == SHOAL_E_CANCELLED) throw Cancelled();
  if (code == SHOAL_E_MEMORY) throw std::bad_alloc();
  if (code == SHOAL_E_INPUT) throw InputError(what);
  throw Error(code, what);
}

[[noreturn]] void throw_ended(int status, const Heard& heard) {
  std::string what =
      WIFSIGNALED(status)
          ? text("its process was ended by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)))
          : text("its process ended with exit code {} and no result", WEXITSTATUS(status));
  for (const std::string& words : heard.last_words) what += "; it printed: " + words;
  throw Error(SHOAL_E_FAILED, what);
}

/// Listens until the process has ended, whoever else may hold its pipes. Ends it where the user has stopped the run or
/// its time is up, which counts from its start.
void listen(const Job& job, Child& child, LineReader& reply, LineReader& words, Heard& heard) {
  const auto begin = Clock::now();
  std::optional<Clock::time_point> asked_to_stop;
  for (bool ended = false;;) {
    pollfd files[2] = {{reply.ended() ? -1 : reply.read_end(), POLLIN, 0},
                       {words.ended() ? -1 : words.read_end(), POLLIN, 0}};
    const int ready = poll(files, 2, ended ? 0 : 20);
    if (ready > 0 && files[0].revents != 0)
      reply.read_lines([&](const std::string& line) { hear(line, job.listener, heard); });
    if (ready > 0 && files[1].revents != 0)
      words.read_lines([&](const std::string& line) { hear_words(line, job.listener, heard); });
    if (ended && ready <= 0) return;  // all that it had said is read
    ended = ended || child.ended();
    if (ended) continue;
    const auto now = Clock::now();
    if (job.services.cancelled && !asked_to_stop) {
      child.send(SIGTERM);
      asked_to_stop = now;
    }
    if (asked_to_stop && now - *asked_to_stop > std::chrono::seconds(3)) throw Cancelled();  // the child is killed
    const double limit = job.timeout_seconds;
    if (limit > 0 && std::chrono::duration<double>(now - begin).count() > limit)
      throw TimedOut(text("it was not done after {} seconds, its timeout, and its process was ended", limit));
  }
}

/// Where the other process may leave the arrays of its outputs.
std::map<std::string, OpenFile> make_output_files(const ComponentEntry& entry) {
  std::map<std::string, OpenFile> out;
  for (const OutputPort& output : signature_of(entry, true, false).outputs)
    if (output.type == "features" || output.type == "labels" || output.type == "array")
      out.emplace(output.name, make_memory_file(output.name.c_str()));
  return out;
}

ArrayResult receive_result(const json& result, const std::map<std::string, OpenFile>& files, Services& services) {
  ArrayResult out;
  for (const auto& [output, described] : result.at("arrays").items())
    out.arrays[output] = receive_array(described, files.at(output).number(), services);
  for (const auto& [output, bits] : result.at("numbers").items())
    out.numbers[output] = std::bit_cast<double>(bits.get<std::uint64_t>());
  out.seconds = result.at("seconds");
  return out;
}

}  // namespace

ArrayResult work_isolated(const Job& job, const PortArrays& inputs) {
  LineReader reply, words;
  const ComponentEntry& entry = job.node.component;
  const std::map<std::string, OpenFile> output_files = make_output_files(entry);
  std::vector<Sent> sent;
  json arrays = json::object(), outputs = json::object(), folders = json::array();
  for (const auto& [port, array] : inputs) {
    sent.push_back(send_array(array, port.c_str()));
    arrays[port] = sent.back().described;
  }
  for (const auto& [output, file] : output_files) outputs[output] = file.number();
  for (const auto& folder : job.services.data_folders) folders.push_back(folder.string());
  const json request = {{"library", entry.library->file.string()},
                        {"component", entry.id()},
                        {"with", config::emit_flow(job.node.parameters->to_yaml())},
                        {"host", getpid()},
                        {"seed", job.seed},
                        {"threads", job.services.pool.threads()},
                        {"data_folders", folders},
                        {"arrays", arrays},
                        {"outputs", outputs},
                        {"reply", reply.write_end()}};
  const OpenFile request_file = make_memory_file("request");
  write_all(request_file.number(), request.dump());
  std::vector<int> files = {request_file.number(), reply.write_end()};
  for (const Sent& array : sent) files.push_back(array.file.number());
  for (const auto& [output, file] : output_files) files.push_back(file.number());

  Child child(request_file.number(), files, words.write_end());
  reply.close_write_end();
  words.close_write_end();
  Heard heard;
  listen(job, child, reply, words, heard);
  const int status = child.wait();
  if (heard.error) throw_error(*heard.error);
  if (job.services.cancelled) throw Cancelled();
  if (!heard.result || !WIFEXITED(status) || WEXITSTATUS(status) != 0) throw_ended(status, heard);

  ArrayResult out = receive_result(*heard.result, output_files, job.services);
  check_array_result(out, entry, inputs);  // what checked it there may have been spoilt since
  const std::int64_t peak = heard.result->at("peak_rss_bytes");
  job.notes.peak_rss_bytes = std::max(job.notes.peak_rss_bytes, peak);
  return out;
}

}  // namespace shoal::host
