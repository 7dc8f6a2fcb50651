# LibTorch as a part of the install, for packages: what Shoal::libtorch links, what that needs beside it, headers, licences.
# A build for CUDA needs gigabytes more, which lie in other packages of pip: scripts/package refuses it.
set(torch_dir lib/shoal/torch)
set(libraries COMPONENT shoal-libtorch EXCLUDE_FROM_ALL)
set(headers COMPONENT shoal-libtorch-dev EXCLUDE_FROM_ALL)

file(GLOB needed ${SHOAL_TORCH_ROOT}/lib/libtorch.so ${SHOAL_TORCH_ROOT}/lib/libtorch_cpu.so ${SHOAL_TORCH_ROOT}/lib/libc10.so
     ${SHOAL_TORCH_ROOT}/lib/libgomp*.so*)
install(FILES ${needed} DESTINATION ${torch_dir}/lib ${libraries})
install(DIRECTORY ${SHOAL_TORCH_ROOT}/include DESTINATION ${torch_dir} ${headers})

# The version in the form of LibTorch's archives: a wheel has it in a module of Python that stays behind.
file(CONFIGURE OUTPUT build-version CONTENT "@SHOAL_TORCH_VERSION@\n" @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/build-version DESTINATION ${torch_dir} ${headers})

# A wheel has its licences beside the module, an archive in its folder.
set(doc ${CMAKE_INSTALL_DATADIR}/doc)
file(GLOB licences ${SHOAL_TORCH_ROOT}/LICENSE ${SHOAL_TORCH_ROOT}/NOTICE)
install(FILES ${licences} DESTINATION ${doc}/shoal-libtorch/licenses ${libraries})
file(GLOB of_wheel ${SHOAL_TORCH_ROOT}/../torch-*.dist-info/licenses)
if(of_wheel)
  install(DIRECTORY ${of_wheel} DESTINATION ${doc}/shoal-libtorch ${libraries})
endif()
install(FILES ${CMAKE_CURRENT_LIST_DIR}/copyright-libtorch DESTINATION ${doc}/shoal-libtorch RENAME copyright ${libraries})
install(FILES ${CMAKE_CURRENT_LIST_DIR}/copyright-libtorch DESTINATION ${doc}/shoal-libtorch-dev RENAME copyright ${headers})
