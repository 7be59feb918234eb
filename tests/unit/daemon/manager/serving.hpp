#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "daemon/manager/manager.hpp"
#include "pipeline/blocking_thread.hpp"
#include "tests/unit/pipeline/runtime/exec/fake_sink.hpp"
#include "tests/unit/pipeline/runtime/exec/fake_source.hpp"

namespace hiveframe::daemon::test {

using runtime::test::FakeSink;
using runtime::test::FakeSource;
using runtime::test::SinkScript;
using runtime::test::SourceScript;

/// Calls that hang on threads of their own until they are released.
class Hang {
 public:
  ~Hang() { release(); }
  pipeline::Task<void> pass(pipeline::BlockingThread& thread) {
    if (!hangs) co_return;
    auto wait = [this] {
      std::unique_lock lock(mutex_);
      felt = true;
      changed_.wait(lock, [this] { return released_; });
    };
    co_await thread.run(wait);
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

  std::atomic<bool> hangs{false};  ///< calls that come now
  std::atomic<bool> felt{false};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool released_ = false;
};

/// What one pipeline of a test does, in all its runs; outlives them.
struct Script {
  SourceScript source;
  SinkScript sink;
  Hang writes;                    ///< of the sink, whatever it is told
  Hang opens;                     ///< of the source
  std::atomic<int> fail_runs{0};  ///< so many runs fail at their beginning
  std::atomic<int> runs{0};
};

class ScriptedSource final : public pipeline::Source {
 public:
  explicit ScriptedSource(Script& script) : script_(script), inner_(script.source) { ++script.runs; }
  pipeline::SourceTraits traits() const noexcept override { return inner_.traits(); }
  std::string identity() const override { return inner_.identity(); }
  const codec::Format* format() const noexcept override { return inner_.format(); }
  pipeline::Task<void> open(pipeline::SourceContext context) override {
    co_await script_.opens.pass(thread_);
    if (script_.fail_runs > 0) {
      --script_.fail_runs;
      throw pipeline::Fatal({"open", "the scripted source", "scripted", ""});
    }
    co_await inner_.open(std::move(context));
  }
  pipeline::Task<pipeline::LaneEvent> next() override { return inner_.next(); }
  pipeline::Task<void> commit(std::vector<pipeline::LanePosition> positions) override {
    return inner_.commit(std::move(positions));
  }
  pipeline::Task<void> close() override { return inner_.close(); }
  void cancel() noexcept override { inner_.cancel(); }

 private:
  Script& script_;
  FakeSource inner_;
  pipeline::BlockingThread thread_;
};

class ScriptedSink final : public pipeline::Sink {
 public:
  explicit ScriptedSink(Script& script) : script_(script), inner_(script.sink) {
    script.sink.cancelled = false;
  }
  pipeline::SinkTraits traits() const override { return inner_.traits(); }
  pipeline::Task<void> open(pipeline::SinkContext context) override {
    return inner_.open(std::move(context));
  }
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override {
    co_await script_.writes.pass(thread_);
    co_return co_await inner_.write(request);
  }
  pipeline::Task<void> flush() override { return inner_.flush(); }
  pipeline::Task<void> complete() override { return inner_.complete(); }
  pipeline::Task<void> close() override { return inner_.close(); }
  void cancel() noexcept override { inner_.cancel(); }

 private:
  Script& script_;
  FakeSink inner_;
  pipeline::BlockingThread thread_;
};

/// A manager over scripted pipelines; the test's thread runs the control executor while it waits.
class ServingTest : public testing::Test {
 public:
  ServingTest() {
    char name[] = "/tmp/hiveframe-manager-XXXXXX";
    folder_ = mkdtemp(name);
    settings_.state_dir = folder_;
    settings_.restart.backoff = {.base_delay = std::chrono::milliseconds(1),
                                 .max_delay = std::chrono::milliseconds(4)};
    daemon_.threads = 2;
    daemon_.memory_limit = 64ULL << 20;
    daemon_.shutdown_timeout = std::chrono::seconds(60);
    daemon_.start_timeout = std::chrono::seconds(60);
  }
  ~ServingTest() override {
    if (manager_) {
      for (auto& [name, script] : scripts_) {
        script->writes.release();
        script->opens.release();
      }
      shut_down();
      wait_until([this] { return !manager_->leaves_something_behind(); });
      manager_.reset();
    }
    std::filesystem::remove_all(folder_);
  }
  ServingTest(const ServingTest&) = delete;
  ServingTest& operator=(const ServingTest&) = delete;

 protected:
  static constexpr std::chrono::seconds patience{60};

