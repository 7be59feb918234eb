# Every outside library, found once. Targets name them; nothing else searches.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(RapidJSON REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
# Its CMake package asks for the libraries of what we do not use.
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)

# librdkafka: the system's where it will do, else one that is built once for all presets; the script says why.
pkg_check_modules(RDKAFKA QUIET IMPORTED_TARGET GLOBAL rdkafka>=2.6.1 rdkafka<2.10)
add_library(hiveframe_rdkafka INTERFACE)
if(RDKAFKA_FOUND)
  target_link_libraries(hiveframe_rdkafka INTERFACE PkgConfig::RDKAFKA)
else()
  message(STATUS "The system's librdkafka is missing, or of a version that will not do: deploy/build-librdkafka makes one")
  execute_process(
    COMMAND ${CMAKE_SOURCE_DIR}/deploy/build-librdkafka ${CMAKE_SOURCE_DIR}/build/librdkafka
    OUTPUT_VARIABLE rdkafka_folder OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  # Where it was at the last configuration is not where it has to be.
  unset(RdKafka_DIR CACHE)
  find_package(RdKafka 2.6.1 CONFIG REQUIRED PATHS ${rdkafka_folder} NO_DEFAULT_PATH)
  target_link_libraries(hiveframe_rdkafka INTERFACE RdKafka::rdkafka)
endif()

# RapidJSON's package sets variables only.
add_library(hiveframe_rapidjson INTERFACE)
target_include_directories(hiveframe_rapidjson SYSTEM INTERFACE ${RAPIDJSON_INCLUDE_DIRS})
target_compile_definitions(hiveframe_rapidjson INTERFACE RAPIDJSON_HAS_STDSTRING=1)

# Asio is header-only; one place says so and which features are meant.
add_library(hiveframe_asio INTERFACE)
target_link_libraries(hiveframe_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(hiveframe_asio INTERFACE BOOST_ASIO_NO_DEPRECATED)

if(HIVEFRAME_TESTS)
  find_package(GTest REQUIRED)
endif()
