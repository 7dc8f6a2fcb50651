# shoal_sanitizers: what SHOAL_SANITIZE asks for, on every target of this tree (through Shoal::sdk) and at link time.
# A sanitized plugin runs in a sanitized program only; its descriptor says which it is, and the host compares.
set(SHOAL_SANITIZE "" CACHE STRING "Sanitizers to build with: 'address,undefined' (preset asan) or 'thread' (preset tsan)")

add_library(shoal_sanitizers INTERFACE)
if(SHOAL_SANITIZE)
  # vptr compares type_info by address, and the type_info of a hidden class exists once in each library.
  set(flags -fsanitize=${SHOAL_SANITIZE} -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(shoal_sanitizers INTERFACE ${flags})
  target_link_options(shoal_sanitizers INTERFACE ${flags})
endif()
