# Takes the folder of this machine's LibTorch out of the RPATHs of an installed Shoal: in a package it would be a lie, and
# whoever could write to that folder elsewhere would decide what runs. $ORIGIN/… before it finds the one that is carried.
#   cmake -DPREFIX=FOLDER -DTORCH=FOLDER -P forget_this_machine.cmake
# file(READ_ELF) and file(RPATH_CHANGE) are what CMake's own install scripts are made of.
cmake_minimum_required(VERSION 3.25)
file(GLOB files ${PREFIX}/bin/* ${PREFIX}/lib/shoal/plugins/*.so)
foreach(file IN LISTS files)
  file(READ_ELF ${file} RUNPATH found CAPTURE_ERROR error)
  set(kept ${found})
  list(REMOVE_ITEM kept ${TORCH}/lib)
  if(error OR kept STREQUAL found)
    continue()
  endif()
  list(JOIN found : old)
  list(JOIN kept : new)
  file(RPATH_CHANGE FILE ${file} OLD_RPATH ${old} NEW_RPATH ${new})
endforeach()