  Script& script(const std::string& name) {
    std::unique_ptr<Script>& script = scripts_[name];
    if (!script) script = std::make_unique<Script>();
    return *script;
  }
  /// `said` stands for what its file says. It runs the script of its name, or of another one.
  PipelineConfiguration pipeline(const std::string& name, const std::string& said = "1",
                                 const std::string& script_name = "") {
    Script& runs = script(script_name.empty() ? name : script_name);
    PipelineConfiguration configuration;
    configuration.spec.name = name;
    configuration.spec.source_display = "scripted";
    configuration.spec.source = [&runs] { return std::make_unique<ScriptedSource>(runs); };
    runtime::SinkSpec sink;
    sink.name = "sink";
    sink.display = "scripted sink";
    sink.make = [&runs] { return std::make_unique<ScriptedSink>(runs); };
    configuration.spec.sinks.push_back(std::move(sink));
    configuration.spec.retry.base_delay = std::chrono::milliseconds(1);
    configuration.spec.retry.max_delay = std::chrono::milliseconds(5);
    configuration.fingerprint = config::Secret(said);
    configuration.file = name + ".yaml";
    return configuration;
  }
  /// The script's source waits for more when it has given its records.
  PipelineConfiguration endless(const std::string& name, const std::string& said = "1") {
    // Once: a run of it may be reading.
    if (bool& endless = script(name).source.endless; !endless) endless = true;
    return pipeline(name, said);
  }

  Manager& start(std::vector<PipelineConfiguration> pipelines) {
    manager_ = std::make_unique<Manager>(
        control_.get_executor(), Configuration{daemon_, std::move(pipelines)}, [this] { return load(); },
        settings_);
    manager_->start();
    return *manager_;
  }
  /// What the next reading of the configuration gives.
  void configure(std::vector<PipelineConfiguration> pipelines) {
    const std::lock_guard lock(mutex_);
    next_ = {Configuration{daemon_, std::move(pipelines)}, std::make_shared<config::Diagnostics>()};
  }
  void configure(LoadedConfiguration loaded) {
    const std::lock_guard lock(mutex_);
    next_ = std::move(loaded);
  }

  bool wait_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < deadline)
      control_.run_one_for(std::chrono::milliseconds(1));
    EXPECT_TRUE(condition()) << "it did not happen";
    return condition();
  }
  PipelineView view(const std::string& name) const {
    return manager_->pipeline(name).value_or(PipelineView{});
  }
  bool wait_for(const std::string& name, PipelineState state) {
    const bool came = wait_until([&] { return view(name).state == state; });
    EXPECT_TRUE(came) << name << " is " << to_string(view(name).state) << ": " << view(name).reason;
    return came;
  }
  bool wait_for_records(const std::string& name, std::size_t count) {
    return wait_until([&] { return script(name).sink.received_count >= count; });
  }
  template <typename Command>
  CommandAnswer answer_to(Command&& command) {
    std::optional<CommandAnswer> answer;
    command([&answer](CommandAnswer given) {
      EXPECT_FALSE(answer) << "answered twice";
      answer = std::move(given);
    });
    wait_until([&] { return answer.has_value(); });
    return answer.value_or(CommandAnswer{CommandAnswer::Outcome::failed, "no answer"});
  }
  CommandAnswer pause(const std::string& name) {
    return answer_to([&](auto done) { manager_->pause(name, std::move(done)); });
  }
  CommandAnswer resume(const std::string& name) {
    return answer_to([&](auto done) { manager_->resume(name, std::move(done)); });
  }
  CommandAnswer drain(const std::string& name) {
    return answer_to([&](auto done) { manager_->drain(name, std::move(done)); });
  }
  CommandAnswer restart(const std::string& name, From from = From::position) {
    return answer_to([&](auto done) { manager_->restart(name, from, std::move(done)); });
  }
  std::shared_ptr<const ReloadReport> reload() {
    std::shared_ptr<const ReloadReport> report;
    manager_->reload([&report](std::shared_ptr<const ReloadReport> given) { report = std::move(given); });
    wait_until([&] { return report != nullptr; });
    return report ? report : std::make_shared<const ReloadReport>();
  }
  /// "a unchanged, b replaced"
  static std::string actions(const ReloadReport& report) {
    std::string text;
    for (const ReloadedPipeline& each : report.pipelines)
      text += (text.empty() ? "" : ", ") + each.name + " " + std::string(to_string(each.action));
    return text;
  }
  void shut_down() {
    if (std::exchange(shut_down_, true)) return;
    bool done = false;
    manager_->shut_down([&done] { done = true; });
    wait_until([&] { return done; });
  }

  boost::asio::io_context control_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ =
      boost::asio::make_work_guard(control_);
  std::filesystem::path folder_;
  Manager::Settings settings_;
  DaemonSettings daemon_;
  std::map<std::string, std::unique_ptr<Script>> scripts_;
  std::function<void()> before_loading_;  // on the loading thread
  std::atomic<int> loads_{0};
  std::unique_ptr<Manager> manager_;

 private:
  LoadedConfiguration load() {
    ++loads_;
    if (before_loading_) before_loading_();
    const std::lock_guard lock(mutex_);
    return next_;
  }

  std::mutex mutex_;
  LoadedConfiguration next_;
  bool shut_down_ = false;
};

}  // namespace hiveframe::daemon::test
