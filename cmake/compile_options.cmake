# Warnings, sanitizers and assertions for every target of the project.
# Everywhere, so that every target agrees about _REENTRANT and can share precompiled headers.
add_compile_options(-pthread)
add_compile_options(-Wall -Wextra -Wpedantic)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND (CMAKE_BUILD_TYPE STREQUAL "Release" OR HIVEFRAME_SANITIZE))
  # Once everything is inlined, or instrumented, GCC 12 warns of std::string and std::optional where nothing
  # is wrong (GCC bugs 105329, 105562). The dev build keeps them.
  add_compile_options(-Wno-stringop-overflow -Wno-maybe-uninitialized -Wno-array-bounds -Wno-restrict)
endif()
if(HIVEFRAME_WERROR)
  add_compile_options(-Werror)
endif()
# simdjson, Asio and the standard library use plain NDEBUG-governed assertions; ours follow them.
if(HIVEFRAME_ASSERTIONS)
  string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
if(HIVEFRAME_SANITIZE MATCHES "thread")
  # ThreadSanitizer does not know fences, which Asio has beside its locks; GCC says so at each.
  add_compile_options(-Wno-tsan)
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
if(HIVEFRAME_SANITIZE)
  add_compile_options(-fsanitize=${HIVEFRAME_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HIVEFRAME_SANITIZE})
endif()
if(HIVEFRAME_FUZZ)
  # RapidJSON's stack begins with null, to which it adds; it is inlined into whatever speaks JSON.
  add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize=pointer-overflow)
endif()
