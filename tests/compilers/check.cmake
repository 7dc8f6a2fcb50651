# Builds one plugin by GCC, by clang, and by clang with libc++ where that is there, each against an installed Shoal; the
# kit tries each, and one process runs them all, to the same bytes.
#   cmake -DBUILD=… -DSOURCE=… -DWORK=… -DCLANG=… -P check.cmake
cmake_minimum_required(VERSION 3.25)
function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${what} failed (${result}):\n${out}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

if(NOT CLANG)
  message("SKIPPED: there is no clang++")
  return()
endif()
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
set(ENV{SHOAL_STORE} ${WORK}/store)
set(ENV{HOME} ${WORK}/home)
set(ENV{XDG_DATA_HOME})
set(shoal ${WORK}/shoal/bin/shoal)
run("installing" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/shoal)

# Builds the plugin into WORK/NAME by `compiler` with `flags`, has the kit try it, and makes it a row of the experiment.
set(rows "")
set(paths "")
function(build name says compiler flags)
  run("configuring by ${name}" ${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${WORK}/${name} -DCMAKE_BUILD_TYPE=Release
      -DCMAKE_PREFIX_PATH=${WORK}/shoal -DCMAKE_CXX_COMPILER=${compiler} -DCMAKE_CXX_FLAGS=${flags})
  run("building by ${name}" ${CMAKE_COMMAND} --build ${WORK}/${name})
  run("the kit of ${name}" ${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/${name} --no-tests=error --output-on-failure)
  run("showing that of ${name}" ${shoal} plugins show clusterer/k-center --plugin-path ${WORK}/${name}/plugins)
  if(NOT output MATCHES "${says}")
    message(FATAL_ERROR "that of ${name} should say '${says}':\n${output}")
  endif()
  set(rows "${rows}    ${name}: {groups.library: ${WORK}/${name}/plugins/libk-center.so}\n" PARENT_SCOPE)
  set(paths ${paths} --plugin-path ${WORK}/${name}/plugins PARENT_SCOPE)
endfunction()

build(gcc "gcc [0-9.]+ libstdc" g++ "")
build(clang "clang [0-9.]+ libstdc" ${CLANG} "")
file(WRITE ${WORK}/version.cpp "#include <version>\n#include <string>\nint main() { return std::string().size(); }\n")
execute_process(COMMAND ${CLANG} -stdlib=libc++ -std=c++20 ${WORK}/version.cpp -o ${WORK}/version RESULT_VARIABLE no_libcxx OUTPUT_QUIET ERROR_QUIET)
if(no_libcxx EQUAL 0)
  build(libcxx "clang [0-9.]+ libc\\+\\+" ${CLANG} -stdlib=libc++)
endif()

file(WRITE ${WORK}/compilers.yaml "shoal: 1
name: compilers
nodes:
  points: {use: dataset/synthetic, with: {kind: blobs, examples: 3000, classes: 5, features: 8}}
  groups: {use: clusterer/k-center, in: {data: points}, with: {k: 5}}
  ours:   {use: clusterer/kmeans, in: {data: points}, with: {k: 5}}
matrix:
  compiler:
${rows}report: [groups.inertia, ours.inertia]
")
run("running" ${shoal} run ${WORK}/compilers.yaml --no-cache --out ${WORK}/run ${paths})
message("${output}")
file(READ ${WORK}/run/results.json results)
string(JSON count LENGTH "${results}" rows)
if((no_libcxx EQUAL 0 AND NOT count EQUAL 3) OR count LESS 2)
  message(FATAL_ERROR "${count} rows:\n${results}")
endif()
math(EXPR last "${count} - 1")
foreach(row RANGE ${last})
  string(JSON inertia GET "${results}" rows ${row} metrics groups.inertia)
  if(row EQUAL 0)
    set(first ${inertia})
  elseif(NOT inertia STREQUAL first)
    message(FATAL_ERROR "an inertia of ${first} by GCC is ${inertia} in row ${row}:\n${results}")
  endif()
endforeach()
