# Warnings, sanitizers and assertions for every target of the project.
add_compile_options(-Wall -Wextra -Wpedantic)
if(HIVEFRAME_WERROR)
  add_compile_options(-Werror)
endif()
# simdjson, Asio and the standard library use plain NDEBUG-governed assertions; ours follow them.
if(HIVEFRAME_ASSERTIONS)
  string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
if(HIVEFRAME_SANITIZE)
  add_compile_options(-fsanitize=${HIVEFRAME_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HIVEFRAME_SANITIZE})
endif()
