#include "python_interpreter.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <sstream>

namespace {

namespace fs = std::filesystem;

constexpr const char* kEmbedded = SHOAL_TEXT_OF(PY_MAJOR_VERSION) "." SHOAL_TEXT_OF(PY_MINOR_VERSION);

// runtime.py, put in at build time.
constexpr const char* kRuntime =
#include "runtime.inc"
    ;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// The folder that the file of the plugin with this code lies in.
fs::path own_folder() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&own_folder), &info) == 0 || info.dli_fname == nullptr) return {};
  std::error_code ignored;
  return fs::canonical(info.dli_fname, ignored).parent_path();
}

fs::path python_of(const fs::path& environment) {
  const fs::path program = environment / "bin" / "python";
  std::error_code ignored;
  return fs::exists(program, ignored) ? program : fs::path();
}

ChosenPython candidate() {
  std::error_code ignored;
  if (const std::string said = variable("SHOAL_PYTHON"); !said.empty()) {
    const fs::path place = fs::is_directory(said, ignored) ? python_of(said) : fs::path(said);
    shoal::require(!place.empty() && (place.string().find('/') == std::string::npos || fs::exists(place, ignored)),
                   "SHOAL_PYTHON is '{}', which is neither a python nor a virtual environment", said);
    return {.program = place, .why = "SHOAL_PYTHON", .version = {}, .package_folders = {}};
  }
  if (const std::string active = variable("VIRTUAL_ENV"); !active.empty())
    if (const fs::path program = python_of(active); !program.empty())
      return {.program = program, .why = "VIRTUAL_ENV", .version = {}, .package_folders = {}};
  for (fs::path folder = own_folder(); folder.has_relative_path(); folder = folder.parent_path())
    if (const fs::path program = python_of(folder / ".venv"); !program.empty())
      return {.program = program, .why = "the .venv beside Shoal", .version = {}, .package_folders = {}};
  return {.program = "python3", .why = "python3 on PATH", .version = {}, .package_folders = {}};
}

std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

/// The lines that `command` prints; none where it fails.
std::vector<std::string> lines_of(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>/dev/null").c_str(), "re");
  if (pipe == nullptr) return {};
  std::string out;
  std::array<char, 4096> buffer;
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) out.append(buffer.data(), n);
  if (pclose(pipe) != 0) return {};
  std::vector<std::string> lines;
  std::istringstream stream(out);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Extension modules are not linked with libpython: they find its functions among those visible to the whole process,
/// while the host opened this plugin, and libpython with it, for itself alone.
void show_libpython_to_modules() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&Py_InitializeFromConfig), &info) == 0 ||
      dlopen(info.dli_fname, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD) == nullptr)
    throw shoal::Error(SHOAL_E_FAILED, "libpython cannot be made visible to Python's extension modules");
}

void initialize() {
  PyConfig config;
  PyConfig_InitPythonConfig(&config);
  config.install_signal_handlers = 0;  // the host has its own
  config.parse_argv = 0;
  config.site_import = 0;  // the chosen python's packages, not those beside the embedded one
  config.user_site_directory = 0;
  config.write_bytecode = 0;
  config.use_hash_seed = 1;  // the same, 0, in each process: the order of a set of texts is then no chance
  config.hash_seed = 0;
  PyStatus status = PyConfig_SetBytesString(&config, &config.home, SHOAL_PYTHON_HOME);
  if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  if (PyStatus_Exception(status))
    throw shoal::Error(SHOAL_E_FAILED, shoal::text("python {} of {} does not start: {}", kEmbedded, SHOAL_PYTHON_HOME,
                                                   status.err_msg != nullptr ? status.err_msg : "no reason given"));
}

