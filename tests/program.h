#ifndef SHOAL_TESTS_PROGRAM_H_
#define SHOAL_TESTS_PROGRAM_H_

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace shoal::tests {

/// What a run of the program came to.
struct Outcome {
  int exit = -1;
  std::string out, err;
};

inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// How often `what` stands in the text.
inline std::size_t count(const std::string& text, const std::string& what) {
  std::size_t out = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++out;
  return out;
}

/// A folder that is there as long as the object, with the program run in it.
class Workplace {
 public:
  Workplace() {
    std::string name = (std::filesystem::temp_directory_path() / "shoal-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
  }
  ~Workplace() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  /// Where the program keeps results; nobody else's.
  std::filesystem::path store() const { return folder_ / "store"; }

  /// What the program is told by its environment, as a shell reads it: its store, and the test plugins beside Shoal's
  /// own. It draws no charts, for which Python would take a second at the end of every run.
  std::string environment() const {
    return "SHOAL_DRAW=off SHOAL_STORE='" + store().string() + "' SHOAL_PLUGIN_PATH='" SHOAL_TEST_PLUGINS "/toys'";
  }

  /// `shoal ARGUMENTS`, as a shell reads them, in the folder.
  Outcome shoal(const std::string& arguments, const std::string& before = "") const {
    const std::string command = "cd '" + folder_.string() + "' && " + before + " " + environment() +
                                " '" SHOAL_PROGRAM "' " + arguments + " >out.txt 2>err.txt </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(folder_ / "out.txt"),
            read_file(folder_ / "err.txt")};
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace shoal::tests

#endif  // SHOAL_TESTS_PROGRAM_H_
