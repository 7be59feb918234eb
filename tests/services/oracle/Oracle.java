import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What Kafka's own client does and sees, for tests: one JSON object a line on standard input is a question,
 * {"number": 7, "do": "produce", ...}; one a line on standard output its answer, {"number": 7, "answer": ...} or
 * {"number": 7, "error": "TopicExistsException", "message": ...}. Questions are worked on side by side, so answers
 * come in any order; "stop" ends a long one early, which then answers what it has done. tests/services/oracle.py
 * says what can be asked.
 *
 * <p>java Oracle BOOTSTRAP_SERVERS [NAME=VALUE of the client's configuration]...
 */
final class Oracle {
    static final ObjectMapper JSON = new ObjectMapper();

    private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    private final Map<Long, AtomicBoolean> underWay = new ConcurrentHashMap<>();
    private final Properties connection;
    private final Administration administration;

    private Oracle(Properties connection) {
        this.connection = connection;
        this.administration = new Administration(connection);
    }

    private Object answer(JsonNode question, AtomicBoolean stopped) throws Exception {
        switch (question.get("do").asText()) {
            case "produce":
                return new Production(connection, question, stopped).range();
            case "produce_records":
                return new Production(connection, question, stopped).records();
            case "consume":
                return new Consumption(connection, question, stopped).answer();
            case "stop":
                AtomicBoolean other = underWay.get(question.get("which").asLong());
                if (other != null) {
                    other.set(true);
                }
                return other != null;
            default:
                return administration.answer(question);
        }
    }

    private void work(JsonNode question) {
        long number = question.get("number").asLong();
        ObjectNode reply = JSON.createObjectNode().put("number", number);
        try {
            reply.set("answer", JSON.valueToTree(answer(question, underWay.get(number))));
        } catch (Exception thrown) {
            Throwable cause = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
            reply.put("error", cause.getClass().getSimpleName()).put("message", String.valueOf(cause.getMessage()));
            cause.printStackTrace();
        }
        underWay.remove(number);
        synchronized (out) {
            out.println(reply);
            out.flush();
        }
    }

    private void serve() throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode question = JSON.readTree(line);
            underWay.put(question.get("number").asLong(), new AtomicBoolean());
            Thread worker = new Thread(() -> work(question));
            worker.setDaemon(true);
            worker.start();
        }
    }

    public static void main(String[] arguments) throws Exception {
        Properties connection = new Properties();
        connection.put("bootstrap.servers", arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            String[] pair = arguments[i].split("=", 2);
            connection.put(pair[0], pair[1]);
        }
        new Oracle(connection).serve();
        System.exit(0);
    }
}
