// Where plugins are looked for.
#include "framework/plugin/places.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace shoal::host {
namespace {

using ::testing::ElementsAre;
using Path = std::filesystem::path;

/// An environment variable that has a value, or none, as long as the object is there.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name); before != nullptr) before_ = before, was_set_ = true;
    set(value);
  }
  ~Variable() { set(was_set_ ? before_.c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const char* value) const {
    if (value == nullptr) unsetenv(name_);
    else setenv(name_, value, 1);
  }
  const char* name_;
  std::string before_;
  bool was_set_ = false;
};

TEST(PluginFolders, OfTheSystemAreTheAdministratorsFirst) {
  EXPECT_THAT(installed_plugin_folders("/usr"),
              ElementsAre("/usr/local/lib/shoal/plugins", "/usr/lib/shoal/plugins", "/usr/plugins"));
  EXPECT_THAT(installed_plugin_folders("/opt/shoal"),
              ElementsAre("/opt/shoal/lib/shoal/plugins", "/opt/shoal/plugins"));
}

TEST(PluginFolders, AreThoseThatWereGivenThenTheUsersThenTheInstalls) {
  const Variable path("SHOAL_PLUGIN_PATH", "/b:/c"), data("XDG_DATA_HOME", "/data"), home("HOME", "/home/me");
  const Path prefix = program_folder().parent_path();
  EXPECT_THAT(plugin_folders({"/a"}),
              ElementsAre("/a", "/b", "/c", "/data/shoal/plugins/abi1", "/home/me/.local/lib/shoal/plugins",
                          prefix / "lib/shoal/plugins", prefix / "plugins"));
}

TEST(PluginFolders, AreOfTheHomeWhereNoDataFolderIsNamed) {
  const Variable path("SHOAL_PLUGIN_PATH", nullptr), data("XDG_DATA_HOME", nullptr), home("HOME", "/home/me");
  EXPECT_EQ(plugin_folders({}).front(), Path("/home/me/.local/share/shoal/plugins/abi1"));
}

TEST(PluginFolders, AreEachListedOnce) {  // else each of its components would be there twice, which is an error
  const Path prefix = program_folder().parent_path();
  const std::string own = (prefix / "lib/shoal/plugins").string();
  const Variable path("SHOAL_PLUGIN_PATH", (own + ":" + own).c_str()), data("XDG_DATA_HOME", nullptr),
      home("HOME", nullptr);
  EXPECT_THAT(plugin_folders({}), ElementsAre(own, prefix / "plugins"));
}

}  // namespace
}  // namespace shoal::host
