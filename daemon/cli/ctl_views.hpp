#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace hiveframe::daemon {

// What `ctl` shows people of the admin API's answers. The texts are those answers' JSON; one that is not what
// the API describes throws std::runtime_error.

void show_pipelines(std::string_view json, std::ostream& out);
void show_pipeline(std::string_view json, std::ostream& out);
/// "orders is paused"
void show_command_result(std::string_view json, std::ostream& out);
/// Returns whether every pipeline has what its file says.
bool show_reload(std::string_view json, std::ostream& out);
void show_health(std::string_view json, std::ostream& out);
void show_readiness(std::string_view json, std::ostream& out);
/// Some dead letters, and how many there are.
void show_letters(std::string_view json, std::ostream& out);
/// "orders: 12 dead letters replayed; 2 of their records were bad again"
void show_replayed(std::string_view json, std::ostream& out);
void show_discarded(std::string_view json, std::ostream& out);
void show_log_levels(std::string_view json, std::ostream& out);

/// What an error (RFC 9457) says of its occurrence; empty if it is none.
std::string problem_detail(std::string_view json);
/// A list of texts that an error (RFC 9457) has beside its standard members; empty if it has none.
std::vector<std::string> problem_list(std::string_view json, const char* member);

}  // namespace hiveframe::daemon
