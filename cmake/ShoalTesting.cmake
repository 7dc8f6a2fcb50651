# shoal_add_test(NAME SOURCES file… [LINK target…]): a GoogleTest program of this tree, each TEST a test of ctest.
# (shoal_add_plugin's TESTS makes a plugin's own.)
if(BUILD_TESTING)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

function(shoal_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
    message(FATAL_ERROR "shoal_add_test(${name}): wants SOURCES file… [LINK target…], got '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT BUILD_TESTING)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK} Shoal::sdk GTest::gmock_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)  # half the time to compile; what is tested stays fast
  # One OpenMP thread, as in shoal_add_plugin.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
                       PROPERTIES ENVIRONMENT OMP_NUM_THREADS=1)
endfunction()
