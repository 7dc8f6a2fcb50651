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

/// Charts are drawn by Python, which takes a second at the end of every run: left to the tests that
/// look at them, which say SHOAL_DRAW=on.
inline const std::string kNoDrawings = "SHOAL_DRAW=off ";

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

  /// `shoal ARGUMENTS`, as a shell reads them, with the test plugins beside Shoal's own.
  Outcome shoal(const std::string& arguments, const std::string& before = "") const {
    const std::string command = "cd '" + folder_.string() + "' && " + kNoDrawings + before + " SHOAL_STORE='" +
                                store().string() +
                                "' SHOAL_PLUGIN_PATH='" SHOAL_TEST_PLUGINS "/toys' '" SHOAL_PROGRAM "' " + arguments +
                                " >out.txt 2>err.txt </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(folder_ / "out.txt"),
            read_file(folder_ / "err.txt")};
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace shoal::tests

#endif  // SHOAL_TESTS_PROGRAM_H_
