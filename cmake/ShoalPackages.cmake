# The install in parts, and Debian packages made of them by CPack: scripts/package. Why so: docs/decisions/0022-packages.md.
#
#   component            what                                                      in the package
#   shoal                programs, plugins, data, configs, completion, man page    shoal
#   shoal-dev            headers, CMake package, kernels, templates                shoal-dev
#   shoal-libtorch       LibTorch's libraries, to lib/shoal/torch                  shoal-libtorch
#   shoal-libtorch-dev   LibTorch's headers, to the same place                     shoal-libtorch-dev
#   wheel                Python's module, when the wheel of python/ is made        none
#   here                 where this machine has its LibTorch                       none
#
# `cmake --install` installs the first two and the last, since a LibTorch that is here need not be there twice.
set(packages_dir ${CMAKE_CURRENT_LIST_DIR}/packages)
include(${packages_dir}/libtorch.cmake)
install(FILES ${packages_dir}/copyright README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/shoal)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/shoal)
install(FILES ${packages_dir}/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/shoal-dev COMPONENT shoal-dev)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME shoal)
set(CPACK_PACKAGE_VENDOR Shoal)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # else it stands before that of every package
set(CPACK_PACKAGE_CONTACT "Shoal maintainers <maintainers@shoal.invalid>")  # DEB wants a name and an address
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL shoal shoal-dev)  # LibTorch's have a version of their own: scripts/package
set(CPACK_STRIP_FILES ON)  # a stack after a crash names exported functions alone, with and without
set(CPACK_PRE_BUILD_SCRIPTS ${packages_dir}/before_build.cmake)
set(CPACK_OUTPUT_FILE_PREFIX ${PROJECT_BINARY_DIR}/packages)
set(CPACK_THREADS 0)  # as many as there are cores

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION})

# Of two builds of one version of LibTorch only the very one will do: the build is a part of the version.
string(SUBSTRING "${SHOAL_TORCH_BUILD_ID}" 0 8 build)
set(CPACK_SHOAL_TORCH_VERSION ${SHOAL_TORCH_VERSION}.${build})
set(CPACK_SHOAL_TORCH_ROOT ${SHOAL_TORCH_ROOT})
set(libtorch_is "(= ${CPACK_SHOAL_TORCH_VERSION})")

function(describe component summary text)
  string(TOUPPER ${component} COMPONENT)
  set(CPACK_COMPONENT_${COMPONENT}_DESCRIPTION "${summary}\n${text}" PARENT_SCOPE)
  set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME ${component} PARENT_SCOPE)
endfunction()

describe(shoal "learning representations by clustering, from plugins and YAML"
         "Runs experiments that are wired together from datasets, transforms,
encoders, clusterers, trainers and metrics, and compares clusterers.
Results are exact and reproducible. MNIST comes with it.")
set(CPACK_DEBIAN_SHOAL_PACKAGE_DEPENDS "shoal-libtorch ${libtorch_is}")  # before_build.cmake adds to it
set(CPACK_DEBIAN_SHOAL_PACKAGE_RECOMMENDS "shoal-dev (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_SHOAL_PACKAGE_SUGGESTS "dataset-fashion-mnist, python3-numpy, python3-sklearn")

describe(shoal-dev "headers and CMake package for plugins of Shoal"
         "What 'shoal new' makes projects of, and all that builds and tests them.
The torch tier (encoders, heads, objectives, augmentations, trainers)
needs shoal-libtorch-dev too.")
# Not recommended but needed: else the first build after 'shoal new' fails where recommendations are off, as in containers.
set(CPACK_DEBIAN_SHOAL-DEV_PACKAGE_DEPENDS
    "shoal (= ${PROJECT_VERSION}), libeigen3-dev, libgmock-dev, g++ | clang, cmake (>= 3.25), ninja-build")
set(CPACK_DEBIAN_SHOAL-DEV_PACKAGE_RECOMMENDS "shoal-libtorch-dev ${libtorch_is}")
set(CPACK_DEBIAN_SHOAL-DEV_PACKAGE_SUGGESTS "rustc, pkg-config")
set(CPACK_DEBIAN_SHOAL-DEV_PACKAGE_SECTION libdevel)

describe(shoal-libtorch "PyTorch's C++ library, the very build that Shoal is linked with"
         "In a folder of its own, where no other program finds it. Its version is
LibTorch's: updates of Shoal leave it alone.")
set(CPACK_DEBIAN_SHOAL-LIBTORCH_PACKAGE_DEPENDS "libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 11)")  # as manylinux_2_28
set(CPACK_DEBIAN_SHOAL-LIBTORCH_PACKAGE_SECTION non-free/libs)  # Intel's MKL is in it

describe(shoal-libtorch-dev "headers of PyTorch's C++ library, for plugins of Shoal"
         "For encoders, heads, objectives, augmentations and trainers.")
set(CPACK_DEBIAN_SHOAL-LIBTORCH-DEV_PACKAGE_DEPENDS "shoal-libtorch ${libtorch_is}")
set(CPACK_DEBIAN_SHOAL-LIBTORCH-DEV_PACKAGE_SECTION non-free/libdevel)

include(CPack)
