# Finds LibTorch and describes it as one target; the only CMake file that knows about LibTorch.
#
#   Shoal::libtorch          libraries, include folders, and the two defines a plugin's descriptor reads:
#                            SHOAL_BUILD_TORCH and SHOAL_BUILD_TORCH_BUILD_ID. Linking it is what marks a plugin.
#   SHOAL_TORCH_ROOT         the folder with its include/ and lib/
#   SHOAL_TORCH_VERSION      "2.13.0+cpu"
#   SHOAL_TORCH_BUILD_ID     GNU build-id of its libtorch_cpu.so, in hex; two builds of one version differ here alone
#   shoal_torch_jobs(target…)  compiles these targets two files at a time: such a file takes up to 1.5 GB
#
# Looked for, in order: SHOAL_TORCH (cache or environment: a LibTorch folder, a virtual environment or a python);
# SHOAL_TORCH_CARRIED, which came with an installed Shoal; Torch_DIR; CMAKE_PREFIX_PATH; the .venv of the project;
# SHOAL_TORCH_HINT, which an installed Shoal was built with; a torch of python3.
#
# LibTorch's own CMake package is not used: its CUDA builds ask for a whole CUDA toolkit even of those who only link,
# and it puts the wheel's include folder, which holds a fmt/ of its own, in front of everybody else's.
include_guard(GLOBAL)

set(SHOAL_TORCH "" CACHE STRING "Which LibTorch: its folder, a virtual environment or a python; empty: found by itself")
set(SHOAL_TORCH_MINIMUM 2.6)

