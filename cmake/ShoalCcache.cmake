# ccache, where it is installed, keeps object files between builds; -DCMAKE_CXX_COMPILER_LAUNCHER= does without.
find_program(SHOAL_CCACHE ccache)
mark_as_advanced(SHOAL_CCACHE)
if(SHOAL_CCACHE)
  foreach(language IN ITEMS C CXX)
    if(NOT DEFINED CMAKE_${language}_COMPILER_LAUNCHER)
      # The sloppiness is what ccache's manual asks for where headers are precompiled.
      set(CMAKE_${language}_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${SHOAL_CCACHE})
    endif()
  endforeach()
endif()
