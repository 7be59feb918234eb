#pragma once

#include <string>
#include <string_view>

namespace hiveframe::connectors::kafka {

/// Throws Retryable or Fatal for an error code of librdkafka: Fatal where a person has to change something
/// (credentials, certificates, rights) or this client has lost its place to another. `answer` is what came
/// with it, in librdkafka's words; empty: the code's own text.
[[noreturn]] void throw_error(int code, std::string_view answer, std::string tried, std::string against);

/// The line that such an error has.
std::string describe_error(int code, std::string_view answer, std::string tried, std::string against);

/// Whether throw_error() would throw Fatal.
bool is_fatal(int code, std::string_view answer) noexcept;

/// librdkafka's messages without what only its developers want: thread names, instance names, counts.
std::string plain_answer(int code, std::string_view answer);

}  // namespace hiveframe::connectors::kafka
