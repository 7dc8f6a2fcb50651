// No plugin: laid under the program by LD_PRELOAD, it writes down what a loss of power depends on, a line each, into
// the file $SHOAL_TEST_DISK_LOG:
//
//     mkdir <folder>    rename <from> <to>    fsync <path> <size>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

std::string absolute(const char* path) {
  char here[PATH_MAX];
  return *path == '/' || getcwd(here, sizeof(here)) == nullptr ? path : std::string(here) + "/" + path;
}

void note(const std::string& line) {
  const char* log = std::getenv("SHOAL_TEST_DISK_LOG");
  const int file = log == nullptr ? -1 : open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) return;
  if (write(file, (line + "\n").data(), line.size() + 1) < 0) std::abort();
  close(file);
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) int fsync(int file) {
  const int result = next<int(int)>("fsync")(file);
  char path[PATH_MAX] = {};
  struct stat found {};
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  if (result == 0 && readlink(link.c_str(), path, sizeof(path) - 1) > 0 && fstat(file, &found) == 0)
    note(std::string("fsync ") + path + " " + std::to_string(found.st_size));
  return result;
}

__attribute__((visibility("default"))) int rename(const char* from, const char* to) noexcept {
  const int result = next<int(const char*, const char*)>("rename")(from, to);
  if (result == 0) note("rename " + absolute(from) + " " + absolute(to));
  return result;
}

__attribute__((visibility("default"))) int mkdir(const char* folder, mode_t mode) noexcept {
  const int result = next<int(const char*, mode_t)>("mkdir")(folder, mode);
  const int error = errno;
  if (result == 0) note("mkdir " + absolute(folder));
  errno = error;
  return result;
}

}  // extern "C"
