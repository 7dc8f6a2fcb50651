# Installs Shoal into a fresh folder, builds the plugins here against it, and runs them with the installed program.
#   cmake -DBUILD=… -DSOURCE=… -DWORK=… [-DTORCH=…] [-DPRESET_FLAGS=…] -P check.cmake
function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${what} failed (${result}):\n${out}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
set(ENV{SHOAL_STORE} ${WORK}/store)
run("installing" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/shoal)
run("configuring" ${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${WORK}/build -DCMAKE_BUILD_TYPE=${TYPE} "-DCMAKE_PREFIX_PATH=${WORK}/shoal"
    "-DSHOAL_TORCH=${TORCH}" "-DCMAKE_C_FLAGS=${FLAGS}" "-DCMAKE_CXX_FLAGS=${FLAGS}")
run("building" ${CMAKE_COMMAND} --build ${WORK}/build)
run("running" ${WORK}/shoal/bin/shoal run ${SOURCE}/example.yaml --plugin-path ${WORK}/build/plugins --out ${WORK}/run)
message("${output}")
file(READ ${WORK}/run/results.json results)
string(JSON status GET "${results}" rows 0 status)
string(JSON accuracy GET "${results}" rows 0 metrics fit.accuracy)
if(NOT status STREQUAL done OR accuracy LESS 0.9)
  message(FATAL_ERROR "status ${status}, accuracy ${accuracy}:\n${results}")
endif()
