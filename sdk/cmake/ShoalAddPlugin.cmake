# shoal_add_plugin(NAME SOURCES file… [TESTS file…] [LINK target…] [TORCH])
#
# Makes lib<NAME>.so, a Shoal plugin, in the build's plugins/ folder and installs it to lib/shoal/plugins.
#   SOURCES  its .cpp and .c files, or the one .rs that is the root of a crate without crates below it
#   TESTS    GoogleTest files: the program <NAME>_test, which links the plugin's own object files; each TEST is one of ctest
#   LINK     what it is built on: Shoal::kernels, other libraries
#   TORCH    it uses LibTorch: links Shoal::torch, and the descriptor says which LibTorch it must meet
#
# Outside Shoal's own tree, where its program is installed, ctest also runs <NAME>.conformance: `shoal plugins test`; not of
# a plugin that is sanitised as that program is not, which could not load it.
#
# What an author would get wrong is set here: nothing but shoal_plugin_v1 is visible from outside, no symbol is unique
# in the process, an undefined symbol is an error of the build, dependencies are found beside the plugin.
include_guard(GLOBAL)
include(GNUInstallDirs)

# Not CMAKE_INSTALL_LIBDIR, which is lib64 or lib/x86_64-linux-gnu on some systems: the program looks in lib/shoal/plugins.
set(SHOAL_PLUGIN_INSTALL_DIR "lib/shoal/plugins" CACHE STRING "Where plugins are installed, below the prefix")

# Sets `out` to the instruction sets beyond baseline x86-64 that the flags in force allow, e.g. "avx2 fma bmi2", in the
# words of __builtin_cpu_supports. Of sets that contain each other only the largest is named.
function(_shoal_isa out)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  get_directory_property(options COMPILE_OPTIONS)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  list(FILTER options EXCLUDE REGEX "\\$<")
  list(APPEND flags ${options})
  get_property(known GLOBAL PROPERTY _SHOAL_ISA_FLAGS)
  if(NOT known STREQUAL "for ${flags}")
    execute_process(COMMAND ${CMAKE_CXX_COMPILER} ${flags} -dM -E -x c++ /dev/null OUTPUT_VARIABLE macros ERROR_QUIET)
    set(isa "")
    foreach(name IN ITEMS sse3 ssse3 sse4.1 sse4.2 avx avx2)
      string(REPLACE . _ macro ${name})
      string(TOUPPER ${macro} macro)
      if(macros MATCHES "__${macro}__")
        set(isa ${name})
      endif()
    endforeach()
    foreach(name IN ITEMS fma bmi2 avx512f avx512bw avx512dq avx512vl avx512vnni avx512bf16)
      string(TOUPPER ${name} macro)
      if(macros MATCHES "__${macro}__")
        list(APPEND isa ${name})
      endif()
    endforeach()
    if("avx512f" IN_LIST isa)
      list(REMOVE_ITEM isa avx2 fma bmi2)  # every processor with the former has these; the descriptor's text is short
    endif()
    list(JOIN isa " " isa)
    set_property(GLOBAL PROPERTY _SHOAL_ISA_FLAGS "for ${flags}")
    set_property(GLOBAL PROPERTY _SHOAL_ISA "${isa}")
  endif()
  get_property(isa GLOBAL PROPERTY _SHOAL_ISA)
  set(${out} "${isa}" PARENT_SCOPE)
endfunction()

# Sets `out` to the sanitizer in force that a program must share with its plugins: address, thread, memory or none.
function(_shoal_sanitizer out)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  get_directory_property(options COMPILE_OPTIONS)
  set(${out} "" PARENT_SCOPE)
  if("${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}} ${options}" MATCHES "-fsanitize=[a-z,-]*(address|thread|memory)")
    set(${out} ${CMAKE_MATCH_1} PARENT_SCOPE)
  endif()
endfunction()

function(_shoal_add_plugin_test name)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  add_executable(${name}_test ${ARGN})
  target_link_libraries(${name}_test PRIVATE ${name}_objects GTest::gmock_main)
  set_target_properties(${name}_test PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
                                                RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_options(${name}_test PRIVATE $<$<CONFIG:Release>:-O1>)  # half the time to compile; the plugin stays fast
  # One OpenMP thread: tests run side by side, and LibTorch's threads spin while they wait for a core that another has.
  gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
                       PROPERTIES ENVIRONMENT OMP_NUM_THREADS=1)
endfunction()

