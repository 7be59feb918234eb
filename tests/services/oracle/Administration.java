import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.admin.UserScramCredentialsDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Topics, offsets, leaders, access. What it changes is in force at every broker when it answers. */
final class Administration {
    private static final long PATIENCE = 60_000; // milliseconds
    private static final long HEARSAY = 5_000; // milliseconds until each broker knows of a topic

    private final Admin admin;
    private final Groups groups;

    Administration(Properties connection) {
        Properties settings = new Properties();
        settings.putAll(connection);
        settings.put("default.api.timeout.ms", "60000");
        admin = Admin.create(settings);
        groups = new Groups(admin);
    }

    Object answer(JsonNode question) throws Exception {
        switch (question.get("do").asText()) {
            case "brokers":
                return brokers();
            case "controller":
                return admin.describeCluster().controller().get().id();
            case "topics":
                return admin.listTopics().names().get();
            case "create_topic":
                return createTopic(question);
            case "delete_topic":
                return deleteTopic(text(question, "topic"));
            case "add_partitions":
                return addPartitions(text(question, "topic"), question.get("partitions").asInt());
            case "configure":
                return configure(question);
            case "describe":
                return describe(text(question, "topic"));
            case "offsets":
                return offsets(question);
            case "delete_records":
                return deleteRecords(question);
            case "move_leader":
                return moveLeader(text(question, "topic"), question.get("partition").asInt(), question.get("broker").asInt());
            case "add_scram_user":
                return addScramUser(text(question, "user"), text(question, "password"));
            case "allow":
                return allow(question);
            default:
                return groups.answer(question);
        }
    }

    static String text(JsonNode question, String name) {
        return question.get(name).asText();
    }