# Sets `out` to the LibTorch that `place` names or holds (see the cases), or to nothing.
function(_shoal_torch_at place out)
  set(${out} "" PARENT_SCOPE)
  if(NOT EXISTS "${place}")
    return()
  endif()
  file(GLOB in_venv "${place}/lib/python3*/site-packages/torch")
  foreach(root IN ITEMS
          "${place}"           # an unpacked archive, or …/site-packages/torch
          "${place}/libtorch"  # the folder it was unpacked in
          "${place}/torch"     # …/site-packages
          "${place}/../.."     # …/share/cmake, as torch.utils.cmake_prefix_path says
          "${place}/../../.."  # …/share/cmake/Torch, as Torch_DIR says
          ${in_venv})
    if(EXISTS "${root}/include/ATen/core/Tensor.h" AND EXISTS "${root}/lib/libtorch_cpu.so")
      cmake_path(NORMAL_PATH root)
      cmake_path(ABSOLUTE_PATH root BASE_DIRECTORY "${CMAKE_SOURCE_DIR}" NORMALIZE)
      set(${out} "${root}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# The same for the torch that `python` would import; it is not imported, which would take seconds.
function(_shoal_torch_of python out)
  set(${out} "" PARENT_SCOPE)
  execute_process(
    COMMAND "${python}" -c "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0])"
    OUTPUT_VARIABLE root
    OUTPUT_STRIP_TRAILING_WHITESPACE
    ERROR_QUIET
    RESULT_VARIABLE status)
  if(status STREQUAL "0")
    _shoal_torch_at("${root}" found)
    set(${out} "${found}" PARENT_SCOPE)
  endif()
endfunction()

function(_shoal_find_torch out)
  set(${out} "" PARENT_SCOPE)

  set(chosen "${SHOAL_TORCH}")
  if(NOT chosen)
    set(chosen "$ENV{SHOAL_TORCH}")
  endif()
  if(chosen AND NOT chosen MATCHES "^(cpu|cuda|auto)$")  # these words are for scripts/setup
    if(IS_DIRECTORY "${chosen}")
      _shoal_torch_at("${chosen}" found)
    else()
      _shoal_torch_of("${chosen}" found)
    endif()
    if(NOT found)
      message(FATAL_ERROR "SHOAL_TORCH is '${chosen}', but there is no LibTorch with headers, neither as a folder nor as a python's torch")
    endif()
    set(${out} "${found}" PARENT_SCOPE)
    return()
  endif()

  string(REPLACE ":" ";" prefixes "$ENV{CMAKE_PREFIX_PATH}")
  foreach(place IN LISTS SHOAL_TORCH_CARRIED Torch_DIR CMAKE_PREFIX_PATH ITEMS "$ENV{Torch_DIR}" ${prefixes} "${CMAKE_SOURCE_DIR}/.venv"
                                                           "${SHOAL_TORCH_HINT}")
    _shoal_torch_at("${place}" found)
    if(found)
      set(${out} "${found}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  _shoal_torch_of(python3 found)
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

function(_shoal_torch_version root out)
  if(EXISTS "${root}/version.py")  # a wheel
    file(STRINGS "${root}/version.py" line REGEX "^__version__ *= *'" LIMIT_COUNT 1)
    string(REGEX REPLACE "^[^']*'([^']*)'.*" "\\1" version "${line}")
  elseif(EXISTS "${root}/build-version")  # an archive
    file(STRINGS "${root}/build-version" version LIMIT_COUNT 1)
  else()
    foreach(header IN ITEMS torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
      if(EXISTS "${root}/include/${header}" AND NOT version)
        file(READ "${root}/include/${header}" text)
        string(REGEX MATCH "TORCH_VERSION[ \\\\\n]+\"([^\"]*)\"" _ "${text}")
        set(version "${CMAKE_MATCH_1}")
      endif()
    endforeach()
  endif()
  set(${out} "${version}" PARENT_SCOPE)
endfunction()

function(_shoal_torch_build_id root out)
  find_program(SHOAL_READELF NAMES ${CMAKE_READELF} readelf llvm-readelf)
  mark_as_advanced(SHOAL_READELF)
  if(NOT SHOAL_READELF)
    message(FATAL_ERROR "readelf (binutils) is needed to tell one build of LibTorch from another")
  endif()
  execute_process(COMMAND "${SHOAL_READELF}" -n "${root}/lib/libtorch_cpu.so" OUTPUT_VARIABLE notes ERROR_QUIET)
  string(REGEX MATCH "Build ID: *([0-9a-f]+)" _ "${notes}")
  set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

# Everything before 2.7 on Linux came in two flavours; the old std::string cannot be linked with the distribution's libraries.
function(_shoal_torch_check root version)
  if(version VERSION_LESS SHOAL_TORCH_MINIMUM)
    message(FATAL_ERROR "LibTorch ${version} in ${root} is too old: Shoal needs ${SHOAL_TORCH_MINIMUM} or newer")
  endif()
  if(EXISTS "${root}/share/cmake/Torch/TorchConfig.cmake")
    file(STRINGS "${root}/share/cmake/Torch/TorchConfig.cmake" old_abi REGEX "_GLIBCXX_USE_CXX11_ABI=0")
    if(old_abi)
      message(FATAL_ERROR "LibTorch ${version} in ${root} is built with the std::string of before C++11 "
                          "(_GLIBCXX_USE_CXX11_ABI=0): take its cxx11 ABI build")
    endif()
  endif()
endfunction()

function(_shoal_define_libtorch root version build_id)
  set(libraries "")
  foreach(name IN ITEMS torch torch_cpu torch_cuda torch_hip c10 c10_cuda c10_hip)
    if(EXISTS "${root}/lib/lib${name}.so")
      list(APPEND libraries "${root}/lib/lib${name}.so")
    endif()
  endforeach()

  add_library(Shoal::libtorch INTERFACE IMPORTED GLOBAL)
  target_link_libraries(Shoal::libtorch INTERFACE ${libraries})
  # AT_PER_OPERATOR_HEADERS is ATen's own: its headers then declare the operators that they need, and not all of them.
  target_compile_definitions(
    Shoal::libtorch INTERFACE AT_PER_OPERATOR_HEADERS _GLIBCXX_USE_CXX11_ABI=1 SHOAL_BUILD_TORCH="${version}"
                              SHOAL_BUILD_TORCH_BUILD_ID="${build_id}")
  # -idirafter: behind every other folder, since the wheel carries fmt/, pybind11/ and more.
  target_compile_options(Shoal::libtorch INTERFACE "SHELL:-idirafter \"${root}/include\""
                                                   "SHELL:-idirafter \"${root}/include/torch/csrc/api/include\"")
  # Its checks name their file in their message: without the folder, which is of this machine alone.
  target_compile_options(Shoal::libtorch INTERFACE "-fmacro-prefix-map=${root}/include/=")
  # LibTorch exports std::filesystem as its own compiler had it. What finds that first mixes it with the system's, which
  # crashes where the two differ (seen on Ubuntu 24.04): so the system's library is asked before it.
  target_link_options(Shoal::libtorch INTERFACE LINKER:--push-state,--no-as-needed,-lstdc++,--pop-state)
  # A library of device kernels registers them as it is loaded and is called by no name: the linker would drop it.
  if(EXISTS "${root}/lib/libtorch_cuda.so" OR EXISTS "${root}/lib/libtorch_hip.so")
    target_link_options(Shoal::libtorch INTERFACE LINKER:--no-as-needed)
  endif()
endfunction()

function(shoal_torch_jobs)
  get_property(pools GLOBAL PROPERTY JOB_POOLS)
  if(NOT "${pools}" MATCHES "shoal_torch=")
    set_property(GLOBAL APPEND PROPERTY JOB_POOLS shoal_torch=2)
  endif()
  set_target_properties(${ARGN} PROPERTIES JOB_POOL_COMPILE shoal_torch)
endfunction()

_shoal_find_torch(SHOAL_TORCH_ROOT)
if(SHOAL_TORCH_ROOT)
  _shoal_torch_version("${SHOAL_TORCH_ROOT}" SHOAL_TORCH_VERSION)
  _shoal_torch_build_id("${SHOAL_TORCH_ROOT}" SHOAL_TORCH_BUILD_ID)
  _shoal_torch_check("${SHOAL_TORCH_ROOT}" "${SHOAL_TORCH_VERSION}")
  _shoal_define_libtorch("${SHOAL_TORCH_ROOT}" "${SHOAL_TORCH_VERSION}" "${SHOAL_TORCH_BUILD_ID}")
  message(STATUS "LibTorch ${SHOAL_TORCH_VERSION} in ${SHOAL_TORCH_ROOT}")
endif()