/// Held while Python is started. Each plugin has this code and its variables for itself, so that a lock for all of them
/// must be the system's: one on a file that is another one in every process.
class ProcessLock {
 public:
  ProcessLock() : file_(::open("/proc/self/status", O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0 || ::flock(file_, LOCK_EX) != 0)
      throw shoal::Error(SHOAL_E_FAILED, "python does not start: /proc/self/status cannot be locked");
  }
  ProcessLock(const ProcessLock&) = delete;
  ProcessLock& operator=(const ProcessLock&) = delete;
  ~ProcessLock() { ::close(file_); }

 private:
  int file_;
};

/// Runs runtime.py as the module `shoal_python`, so that what it defines has a home; once, whichever plugin was first.
void load_runtime(const ChosenPython& python, int threads) {
  const py::dict modules = py::module_::import("sys").attr("modules");
  if (modules.contains("shoal_python")) {
    if (modules["shoal_python"].attr("source").cast<std::string>() != kRuntime)
      throw shoal::Error(
          SHOAL_E_FAILED,
          "another plugin has started Python with another version of Shoal's runtime.py: build both from "
          "one version of Shoal");
    return;
  }
  const py::object module = py::module_::import("types").attr("ModuleType")("shoal_python");
  const py::object code = py::module_::import("builtins").attr("compile")(kRuntime, "shoal_python.py", "exec");
  py::module_::import("builtins").attr("exec")(code, module.attr("__dict__"));
  module.attr("source") = kRuntime;
  constexpr bool kShared = SHOAL_HAS_ASAN != 0 || SHOAL_HAS_TSAN != 0;  // a sanitizer must see every allocation
  module.attr("set_up")(python.program.string(), python.package_folders, threads, kShared);
  modules["shoal_python"] = module;
}

void start_once(const shoal::Context& context) {
  const ChosenPython python = choose_python();
  if (python.version != kEmbedded)
    throw shoal::Unsupported(
        shoal::text("{} ({}) is Python {}, but Shoal embeds Python {}, which cannot load its packages: set "
                    "SHOAL_PYTHON to a Python {}, or build Shoal with the headers of Python {}",
                    python.program.string(), python.why, python.version, kEmbedded, kEmbedded, python.version));
  const ProcessLock lock;
  show_libpython_to_modules();
  const bool ours = Py_IsInitialized() == 0;
  if (ours) initialize();
  std::string failed;
  {
    const py::gil_scoped_acquire gil;
    try {
      load_runtime(python, context.threads());
    } catch (const py::error_already_set& error) {
      failed = error.what();
    }
  }
  if (ours) PyEval_SaveThread();  // any thread may enter from here on
  if (!failed.empty()) throw shoal::Error(SHOAL_E_FAILED, shoal::text("python does not start: {}", failed));
  context.log(shoal::Level::kDebug, "python {}: packages of {} ({})", kEmbedded, python.program.string(), python.why);
}

}  // namespace

ChosenPython choose_python() {
  ChosenPython python = candidate();
  const std::string ask =
      "import site, sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable); "
      "print(*[p for p in sys.path if '-packages' in p], sep='\\n')";
  std::vector<std::string> lines = lines_of(quoted(python.program.string()) + " -c " + quoted(ask));
  shoal::require(lines.size() >= 2,
                 "{} ({}) does not run: set SHOAL_PYTHON to a Python {}, or make one by scripts/setup",
                 python.program.string(), python.why, kEmbedded);
  python.version = lines[0];
  python.program = lines[1];
  for (std::size_t i = 2; i < lines.size(); ++i)
    if (!lines[i].empty()) python.package_folders.push_back(lines[i]);
  return python;
}

void start_python(const shoal::Context& context) {
  static std::mutex mutex;
  static bool started = false;
  static std::exception_ptr failed;
  const std::lock_guard lock(mutex);
  if (failed) std::rethrow_exception(failed);
  if (started) return;
  try {
    start_once(context);
    started = true;
  } catch (...) {
    failed = std::current_exception();
    throw;
  }
}

py::module_ runtime() { return py::module_::import("shoal_python"); }

py::module_ python_script(const char* name, const char* source) { return runtime().attr("script")(name, source); }