# Compiles a plugin in Rust to an archive and links it to `objects`, from which plugin and tests have it. It ends in
# shoal_plugin_v1 and shoal_descriptor_v1, by which the linker takes it in.
function(_shoal_add_rust objects root)
  find_program(SHOAL_RUSTC rustc HINTS $ENV{HOME}/.cargo/bin)
  if(NOT SHOAL_RUSTC)
    message(FATAL_ERROR "${root} is Rust, but there is no rustc: install one (Debian: apt install rustc; or https://rustup.rs), or "
                        "say where it is by -DSHOAL_RUSTC=FILE")
  endif()
  set(archive ${CMAKE_CURRENT_BINARY_DIR}/${objects}.a)
  cmake_path(ABSOLUTE_PATH root BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set(assertions "")
  if(CMAKE_BUILD_TYPE MATCHES "^(Debug|RelWithDebInfo)$")
    set(assertions -g -C debug-assertions=on)
  endif()
  add_custom_command(
    OUTPUT ${archive}
    COMMAND ${SHOAL_RUSTC} --edition=2021 --crate-type=staticlib --crate-name=plugin -C opt-level=2 -C codegen-units=1 ${assertions}
            --emit=link=${archive},dep-info=${archive}.d ${root}
    DEPENDS ${root}
    DEPFILE ${archive}.d
    COMMENT "Building Rust archive ${objects}.a"
    VERBATIM)
  add_custom_target(${objects}_rust DEPENDS ${archive})
  add_dependencies(${objects} ${objects}_rust)
  target_link_libraries(${objects} PUBLIC ${archive} gcc_s pthread dl m)
  target_link_options(${objects} PUBLIC LINKER:--undefined=shoal_plugin_v1 LINKER:--undefined=shoal_descriptor_v1)
endfunction()

function(shoal_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "TORCH" "" "SOURCES;TESTS;LINK")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "shoal_add_plugin(${name}): knows SOURCES, TESTS, LINK and TORCH, not '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "shoal_add_plugin(${name}): SOURCES lists no file")
  endif()
  if(arg_TORCH)
    if(NOT TARGET Shoal::torch)
      message(FATAL_ERROR "shoal_add_plugin(${name}): TORCH needs find_package(Shoal CONFIG REQUIRED COMPONENTS torch)")
    endif()
    list(APPEND arg_LINK Shoal::torch)
  endif()

  # The object files, compiled once for the plugin and its tests.
  set(objects ${name}_objects)
  set(rust ${arg_SOURCES})
  list(FILTER rust INCLUDE REGEX "\\.rs$")
  if(rust)
    list(REMOVE_ITEM arg_SOURCES ${rust})
    file(CONFIGURE OUTPUT ${objects}.c CONTENT "typedef int shoal_plugin_in_rust;\n")  # a target has a source
    list(APPEND arg_SOURCES ${CMAKE_CURRENT_BINARY_DIR}/${objects}.c)
  endif()
  add_library(${objects} OBJECT ${arg_SOURCES})
  foreach(root IN LISTS rust)
    _shoal_add_rust(${objects} ${root})
  endforeach()
  target_link_libraries(${objects} PUBLIC Shoal::sdk ${arg_LINK})
  _shoal_isa(isa)
  target_compile_definitions(${objects} PRIVATE SHOAL_BUILD_ISA="${isa}")
  target_compile_options(${objects} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  set_target_properties(${objects} PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden
                                              CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)

  add_library(${name} MODULE)
  target_link_libraries(${name} PRIVATE ${objects})
  # A plugin in plain C does not link a C++ library; the mathematics that C++ would bring is in one of its own.
  set(language C)
  if(arg_SOURCES MATCHES "\\.(cpp|cc|cxx)(;|$)")
    set(language CXX)
  else()
    target_link_libraries(${name} PRIVATE m)
  endif()
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/shoal_plugin.map)
  # A clang without a sanitizer's runtime in the library leaves that runtime's symbols to the program.
  set(defs LINKER:-z,defs)
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang AND "${SHOAL_SANITIZE} ${CMAKE_CXX_FLAGS}" MATCHES "address|thread|memory")
    set(defs "")
  endif()
  # One rpath for build and install: beside it; lib/ beside a build's plugins/; the lib/ that lib/shoal/plugins lies in.
  set(rpath $ORIGIN $ORIGIN/../lib $ORIGIN/../..)
  if(arg_TORCH)
    list(APPEND rpath $ORIGIN/../torch/lib ${SHOAL_TORCH_ROOT}/lib)
  endif()
  target_link_options(${name} PRIVATE ${defs} LINKER:--version-script=${map})
  set_target_properties(
    ${name}
    PROPERTIES LINKER_LANGUAGE ${language}
               PREFIX lib
               SUFFIX .so
               LINK_DEPENDS ${map}
               LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins
               INSTALL_RPATH "${rpath}"
               INSTALL_RPATH_USE_LINK_PATH ON
               BUILD_WITH_INSTALL_RPATH ON)
  if(arg_TORCH)
    shoal_torch_jobs(${objects})
  endif()
  install(TARGETS ${name} LIBRARY DESTINATION ${SHOAL_PLUGIN_INSTALL_DIR})

  if(arg_TESTS AND BUILD_TESTING)
    _shoal_add_plugin_test(${name} ${arg_TESTS})
    if(arg_TORCH)
      shoal_torch_jobs(${name}_test)
    endif()
  endif()
  _shoal_sanitizer(sanitizer)
  if(BUILD_TESTING AND Shoal_PROGRAM AND EXISTS "${Shoal_PROGRAM}" AND "${sanitizer}" STREQUAL "${Shoal_SANITIZER}")
    add_test(NAME ${name}.conformance COMMAND ${Shoal_PROGRAM} plugins test $<TARGET_FILE:${name}>)
  endif()
endfunction()
