import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads topics from their beginning to where they end now, or on until there were so many records. Joins no group. */
final class Consumption {
    private final JsonNode question;
    private final AtomicBoolean stopped;
    private final Properties settings = new Properties();

    Consumption(Properties connection, JsonNode question, AtomicBoolean stopped) {
        this.question = question;
        this.stopped = stopped;
        settings.putAll(connection);
        settings.put("auto.offset.reset", "none");
        settings.put("enable.auto.commit", "false");
        settings.put("max.poll.records", "5000");
        settings.put("isolation.level", question.get("committed").asBoolean() ? "read_committed" : "read_uncommitted");
    }

    private interface Reader {
        void read(ConsumerRecord<byte[], byte[]> record) throws Exception;
    }

    Object answer() throws Exception {
        if (question.hasNonNull("file")) {
            try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(Path.of(question.get("file").asText())))) {
                return consume(record -> {
                    file.write(record.value() == null ? "null".getBytes() : record.value());
                    file.write('\n');
                });
            }
        }
        if (question.get("count_ids").asBoolean()) {
            IdCount ids = new IdCount();
            consume(ids::read);
            return ids.answer();
        }
        List<Object> records = new ArrayList<>();
        consume(record -> records.add(shown(record)));
        return records;
    }

    private long consume(Reader reader) throws Exception {
        long wanted = question.get("at_least").asLong();
        long deadline = System.currentTimeMillis() + question.get("seconds").asLong() * 1000;
        long read = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (JsonNode topic : question.get("topics")) {
                for (PartitionInfo each : consumer.partitionsFor(topic.asText())) {
                    partitions.add(new TopicPartition(each.topic(), each.partition()));
                }
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            // Of a consumer of committed records: up to the first transaction that is still open.
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (!stopped.get()) {
                boolean atEnd = true;
                for (TopicPartition each : partitions) {
                    atEnd = atEnd && consumer.position(each) >= ends.get(each);
                }
                if (atEnd && read >= wanted) {
                    break;
                }
                if (System.currentTimeMillis() > deadline) {
                    throw new IllegalStateException("only " + read + " records came in time");
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    reader.read(record);
                    read++;
                }
            }
        }
        return read;
    }

    private static String base64(byte[] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }

    private static Object shown(ConsumerRecord<byte[], byte[]> record) {
        List<Object> headers = new ArrayList<>();
        for (Header each : record.headers()) {
            List<String> pair = new ArrayList<>();
            pair.add(each.key());
            pair.add(base64(each.value()));
            headers.add(pair);
        }
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("topic", record.topic());
        found.put("partition", record.partition());
        found.put("offset", record.offset());
        found.put("timestamp", record.timestamp());
        found.put("key", base64(record.key()));
        found.put("value", base64(record.value()));
        found.put("headers", headers);
        return found;
    }
}
