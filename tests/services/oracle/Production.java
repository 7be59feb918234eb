import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts records into a topic, idempotently and with acks=all unless "config" says otherwise, and tells which were acknowledged. */
final class Production {
    private final JsonNode question;
    private final AtomicBoolean stopped;
    private final String topic;
    private final Properties settings = new Properties();
    private final boolean transactional;

    Production(Properties connection, JsonNode question, AtomicBoolean stopped) {
        this.question = question;
        this.stopped = stopped;
        topic = question.get("topic").asText();
        settings.putAll(connection);
        settings.put("acks", "all");
        settings.put("linger.ms", "2");
        settings.put("request.timeout.ms", "10000");
        transactional = question.has("transactional_id");
        if (transactional) {
            settings.put("transactional.id", question.get("transactional_id").asText());
        }
        settings.putAll(Administration.texts(question.get("config")));
    }

    private KafkaProducer<byte[], byte[]> producer() {
        KafkaProducer<byte[], byte[]> made = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        if (transactional) {
            made.initTransactions();
        }
        return made;
    }

    static byte[] bytes(JsonNode text) {
        return text == null || text.isNull() ? null : Base64.getDecoder().decode(text.asText());
    }

    /** Records as they are given, in one transaction if there is a transactional id; answers where each came to be. */
    Object records() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            if (transactional) {
                producer.beginTransaction();
            }
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (JsonNode each : question.get("records")) {
                List<Header> headers = new ArrayList<>();
                each.get("headers").forEach(pair -> headers.add(new RecordHeader(pair.get(0).asText(), bytes(pair.get(1)))));
                Integer partition = each.hasNonNull("partition") ? each.get("partition").asInt() : null;
                Long timestamp = each.hasNonNull("timestamp") ? each.get("timestamp").asLong() : null;
                sent.add(producer.send(new ProducerRecord<>(topic, partition, timestamp, bytes(each.get("key")), bytes(each.get("value")), headers)));
            }
            producer.flush();
            List<Object> answer = new ArrayList<>();
            for (Future<RecordMetadata> each : sent) {
                answer.add(List.of(each.get().partition(), each.get().offset()));
            }
            if (transactional && question.get("abort").asBoolean()) {
                producer.abortTransaction();
            } else if (transactional) {
                producer.commitTransaction();
            }
            return answer;
        }
    }

    /** {"id":17,"key":"k1","pad":"xxx"}, of so many bytes if it is not longer anyway. */
    private static byte[] value(long id, String key, int bytes) {
        String begin = "{\"id\":" + id + (key == null ? "" : ",\"key\":\"" + key + "\"") + ",\"pad\":\"";
        return (begin + "x".repeat(Math.max(0, bytes - begin.length() - 2)) + "\"}").getBytes(StandardCharsets.US_ASCII);
    }

    /** Ids from "first" on, "count" of them, or until it is stopped. */
    Object range() throws Exception {
        long first = question.get("first").asLong();
        long count = question.get("count").asLong();
        int bytes = question.get("bytes").asInt();
        long keys = question.get("keys").asLong();
        double rate = question.get("rate").asDouble();
        long each = transactional ? question.get("transaction").asLong() : Long.MAX_VALUE;
        long abort = question.get("abort_every").asLong();
        Ids acknowledged = new Ids();
        Ids aborted = new Ids();
        Map<String, Long> errors = new TreeMap<>();
        long begin = System.nanoTime();
        long sent = 0;
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (long transaction = 1; sent < count && !stopped.get(); transaction++) {
                boolean commits = abort == 0 || transaction % abort != 0;
                if (transactional) {
                    producer.beginTransaction();
                }
                for (long end = sent + Math.min(each, count - sent); sent < end && !stopped.get(); sent++) {
                    long id = first + sent;
                    if (rate > 0) {
                        long due = begin + (long) (sent / rate * 1e9);
                        for (long now = System.nanoTime(); now < due && !stopped.get(); now = System.nanoTime()) {
                            Thread.sleep(Math.min(20, (due - now) / 1_000_000 + 1));
                        }
                    }
                    String key = keys == 0 ? null : "k" + id % keys;
                    Integer partition = question.hasNonNull("partition") ? question.get("partition").asInt() : null;
                    byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.US_ASCII);
                    producer.send(new ProducerRecord<>(topic, partition, keyBytes, value(id, key, bytes)), (metadata, error) -> {
                        if (error == null) {
                            (commits ? acknowledged : aborted).add(id);
                        } else {
                            errors.merge(error.getClass().getSimpleName(), 1L, Long::sum);
                        }
                    });
                }
                if (transactional && commits) {
                    producer.commitTransaction();
                } else if (transactional) {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("sent", sent);
        answer.put("acknowledged", acknowledged.ranges());
        answer.put("aborted", aborted.ranges());
        answer.put("errors", errors);
        return answer;
    }
}
