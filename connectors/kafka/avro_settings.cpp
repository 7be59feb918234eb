#include "connectors/kafka/avro_settings.hpp"

namespace hiveframe::connectors::kafka {

std::string subject_of(SubjectStrategy strategy, const std::string& topic, const GivenSchema& schema) {
  switch (strategy) {
    case SubjectStrategy::record_name:
      return schema.schema->root().name;
    case SubjectStrategy::topic_record_name:
      return topic + "-" + schema.schema->root().name;
    case SubjectStrategy::topic_name:
      break;
  }
  return topic + "-value";
}

std::string key_subject_of(const std::string& topic) { return topic + "-key"; }

}  // namespace hiveframe::connectors::kafka
