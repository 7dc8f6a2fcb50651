# What CPack does once the files of the packages lie in their folders: RPATHs, the form of the manual page, and what
# `shoal` depends on.
#
# Programs and most plugins need their libraries: Depends. Of plugins that embed Python, or are there to be compared with,
# the rest does not depend: without its library such a one is listed with the reason by `shoal plugins`.
cmake_minimum_required(VERSION 3.25)
if(NOT shoal IN_LIST CPACK_COMPONENTS_ALL)
  return()
endif()
set(stage ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
set(prefix ${stage}/shoal${CPACK_PACKAGING_INSTALL_PREFIX})
execute_process(COMMAND ${CMAKE_COMMAND} -DPREFIX=${prefix} -DTORCH=${CPACK_SHOAL_TORCH_ROOT} -P ${CMAKE_CURRENT_LIST_DIR}/forget_this_machine.cmake
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND gzip -9n ${prefix}/share/man/man1/shoal.1 COMMAND_ERROR_IS_FATAL ANY)

file(GLOB depends ${prefix}/bin/* ${prefix}/lib/shoal/plugins/*.so)
file(GLOB recommends ${prefix}/lib/shoal/plugins/libpython-*.so ${prefix}/lib/shoal/plugins/libparquet.so)
file(GLOB suggests ${prefix}/lib/shoal/plugins/libfaiss-*.so ${prefix}/lib/shoal/plugins/libopencv-*.so)
list(REMOVE_ITEM depends ${recommends} ${suggests})
list(TRANSFORM depends PREPEND -e)
list(TRANSFORM recommends PREPEND -e)
list(TRANSFORM suggests PREPEND -e)

# It works below a folder with a debian/control, and takes what lies below one with a DEBIAN/ for a part of the package.
file(WRITE ${stage}/debian/control "Source: shoal\n\nPackage: shoal\nArchitecture: any\n")
file(MAKE_DIRECTORY ${stage}/shoal/DEBIAN)
execute_process(
  COMMAND dpkg-shlibdeps -O --warnings=0 --ignore-missing-info -l${CPACK_SHOAL_TORCH_ROOT}/lib -dDepends ${depends} -dRecommends ${recommends}
          -dSuggests ${suggests}
  WORKING_DIRECTORY ${stage}
  OUTPUT_VARIABLE found
  COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE ${stage}/debian ${stage}/shoal/DEBIAN)
foreach(field IN ITEMS Depends Recommends Suggests)
  string(TOUPPER CPACK_DEBIAN_SHOAL_PACKAGE_${field} variable)
  if(found MATCHES "shlibs:${field}=([^\n]+)")
    list(PREPEND ${variable} "${CMAKE_MATCH_1}")
    list(JOIN ${variable} ", " ${variable})
  endif()
endforeach()
