# Tries our own plugins by what every component of its kind must hold to: cmake -DPROGRAM=FILE -DPLUGINS=FOLDER
# [-DLEVEL=quick|full|long] [-DHALF=0|1] -P ours.cmake; a half is every second of them. What is skipped, and why, is
# printed with the rest.
if(NOT LEVEL)
  set(LEVEL quick)
endif()
file(GLOB plugins ${PLUGINS}/*.so)
# Clusterers of Python packages that need not be installed; tests/python_program_test.cpp has what Python makes.
list(FILTER plugins EXCLUDE REGEX "lib(python-clusterers|faiss-kmeans)\\.so$")
if(DEFINED HALF)
  set(all ${plugins})
  set(plugins "")
  set(turn 0)
  foreach(plugin IN LISTS all)
    if(turn EQUAL HALF)
      list(APPEND plugins ${plugin})
    endif()
    math(EXPR turn "1 - ${turn}")
  endforeach()
endif()
if(NOT plugins)
  message(FATAL_ERROR "there are no plugins in ${PLUGINS}")
endif()
execute_process(COMMAND ${PROGRAM} plugins test ${plugins} --level ${LEVEL} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
string(REGEX REPLACE "\npass [^\n]*" "" said "\n${said}")  # what is not as it should be is seen at once
message(STATUS "${said}")
if(NOT result EQUAL 0)
  message(FATAL_ERROR "not all of our plugins hold to it")
endif()
