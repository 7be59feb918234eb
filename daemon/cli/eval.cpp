#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "config/reader.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/show_diagnostics.hpp"
#include "daemon/os/process.hpp"
#include "pipeline/codec/csv/format.hpp"
#include "pipeline/codec/record_reader.hpp"
#include "pipeline/expr/environment.hpp"
#include "pipeline/expr/option_types.hpp"

namespace hiveframe::daemon {
namespace {

struct Arguments {
  std::string expression;
  std::string file;
  std::optional<std::string> record;
};

// What a stream gives as it comes: `tail -f | hiveframed eval` answers each line at once.
class StreamBytes final : public codec::ByteStream {
 public:
  explicit StreamBytes(std::istream& in) : in_(in) {}

  std::size_t read(std::span<char> room) override {
    std::streambuf* buffer = in_.rdbuf();
    if (buffer->sgetc() == std::char_traits<char>::eof()) return 0;
    const std::streamsize there = std::max<std::streamsize>(buffer->in_avail(), 1);
    const auto wanted = static_cast<std::streamsize>(room.size());
    return static_cast<std::size_t>(buffer->sgetn(room.data(), std::min(there, wanted)));
  }

 private:
  std::istream& in_;
};

// Evaluates one expression for many records and writes a line for each.
class Evaluation {
 public:
  Evaluation(const expr::Program& program, const codec::Format& format, std::ostream& out)
      : program_(program),
        format_(format),
        decoder_(format.decoder()),
        encoder_(codec::find_format("ndjson")->encoder()),
        env_(expr::environment_of(environment_variables(), environment_text_)),
        out_(out) {}

  // A record with its original bytes, behind which stands the padding that decoders want.
  void evaluate(record::Storage& storage, record::Record& record) {
    scratch_.reset();
    record::Draft draft(storage, record, scratch_);
    record::DataError error;
    decoder_->decode(draft, error) ? answer(draft) : fail(error.message);
  }

  // Once, where there is no record.
  void evaluate_alone() {
    record::Storage storage;
    storage.read_at = std::chrono::system_clock::now();
    record::Record record;
    record.tree = true;
    record::Draft draft(storage, record, scratch_);
    answer(draft);
  }

  void evaluate_text(const std::string& text) {
    record::Storage storage;
    storage.read_at = std::chrono::system_clock::now();
    storage.format = format_.wire;
    record::Buffer& buffer = storage.add(record::Buffer(text.size()));
    std::copy(text.begin(), text.end(), buffer.data());
    record::Record record;
    record.original = {buffer.data(), text.size()};
    evaluate(storage, record);
  }

  // Until the end, or until nobody reads the answers any more.
  void evaluate_all(std::istream& in) {
    StreamBytes bytes(in);
    codec::RecordReader reader(format_, {});
    for (bool at_end = false; !at_end && out_.good();) {
      codec::RecordReader::Batch batch = reader.read(bytes);
      at_end = batch.at_end;
      batch.storage->read_at = std::chrono::system_clock::now();
      std::size_t refused = 0;
      for (std::size_t i = 0; i <= batch.storage->records.size(); ++i) {
        for (; refused < batch.refused.size() && batch.refused[refused].before <= i; ++refused)
          fail(batch.refused[refused].error.message);
        if (i < batch.storage->records.size()) evaluate(*batch.storage, batch.storage->records[i]);
      }
      out_.flush();
    }
  }

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  void answer(record::Draft& draft) {
    const expr::Inputs inputs{.env = &env_, .state = nullptr};
    record::Value value;
    expr::Failure failure;
    if (!program_.evaluate(draft, inputs, value, failure)) return fail(failure.message);
    record::Storage storage;
    record::Record result;
    result.value = value;
    result.tree = true;
    result.changed = true;
    record::Draft result_draft(storage, result, draft.arena());
    record::DataError error;
    std::string_view encoded;
    if (!encoder_->encode(result_draft, draft.arena(), encoded, error)) return fail(error.message);
    out_ << encoded << '\n';
  }

  void fail(const std::string& message) {
    failed_ = true;
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
    json.StartObject();
    json.Key("error");
    json.String(message);
    json.EndObject();
    out_ << buffer.GetString() << '\n';
  }

