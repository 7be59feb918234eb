import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** How often each id was there, and whether those of one key were in order. */
final class IdCount {
    private static final JsonFactory JSON = new JsonFactory();

    private final BitSet seen = new BitSet();
    private final Map<String, Long> newest = new HashMap<>();
    private final Map<String, Integer> placed = new HashMap<>();
    private final Map<Integer, Long> partitions = new TreeMap<>();
    private long records;
    private long withoutId;
    private long repeated;
    private long outOfOrder;
    private long misplaced;

    /** Of an object that has one among its fields. */
    private static Long id(byte[] value) throws IOException {
        if (value == null) {
            return null;
        }
        try (JsonParser parser = JSON.createParser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = parser.currentName().equals("id");
                JsonToken token = parser.nextToken();
                if (found) {
                    return token == JsonToken.VALUE_NUMBER_INT ? parser.getLongValue() : null;
                }
                parser.skipChildren();
            }
            return null;
        } catch (com.fasterxml.jackson.core.JsonProcessingException notJson) {
            return null;
        }
    }

    void read(ConsumerRecord<byte[], byte[]> record) throws IOException {
        records++;
        partitions.merge(record.partition(), 1L, Long::sum);
        Long id = id(record.value());
        if (id == null || id < 0 || id > Integer.MAX_VALUE) {
            withoutId++;
            return;
        }
        String key = record.topic() + "/" + (record.key() == null ? record.partition() : "key " + new String(record.key()));
        Integer before = record.key() == null ? null : placed.putIfAbsent(key, record.partition());
        if (before != null && before != record.partition()) {
            misplaced++;
        }
        if (seen.get(id.intValue())) {
            repeated++;
            return;
        }
        seen.set(id.intValue());
        Long last = newest.put(key, id);
        if (last != null && last > id) {
            outOfOrder++;
        }
    }

    Object answer() {
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("records", records);
        found.put("ids", Ids.ranges(seen));
        found.put("without_id", withoutId);
        found.put("repeated", repeated);
        found.put("out_of_order", outOfOrder);
        found.put("misplaced", misplaced);
        found.put("partitions", partitions);
        return found;
    }
}
