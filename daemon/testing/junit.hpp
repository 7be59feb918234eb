#pragma once

#include <span>
#include <string>

#include "daemon/testing/test_result.hpp"

namespace hiveframe::daemon {

/// Results as JUnit's XML, as build servers read it (the schema of Jenkins' xunit plugin, junit-10.xsd): a
/// suite for each file, in the order of the tests. Well-formed XML 1.0 whatever records hold: characters that
/// it has no way to write become U+FFFD. Ends with a newline.
std::string junit_xml(std::span<const TestResult> results);

}  // namespace hiveframe::daemon
