#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/admin/callback_result.hpp"
#include "daemon/admin/described.hpp"
#include "daemon/admin/endpoints.hpp"
#include "net/problem.hpp"

// GCC 12 takes Asio's memory of coroutines for a mismatch (GCC bug 109224).
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace hiveframe::daemon {
namespace {

constexpr std::uint64_t default_limit = 100;
constexpr std::uint64_t most_letters = 1000;
// What every reader of JSON takes as it is.
constexpr std::uint64_t most_offset = (1ULL << 53U) - 1;

struct MovedLetters {
  std::string pipeline;
  LettersMoved moved;
};
const Described<MovedLetters>& described(const MovedLetters*) {
  using M = MovedLetters;
  static const Described<M> described(
      "MovedLetters", shown<M>("pipeline", &M::pipeline),
      shown<M>(
          "letters", [](const M& m) { return m.moved.letters; }, "That are dead letters no more"),
      shown<M>(
          "bad_again", [](const M& m) { return m.moved.bad_again; },
          "Records of these that were bad again, and have become dead letters anew"),
      shown<M>(
          "cut", [](const M& m) { return m.moved.cut; },
          "That were chosen, and stay: they hold only the heads of records that were too long"));
  return described;
}

std::optional<std::string> original_of(const Letter& letter, bool as_text) {
  return letter.is_text == as_text ? std::optional(letter.original) : std::nullopt;
}

}  // namespace

// Beside their types, where lookup finds them.
const Described<Letter>& described(const Letter*) {
  using L = Letter;
  static const Described<L> described(
      "Letter", shown<L>("id", &L::id, "The same for the same record that is bad in the same stage"),
      shown<L>("time", &L::time, "When it was found bad"), shown<L>("stage", &L::stage, "Where"),
      shown<L>("error", &L::error, "Of which type"), shown<L>("message", &L::message),
      shown<L>("source", &L::source, "Where the record stood"),
      shown<L>("attempts", &L::attempts, "How often it was tried"),
      shown<L>("length", &L::length, "Bytes of the record"),
      shown<L>("replayable", &L::whole, "The letter holds all of the record"),
      shown<L>(
          "original", [](const L& l) { return original_of(l, true); },
          "The record as it came, or its head where it is long"),
      shown<L>(
          "original_base64", [](const L& l) { return original_of(l, false); },
          "The same, where it is no UTF-8"));
  return described;
}

const Described<LetterPage>& described(const LetterPage*) {
  using P = LetterPage;
  static const Described<P> described(
      "LetterPage", shown<P>("letters", &P::letters, "The oldest first"),
      shown<P>("next", &P::next, "'after' of the next page; there is none on the last one"),
      shown<P>("total", &P::total, "All in the file, chosen or not; on the first page"));
  return described;
}

namespace {

Shape word_shape() {
  Shape shape = text_shape();
  shape.pattern = "^[ -~]+$";
  return shape;
}

std::vector<QueryParameter> selection_parameters() {
  return {{"id", word_shape(), "Only those of this id"},
          {"stage", word_shape(),
           "Only those found bad in this stage, as \"decode\" or \"transforms[0] filter\""},
          {"error", word_shape(), "Only those with an error of this type, as \"syntax\""}};
}

/// Nothing if a parameter is no word.
std::optional<LetterSelection> selection(const net::Request& request) {
  bool words = true;
  const auto given = [&](const char* name) -> std::optional<std::string> {
    const std::string* text = query_text(request, name);
    if (text == nullptr) return std::nullopt;
    const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
    words = words && !text->empty() && std::ranges::all_of(*text, printable);
    return *text;
  };
  LetterSelection chosen{given("id"), given("stage"), given("error")};
  return words ? std::optional(std::move(chosen)) : std::nullopt;
}

net::Response no_words(const net::Request& request) {
  return net::Problem(400, "parameters 'id', 'stage' and 'error' are texts of printable ASCII, and not empty")
      .to_response(request);
}

net::Task<net::Response> show_letters(Manager& manager, const net::Request& request) {
  const std::string name = request.parameters.at("name");
  LettersWanted wanted;
  const std::optional<LetterSelection> chosen = selection(request);
  if (!chosen) co_return no_words(request);
  wanted.chosen = *chosen;
  wanted.after = query_count(request, "after", 0);
  wanted.limit = query_count(request, "limit", default_limit);
  std::function<void(LettersShownDone)> begin = [&manager, &name, &wanted](LettersShownDone done) {
    manager.letters(name, wanted, std::move(done));
  };
  net::Task<LettersShown> showing = callback_result<LettersShown>(std::move(begin));
  const LettersShown shown = co_await std::move(showing);
  if (shown.answer.outcome != CommandAnswer::Outcome::done)
    co_return not_done(shown.answer, request, manager);
  co_return net::Response::json(described(&shown.page).to_json(shown.page));
}

using Move = void (Manager::*)(std::string_view, LetterSelection, LettersMovedDone);

net::Task<net::Response> move_letters(Manager& manager, Move move, const net::Request& request) {
  const std::string name = request.parameters.at("name");
  const std::optional<LetterSelection> chosen = selection(request);
  if (!chosen) co_return no_words(request);
  std::function<void(LettersMovedDone)> begin = [&manager, &name, &chosen, move](LettersMovedDone done) {
    (manager.*move)(name, *chosen, std::move(done));
  };
  net::Task<LettersMoved> moving = callback_result<LettersMoved>(std::move(begin));
  LettersMoved moved = co_await std::move(moving);
  if (moved.answer.outcome != CommandAnswer::Outcome::done)
    co_return not_done(moved.answer, request, manager);
  const MovedLetters result{name, std::move(moved)};
  co_return net::Response::json(described(&result).to_json(result));
}

net::Task<net::Response> discard_letters(Manager& manager, const net::Request& request) {
  const std::string* all = query_text(request, "all");
  const std::optional<LetterSelection> chosen = selection(request);
  if (!chosen) co_return no_words(request);
  const bool says_which = chosen->id || chosen->stage || chosen->error;
  if (says_which == (all != nullptr && *all == "true"))
    co_return net::Problem(
        409, "say which letters are to be discarded: by 'id', 'stage' or 'error', or all=true instead")
        .to_response(request);
  net::Task<net::Response> discarding = move_letters(manager, &Manager::discard_letters, request);
  co_return co_await std::move(discarding);
}

using Later = std::function<net::Task<net::Response>(const net::Request&)>;

Answer moved_answer(std::string help) {
  return {200, std::move(help), "application/json",
          described(static_cast<const MovedLetters*>(nullptr)).shape()};
}

}  // namespace

void add_letter_endpoints(Endpoints& endpoints, Manager& manager) {
  std::vector<QueryParameter> to_show = selection_parameters();
  to_show.push_back({"limit", count_shape(1, most_letters), "At most so many; 100 unless given"});
  to_show.push_back({"after", count_shape(0, most_offset), "'next' of the page before"});
  endpoints.add(
      {.path = "/pipelines/{name}/dead-letters",
       .id = "listDeadLetters",
       .group = "dead letters",
       .summary = "Records that were bad, and why",
       .help = "Of pipelines whose dead letters are appended to one NDJSON file (409 otherwise). "
               "Long records are cut to 4 KiB here, and whole in that file.",
       .path_parameters = pipeline_name_shape(),
       .query = std::move(to_show),
       .answers = {{200, "The letters", "application/json",
                    described(static_cast<const LetterPage*>(nullptr)).shape()}},
       .problems = {404, 409, 503},
       .handler = Later([&manager](const net::Request& request) { return show_letters(manager, request); })});
  endpoints.add(
      {.method = net::Method::post,
       .path = "/pipelines/{name}/dead-letters/replay",
       .id = "replayDeadLetters",
       .group = "dead letters",
       .summary = "Has bad records pass the pipeline again",
       .help = "All, or those chosen. Finishes what was read, runs the pipeline on the letters' records, and "
               "goes on; answers when that is done. A letter goes when its record is durable in every sink; "
               "what is bad again becomes a letter again. Interrupted, records may be written twice, and no "
               "letter is lost.",
       .path_parameters = pipeline_name_shape(),
       .query = selection_parameters(),
       .answers = {moved_answer("They were replayed")},
       .problems = {404, 409, 503},
       .handler = Later([&manager](const net::Request& request) {
         return move_letters(manager, &Manager::replay_letters, request);
       })});
  std::vector<QueryParameter> to_discard = selection_parameters();
  to_discard.push_back({"all", flag_shape(), "All of them; instead of a choice"});
  endpoints.add({.method = net::Method::post,
                 .path = "/pipelines/{name}/dead-letters/discard",
                 .id = "discardDeadLetters",
                 .group = "dead letters",
                 .summary = "Removes bad records for good",
                 .help = "Those chosen, or all with all=true (409 with neither, or both). Finishes what was "
                         "read first, and then goes on.",
                 .path_parameters = pipeline_name_shape(),
                 .query = std::move(to_discard),
                 .answers = {moved_answer("They are gone")},
                 .problems = {404, 409, 503},
                 .handler = Later(
                     [&manager](const net::Request& request) { return discard_letters(manager, request); })});
}

}  // namespace hiveframe::daemon
