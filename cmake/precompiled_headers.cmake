# Precompiled headers: what nearly every file includes is parsed once for the whole build.
#
# Three of them, and no folder has to know: each target gets, by what it links, the one for tests
# (GoogleTest), the one for Asio, or the plain one. Sources go on including what they use; clang-tidy
# runs without precompiled headers and says where one does not.
#
# A precompiled header can be shared only by targets that agree about every macro its headers look at;
# those that fmt looks at are therefore set for the whole build, linked or not.
option(HIVEFRAME_PCH "Use precompiled headers" ON)
if(NOT HIVEFRAME_PCH)
  return()
endif()

set(plain_libraries fmt::fmt)
set(plain_headers
    <algorithm> <array> <charconv> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <mutex>
    <optional> <span> <sstream> <string> <string_view> <thread> <unordered_map> <utility> <variant>
    <vector> <fmt/format.h>)
set(asio_libraries fmt::fmt hiveframe_asio)
set(asio_headers
    ${plain_headers} <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
    <boost/asio/io_context.hpp> <boost/asio/post.hpp> <boost/asio/steady_timer.hpp>
    <boost/asio/strand.hpp> <boost/asio/thread_pool.hpp> <boost/asio/use_awaitable.hpp>)
set(test_libraries fmt::fmt GTest::gmock_main)
set(test_headers ${plain_headers} <gmock/gmock.h> <gtest/gtest.h>)

get_target_property(fmt_macros fmt::fmt INTERFACE_COMPILE_DEFINITIONS)
if(fmt_macros)
  add_compile_definitions(${fmt_macros})
endif()

# ccache asks for it, together with the sloppiness that the presets set.
add_compile_options(-fpch-preprocess)

file(CONFIGURE OUTPUT pch/precompiled.cpp CONTENT "// What a precompiled header is made with.\n")
set(kinds plain asio)
if(HIVEFRAME_TESTS)
  list(APPEND kinds test)
endif()
foreach(kind IN LISTS kinds)
  add_library(hiveframe_pch_${kind} OBJECT EXCLUDE_FROM_ALL ${CMAKE_CURRENT_BINARY_DIR}/pch/precompiled.cpp)
  target_link_libraries(hiveframe_pch_${kind} PRIVATE ${${kind}_libraries})
  target_precompile_headers(hiveframe_pch_${kind} PRIVATE ${${kind}_headers})
endforeach()

# Whether a target links a library, itself or through others. Result in ${result}.
function(hiveframe_links target library result)
  set(reached ${target})
  set(ahead ${target})
  while(ahead)
    list(POP_FRONT ahead current)
    foreach(property LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
      get_target_property(linked ${current} ${property})
      foreach(next IN LISTS linked)
        string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" next "${next}")
        if(next STREQUAL library)
          set(${result} TRUE PARENT_SCOPE)
          return()
        endif()
        if(TARGET "${next}" AND NOT next IN_LIST reached)
          list(APPEND reached ${next})
          list(APPEND ahead ${next})
        endif()
      endforeach()
    endforeach()
  endwhile()
  set(${result} FALSE PARENT_SCOPE)
endfunction()

function(hiveframe_reuse_precompiled_headers folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  list(FILTER targets EXCLUDE REGEX "^hiveframe_pch_")
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(NOT type MATCHES "^(STATIC_LIBRARY|OBJECT_LIBRARY|EXECUTABLE)$")
      continue()
    endif()
    set(kind plain)
    hiveframe_links(${target} GTest::gmock_main tests)
    hiveframe_links(${target} hiveframe_asio asio)
    if(tests)
      set(kind test)
    elseif(asio)
      set(kind asio)
    endif()
    target_precompile_headers(${target} REUSE_FROM hiveframe_pch_${kind})
  endforeach()
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(subfolder IN LISTS subfolders)
    hiveframe_reuse_precompiled_headers(${subfolder})
  endforeach()
endfunction()

# When every target is known.
cmake_language(DEFER CALL hiveframe_reuse_precompiled_headers ${CMAKE_CURRENT_SOURCE_DIR})
