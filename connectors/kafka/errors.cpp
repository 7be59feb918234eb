#include "connectors/kafka/errors.hpp"

#include <librdkafka/rdkafka.h>

#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

/// Whether TLS was refused for the certificate that a side has or lacks. With TLS 1.3 a broker says so only
/// when the connection is already in use, so that it comes as an error of that.
bool is_about_certificates(std::string_view answer) {
  const auto says = [answer](std::string_view words) { return answer.find(words) != std::string_view::npos; };
  return says("certificate") || says("alert unknown ca") || says("handshake failure");
}

std::string advice(int code, std::string_view answer) {
  const auto says = [answer](std::string_view words) { return answer.find(words) != std::string_view::npos; };
  if (says("certificate verify failed") || says("unable to get local issuer") || says("self-signed"))
    return "set ssl_ca to the certificate of the authority that signed the brokers' certificates";
  if (is_about_certificates(answer))
    return "the brokers want a client certificate that they know: set ssl_cert and ssl_key";
  switch (code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return "check sasl_username and sasl_password, and that sasl_mechanism is what the user was created "
             "with";
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
      return "set sasl_mechanism to one that the brokers have";
    case RD_KAFKA_RESP_ERR__SSL:
      return "check security_protocol, ssl_ca, ssl_cert and ssl_key against the brokers' listener";
    case RD_KAFKA_RESP_ERR__RESOLVE:
      return "check the names in bootstrap_servers, and the ones that the brokers advertise";
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
      return "see that the brokers run and can be reached, and that security_protocol is their listener's";
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      return "create the topic, or correct its name";
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return "partition_field must be below the topic's number of partitions";
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return "give the user the right to read (or write) and to describe the topic";
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      return "give the user the right to read the group";
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return "give the user the right of idempotent writes on the cluster";
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return "give the user the right to write and describe the transactional id";
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      return "another member has this instance_id: each daemon of a group needs its own";
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
      return "another daemon writes with this transactional_id: stop one, or give each its own";
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      return "a topic's name has letters, digits, '.', '_' and '-', at most 249 of them";
    default:
      return {};
  }
}

}  // namespace

bool is_fatal(int code, std::string_view answer) noexcept {
  switch (code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return true;
    // A broker that is stopped in the middle of a handshake is an error of TLS, too.
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      return is_about_certificates(answer);
    default:
      return false;
  }
}

std::string plain_answer(int code, std::string_view answer) {
  if (answer.empty()) return rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code));
  std::string text(answer);
  // "sasl_plaintext://127.0.0.1:9092/bootstrap: SASL authentication error: … (after 5ms in state AUTH_REQ, 3
  // identical error(s) suppressed)"
  if (const std::size_t after = text.find(" (after "); after != std::string::npos) text.resize(after);
  if (const std::size_t tail = text.find("/bootstrap: "); tail != std::string::npos) text.erase(tail, 10);
  return text;
}

std::string describe_error(int code, std::string_view answer, std::string tried, std::string against) {
  return pipeline::describe(
      {std::move(tried), std::move(against), plain_answer(code, answer), advice(code, answer)});
}

void throw_error(int code, std::string_view answer, std::string tried, std::string against) {
  pipeline::ErrorText text{std::move(tried), std::move(against), plain_answer(code, answer),
                           advice(code, answer)};
  if (is_fatal(code, answer)) throw pipeline::Fatal(std::move(text));
  throw pipeline::Retryable(std::move(text));
}

}  // namespace hiveframe::connectors::kafka
