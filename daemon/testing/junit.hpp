#pragma once

#include <span>
#include <string>

#include "config/diagnostic.hpp"
#include "daemon/testing/test_result.hpp"

namespace hiveframe::daemon {

/// Results as JUnit's XML, as build servers read it (the schema of Jenkins' xunit plugin, junit-10.xsd): a
/// suite for each file, in the order of the tests. Well-formed XML 1.0 whatever records hold: characters that
/// it has no way to write become U+FFFD. Ends with a newline.
std::string junit_xml(std::span<const TestResult> results);
/// The same of files that are wrong, whose tests were not run: an error for each problem, which build servers
/// count as failed. What is wrong with no file in particular stands in a suite of the program's name.
std::string junit_xml(const config::Diagnostics& problems);

}  // namespace hiveframe::daemon
