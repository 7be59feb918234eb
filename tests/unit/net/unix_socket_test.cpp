#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/error.hpp"
#include "net/http_server.hpp"
#include "tests/unit/net/raw_client.hpp"
#include "tests/unit/net/running_server.hpp"
#include "tests/unit/net/temporary_folder.hpp"

namespace hiveframe::net {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

ListenerSettings on(const std::string& path) {
  ListenerSettings settings;
  settings.address = UnixAddress{path};
  return settings;
}

bool answers(const std::string& path) {
  RawClient client(path);
  client.send("GET /healthz HTTP/1.1\r\nHost: whatever.example\r\n\r\n");
  return client.receive_answer().ends_with("\r\n\r\nok");
}

std::string refusal(RunningServer& server, const std::string& path) {
  try {
    server.listen(on(path));
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

// A socket that is bound to a file, as a process leaves it that was killed.
void leave_socket(const std::string& path) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(descriptor);
}

TEST(UnixSocketTest, IsForItsOwnerAndGroupAndIsRemovedAtTheEnd) {
  const TemporaryFolder folder;
  const std::string path = folder / "admin.sock";
  const mode_t before = ::umask(0);
  {
    RunningServer server;
    EXPECT_EQ(server.listen(on(path)), 0);
    struct stat made {};
    ASSERT_EQ(::stat(path.c_str(), &made), 0);
    EXPECT_EQ(made.st_mode & 07777, 0660U);
    EXPECT_TRUE(answers(path));
    EXPECT_EQ(server.stop(std::chrono::seconds(1)), 0U);
    EXPECT_NE(::access(path.c_str(), F_OK), 0) << "removed by stop()";
  }
  ::umask(before);
}

TEST(UnixSocketTest, ReplacesOneThatNobodyListensOn) {
  const TemporaryFolder folder;
  const std::string path = folder / "admin.sock";
  leave_socket(path);
  RunningServer server;
  server.listen(on(path));
  EXPECT_TRUE(answers(path));
}

TEST(UnixSocketTest, LeavesAloneWhatIsInUse) {
  const TemporaryFolder folder;
  const std::string path = folder / "admin.sock";
  RunningServer first;
  first.listen(on(path));
  {
    RunningServer second;
    EXPECT_EQ(refusal(second, path),
              "cannot listen on " + path +
                  ": another process listens on it; stop that one, or choose another path");
  }
  EXPECT_TRUE(answers(path)) << "the second took nothing away";
}

TEST(UnixSocketTest, RemovesOnlyItsOwn) {
  const TemporaryFolder folder;
  const std::string path = folder / "admin.sock";
  std::optional<RunningServer> first(std::in_place);
  first->listen(on(path));
  ASSERT_EQ(::unlink(path.c_str()), 0);
  RunningServer second;
  second.listen(on(path));
  first.reset();
  EXPECT_TRUE(answers(path));
}

TEST(UnixSocketTest, RefusesWhatCannotBeOne) {
  const TemporaryFolder folder;
  RunningServer server;
  const std::string file = folder / "file";
  std::ofstream(file) << "data";
  EXPECT_THAT(refusal(server, file), HasSubstr("there is a file that is no socket; remove it"));
  EXPECT_EQ(::access(file.c_str(), F_OK), 0);
  EXPECT_THAT(refusal(server, folder / "missing/admin.sock"), HasSubstr("check that the folder is there"));
  EXPECT_THAT(refusal(server, folder / std::string(120, 'x')), HasSubstr("has 1 to 107 bytes"));
  EXPECT_THAT(refusal(server, ""), HasSubstr("has 1 to 107 bytes"));
}

TEST(UnixSocketTest, MayRequireATokenToo) {
  const TemporaryFolder folder;
  ListenerSettings settings = on(folder / "admin.sock");
  settings.access.required = Credentials::token;
  settings.access.tokens = {config::Secret("right")};
  RunningServer server;
  server.listen(settings);
  RawClient client(folder / "admin.sock");
  client.send("GET /pipelines/x HTTP/1.1\r\nHost:\r\n\r\n");
  EXPECT_EQ(status_of(client.receive_answer()), 401);
  client.send("GET /pipelines/x HTTP/1.1\r\nHost:\r\nAuthorization: Bearer right\r\n\r\n");
  EXPECT_THAT(client.receive_answer(), EndsWith("\r\n\r\nx|"));
}

}  // namespace
}  // namespace hiveframe::net
