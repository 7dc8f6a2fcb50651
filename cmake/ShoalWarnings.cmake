# shoal_warnings: the warnings our own code is free of. Shoal::sdk hands it to every target of this tree, never to an
# outsider's (see sdk/CMakeLists.txt).
option(SHOAL_WERROR "A warning is an error; OFF for a compiler newer than those we test with" ON)

add_library(shoal_warnings INTERFACE)
target_compile_options(
  shoal_warnings
  INTERFACE $<$<COMPILE_LANG_AND_ID:C,GNU,Clang>:-Wall -Wextra -Wpedantic -Wshadow>
            $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang>:-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor>
)
# GCC 12 sees overlapping copies in std::string's own operator+ (its bug 105651, mended in 13).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(shoal_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
if(SHOAL_WERROR)
  target_compile_options(shoal_warnings INTERFACE $<$<COMPILE_LANG_AND_ID:C,GNU,Clang>:-Werror>
                                                  $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang>:-Werror>)
endif()
