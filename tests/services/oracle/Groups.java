import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupListing;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Consumer groups and transactions, as the brokers know them. */
final class Groups {
    private final Admin admin;

    Groups(Admin admin) {
        this.admin = admin;
    }

    Object answer(JsonNode question) throws Exception {
        String what = question.get("do").asText();
        switch (what) {
            case "groups":
                return admin.listConsumerGroups().all().get().stream().map(ConsumerGroupListing::groupId).sorted().toList();
            case "group":
                return group(question.get("group").asText());
            case "committed":
                return committed(question.get("group").asText());
            case "commit":
                return commit(question);
            case "transactions":
                return transactions();
            default:
                throw new IllegalArgumentException("nobody knows how to do " + what);
        }
    }

    private static Map<String, List<Integer>> byTopic(Iterable<TopicPartition> partitions) {
        Map<String, List<Integer>> found = new TreeMap<>();
        for (TopicPartition each : partitions) {
            found.computeIfAbsent(each.topic(), topic -> new ArrayList<>()).add(each.partition());
        }
        found.values().forEach(each -> each.sort(null));
        return found;
    }

    private Object group(String name) throws Exception {
        ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(name)).all().get().get(name);
        List<Object> members = new ArrayList<>();
        for (MemberDescription each : group.members()) {
            Map<String, Object> member = new LinkedHashMap<>();
            member.put("member", each.consumerId());
            member.put("instance", each.groupInstanceId().orElse(null));
            member.put("client", each.clientId());
            member.put("partitions", byTopic(each.assignment().topicPartitions()));
            members.add(member);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("state", group.state().toString());
        answer.put("assignor", group.partitionAssignor());
        answer.put("coordinator", group.coordinator().id());
        answer.put("members", members);
        return answer;
    }

    private Object committed(String group) throws Exception {
        Map<String, Map<Integer, Long>> answer = new TreeMap<>();
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().forEach((partition, offset) -> {
            if (offset != null) {
                answer.computeIfAbsent(partition.topic(), topic -> new TreeMap<>()).put(partition.partition(), offset.offset());
            }
        });
        return answer;
    }

    private Object commit(JsonNode question) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        question.get("offsets").fields().forEachRemaining(each -> offsets.put(
                new TopicPartition(question.get("topic").asText(), Integer.parseInt(each.getKey())),
                new OffsetAndMetadata(each.getValue().asLong())));
        admin.alterConsumerGroupOffsets(question.get("group").asText(), offsets).all().get();
        return true;
    }

    private Object transactions() throws Exception {
        Map<String, String> answer = new TreeMap<>();
        for (TransactionListing each : admin.listTransactions().all().get()) {
            answer.put(each.transactionalId(), each.state().toString());
        }
        return answer;
    }
}
