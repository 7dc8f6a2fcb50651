// What is read out of a library's file, whatever state that is in.
#include "framework/plugin/elf_file.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "framework/plugin/testing_folder.h"

namespace shoal::host {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

const std::filesystem::path kToys = std::filesystem::path(SHOAL_TEST_PLUGINS) / "toys" / "libtoys.so";

TEST(NeededLibraries, AreThoseThatTheLinkerWasTold) {
  EXPECT_THAT(needed_libraries(kToys), Contains("libc.so.6"));
  EXPECT_THAT(needed_libraries(kToys), Not(Contains("libtoys.so")));
}

class CutElf : public WithFolder {};

TEST_F(CutElf, HasNoTablesOrWholeOnes) {
  std::ifstream in(kToys, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  const auto file = folder_ / "cut.so";
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{3}, std::size_t{64}, whole.size() / 2, whole.size() - 1}) {
    SCOPED_TRACE(length);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.substr(0, length);
    EXPECT_THAT(needed_libraries(file), IsEmpty());  // the table of sections lies at the end
    EXPECT_THAT(exported_symbols(file), IsEmpty());
  }
  EXPECT_THAT(needed_libraries(folder_ / "nothing.so"), IsEmpty());
}

}  // namespace
}  // namespace shoal::host