    /** Tries again while the world has not come to it: what was just made may not be known everywhere yet. */
    static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.currentTimeMillis() + PATIENCE;
        Throwable last = null;
        while (System.currentTimeMillis() < deadline) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (ExecutionException thrown) {
                if (!(thrown.getCause() instanceof RetriableException)) {
                    throw thrown;
                }
                last = thrown.getCause();
            }
            Thread.sleep(20);
        }
        throw new IllegalStateException(what + (last == null ? "" : ": " + last));
    }

    private Object brokers() throws Exception {
        List<Integer> found = new ArrayList<>();
        for (Node each : admin.describeCluster().nodes().get()) {
            found.add(each.id());
        }
        found.sort(null);
        return found;
    }

    /** What one broker knows another may not know yet. */
    private static <T> T retried(Callable<T> question) throws Exception {
        long deadline = System.currentTimeMillis() + HEARSAY;
        while (true) {
            try {
                return question.call();
            } catch (ExecutionException thrown) {
                if (!(thrown.getCause() instanceof UnknownTopicOrPartitionException) || System.currentTimeMillis() > deadline) {
                    throw thrown;
                }
                Thread.sleep(20);
            }
        }
    }

    private TopicDescription description(String topic) throws Exception {
        return retried(() -> admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic));
    }

    private boolean led(String topic, int partitions) throws Exception {
        List<TopicPartitionInfo> found = description(topic).partitions();
        return found.size() == partitions
                && found.stream().allMatch(each -> each.leader() != null && each.isr().size() == each.replicas().size());
    }

    /** A leader that does not know it yet refuses the first batch of a producer and takes the second, which is out of order then. */
    private Object awaitLeaders(String topic, int partitions) throws Exception {
        await("the partitions have no leaders", () -> led(topic, partitions));
        listed(topic, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
        return true;
    }

    private Object createTopic(JsonNode question) throws Exception {
        String name = text(question, "topic");
        int partitions = question.get("partitions").asInt();
        NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.of((short) question.get("replicas").asInt()));
        topic.configs(texts(question.get("config")));
        admin.createTopics(List.of(topic)).all().get();
        return awaitLeaders(name, partitions);
    }

    private Object deleteTopic(String name) throws Exception {
        admin.deleteTopics(List.of(name)).all().get();
        await("the topic is still there", () -> !admin.listTopics().names().get().contains(name));
        return true;
    }

    private Object addPartitions(String name, int partitions) throws Exception {
        admin.createPartitions(Map.of(name, NewPartitions.increaseTo(partitions))).all().get();
        return awaitLeaders(name, partitions);
    }

    private Object configure(JsonNode question) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, text(question, "topic"));
        Collection<AlterConfigOp> changes = new ArrayList<>();
        texts(question.get("config")).forEach((name, value) ->
                changes.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        admin.incrementalAlterConfigs(Map.of(topic, changes)).all().get();
        return true;
    }

    private Object describe(String topic) throws Exception {
        List<Object> answer = new ArrayList<>();
        for (TopicPartitionInfo each : description(topic).partitions()) {
            Map<String, Object> partition = new LinkedHashMap<>();
            partition.put("partition", each.partition());
            partition.put("leader", each.leader() == null ? null : each.leader().id());
            partition.put("replicas", each.replicas().stream().map(Node::id).toList());
            partition.put("in_sync", each.isr().stream().map(Node::id).toList());
            answer.add(partition);
        }
        return answer;
    }

    private Map<TopicPartition, Long> listed(String topic, OffsetSpec which, IsolationLevel isolation) throws Exception {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (TopicPartitionInfo each : description(topic).partitions()) {
            wanted.put(new TopicPartition(topic, each.partition()), which);
        }
        Map<TopicPartition, Long> found = new HashMap<>();
        // It waits for the leader that it began with, though there may be another by now.
        ListOffsetsOptions options = new ListOffsetsOptions(isolation).timeoutMs(2000);
        await("nobody says where the topic ends", () -> {
            Map<TopicPartition, ListOffsetsResultInfo> all = admin.listOffsets(wanted, options).all().get();
            all.forEach((partition, offset) -> found.put(partition, offset.offset()));
            return true;
        });
        return found;
    }

    private Object offsets(JsonNode question) throws Exception {
        String topic = text(question, "topic");
        IsolationLevel isolation = question.get("committed").asBoolean() ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED;
        Map<TopicPartition, Long> ends = listed(topic, OffsetSpec.latest(), isolation);
        Map<Integer, Object> answer = new TreeMap<>();
        listed(topic, OffsetSpec.earliest(), isolation)
                .forEach((partition, begin) -> answer.put(partition.partition(), List.of(begin, ends.get(partition))));
        return answer;
    }

    private Object deleteRecords(JsonNode question) throws Exception {
        TopicPartition partition = new TopicPartition(text(question, "topic"), question.get("partition").asInt());
        return admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(question.get("before").asLong())))
                .lowWatermarks().get(partition).get().lowWatermark();
    }

    private Object moveLeader(String topic, int partition, int broker) throws Exception {
        TopicPartition which = new TopicPartition(topic, partition);
        List<Integer> replicas = new ArrayList<>(List.of(broker));
        description(topic).partitions().get(partition).replicas().stream()
                .map(Node::id).filter(each -> each != broker).forEach(replicas::add);
        Map<TopicPartition, Optional<NewPartitionReassignment>> moved = Map.of(which, Optional.of(new NewPartitionReassignment(replicas)));
        retried(() -> admin.alterPartitionReassignments(moved).all().get());
        await("the replicas do not move", () -> admin.listPartitionReassignments(Set.of(which)).reassignments().get().isEmpty());
        await("the leader does not move", () -> {
            Optional<Throwable> refused = admin.electLeaders(ElectionType.PREFERRED, Set.of(which)).partitions().get().get(which);
            if (refused.isPresent() && !(refused.get() instanceof ElectionNotNeededException)) {
                return false;
            }
            Node leader = description(topic).partitions().get(partition).leader();
            return leader != null && leader.id() == broker;
        });
        return true;
    }

    private Object addScramUser(String user, String password) throws Exception {
        for (ScramMechanism mechanism : List.of(ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512)) {
            ScramCredentialInfo credential = new ScramCredentialInfo(mechanism, 4096);
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user, credential, password))).all().get();
        }
        await("the user is not known", () -> {
            UserScramCredentialsDescription found = admin.describeUserScramCredentials().all().get().get(user);
            return found != null && found.credentialInfos().size() == 2;
        });
        return true;
    }

    private Object allow(JsonNode question) throws Exception {
        ResourcePattern resource = new ResourcePattern(ResourceType.fromString(text(question, "resource").toUpperCase()), text(question, "name"), PatternType.LITERAL);
        AccessControlEntry entry = new AccessControlEntry(
                "User:" + text(question, "user"), "*", AclOperation.fromString(text(question, "operation").toUpperCase()), AclPermissionType.ALLOW);
        AclBinding binding = new AclBinding(resource, entry);
        if (question.get("allowed").asBoolean()) {
            admin.createAcls(List.of(binding)).all().get();
        } else {
            admin.deleteAcls(List.of(binding.toFilter())).all().get();
        }
        await("the rule is not in force", () ->
                admin.describeAcls(binding.toFilter()).values().get().isEmpty() != question.get("allowed").asBoolean());
        return true;
    }

    static Map<String, String> texts(JsonNode node) {
        Map<String, String> found = new HashMap<>();
        node.fields().forEachRemaining(each -> found.put(each.getKey(), each.getValue().asText()));
        return found;
    }
}
