// Which std::filesystem a program with LibTorch in it has.
#include <dlfcn.h>
#include <gmock/gmock.h>

namespace shoal {
namespace {

// LibTorch exports these too, as its own compiler had them: what takes some from there and some from the system
// crashes.
TEST(StandardLibrary, IsTheSystemsAndNotTheOneInLibTorch) {
  for (const char* function : {"_ZNSt10filesystem10remove_allERKNS_7__cxx114pathERSt10error_code",
                               "_ZNSt10filesystem7__cxx1128recursive_directory_iteratorppEv"}) {
    const void* found = dlsym(RTLD_DEFAULT, function);
    Dl_info where = {};
    ASSERT_NE(dladdr(found, &where), 0) << function;
    EXPECT_THAT(where.dli_fname, ::testing::HasSubstr("libstdc++.so")) << function;
  }
}

}  // namespace
}  // namespace shoal