  const expr::Program& program_;
  const codec::Format& format_;
  std::unique_ptr<codec::Decoder> decoder_;
  std::unique_ptr<codec::Encoder> encoder_;
  record::Arena environment_text_;
  record::Value env_;
  record::Arena scratch_;
  std::ostream& out_;
  bool failed_ = false;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Whether an expression may look at a record. A word in a text literal counts too: then input is read for
// nothing, which does no harm.
bool names_record(std::string_view expression) {
  const auto is_word = [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  for (std::size_t begin = 0; begin < expression.size(); ++begin) {
    if (!is_word(expression[begin])) continue;
    std::size_t end = begin;
    while (end < expression.size() && is_word(expression[end]))
      ++end;
    const std::string_view word = expression.substr(begin, end - begin);
    if (word == "record" || word == "key" || word == "meta") return true;
    begin = end;
  }
  return false;
}

// The command that unpacks a file beginning with these bytes, or nullptr. No text begins so. A FIFO is left
// alone: it cannot go back.
const char* unpacker(std::ifstream& file) {
  if (file.seekg(0, std::ios::end).fail()) {
    file.clear();
    return nullptr;
  }
  file.seekg(0);
  std::array<char, 4> magic{};
  file.read(magic.data(), magic.size());
  file.clear();
  file.seekg(0);
  const std::string_view begins(magic.data(), magic.size());
  if (begins.starts_with("\x1f\x8b")) return "zcat";
  return begins == "\x28\xb5\x2f\xfd" ? "zstdcat" : nullptr;
}

int cannot_read(const std::string& file, int error, Io& io) {
  io.err << "hiveframed eval: cannot read " << file << ": " << std::strerror(error) << '\n';
  return exit_failed;
}

int evaluate(const Arguments& arguments, Invocation& invocation) {
  Io& io = invocation.io;
  config::Diagnostics diagnostics;
  const config::ProcessEnvironment environment;
  config::Reader reader(environment, diagnostics);
  const config::SourceFilePtr text = config::SourceFile::make("EXPRESSION", arguments.expression);
  const auto program = expr::parse_expression(config::LocatedText(text, 0, arguments.expression), reader);
  if (!program) {
    show(diagnostics, io);
    return exit_usage;
  }
  const codec::Format* format = codec::find_format("ndjson");
  if (arguments.record) {
    Evaluation evaluation(*program, *format, io.out);
    evaluation.evaluate_text(*arguments.record);
    return evaluation.failed() ? exit_failed : exit_done;
  }
  if (arguments.file.empty() && !names_record(arguments.expression)) {
    Evaluation evaluation(*program, *format, io.out);
    evaluation.evaluate_alone();
    return evaluation.failed() ? exit_failed : exit_done;
  }
  if (arguments.file.empty() || arguments.file == "-") {
    Evaluation evaluation(*program, *format, io.out);
    evaluation.evaluate_all(io.in);
    return evaluation.failed() ? exit_failed : exit_done;
  }
  if (const codec::Format* by_name = codec::format_of_file(arguments.file)) format = by_name;
  std::optional<codec::Format> rows;  // separated as the name says
  if (format->name == "csv") format = &rows.emplace(codec::csv::input_format({}, arguments.file));
  if (std::filesystem::is_directory(arguments.file)) return cannot_read(arguments.file, EISDIR, io);
  errno = 0;
  std::ifstream file(arguments.file, std::ios::binary);
  if (!file) return cannot_read(arguments.file, errno, io);
  if (const char* const unpack = unpacker(file)) {
    io.err << "hiveframed eval: " << arguments.file << " is packed; unpack it on the way: " << unpack << " "
           << arguments.file << " | hiveframed eval ...\n";
    return exit_failed;
  }
  Evaluation evaluation(*program, *format, io.out);
  evaluation.evaluate_all(file);
  return evaluation.failed() ? exit_failed : exit_done;
}

}  // namespace

void set_expression_apart(std::vector<std::string>& arguments) {
  // Behind `--` only positional arguments can stand: they go to the end.
  std::vector<std::string> options;
  std::vector<std::string> rest;
  bool expression_begins_so = false;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& each = arguments[i];
    if (each == "--") return;
    const bool dash = each.size() > 1 && each[0] == '-' && each != "-h";
    const bool option = each == "-h" || (dash && each[1] == '-' && each.size() > 2 && is_letter(each[2]));
    if (option) {
      options.push_back(each);
      if (each == "--record" && i + 1 < arguments.size()) options.push_back(arguments[++i]);
    } else {
      expression_begins_so = expression_begins_so || (dash && rest.empty());
      rest.push_back(each);
    }
  }
  if (!expression_begins_so) return;
  arguments.resize(1);
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), rest.begin(), rest.end());
}

void add_eval(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "eval",
      "Evaluates an expression for each record of an input and prints one JSON result a line.\n"
      "Where it fails for a record, {\"error\": ...} stands in its place, and the exit status is 1.");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option(
          "EXPRESSION", arguments->expression,
          "In CEL, over record, meta, env and now; 'hiveframed explain functions' lists what there is")
      ->required();
  command->add_option(
      "FILE", arguments->file,
      "The records, in the format of the file's extension, else NDJSON; - or none: standard input. "
      "Without a record in the expression it is evaluated once");
  command->add_option("--record", arguments->record, "One record, as JSON")->type_name("JSON");
  command->footer(R"text(Examples:
  hiveframed eval "record.amount * 1.2" orders.ndjson
  hiveframed eval "record.tags.exists(t, t == 'vip')" --record '{"tags": ["vip"]}'
  tail -f app.ndjson | hiveframed eval "timestamp(record.ts).getHours()"
  hiveframed eval "duration('90m') > duration('1h')")text");
  command->callback([arguments, &invocation] {
    if (arguments->record && !arguments->file.empty())
      throw CLI::ValidationError("--record", "cannot be given together with FILE");
    invocation.action = [arguments, &invocation] { return evaluate(*arguments, invocation); };
  });
}

}  // namespace hiveframe::daemon
