import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Parsers of Java's servers and frameworks, called by tests: ../README.md has the protocol. */
public final class Peer {
  private static final ObjectMapper mapper = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
  private static final PrintStream output = System.out;

  public static void main(String[] args) throws IOException {
    Logger.getLogger("").setLevel(Level.OFF);
    List<Parser> parsers =
        List.of(
            new Parser("Tomcat", Parser.versionOf("tomcat-embed-core"), List.of("multipart", "form", "cookie"), Tomcat::read),
            new Parser("Jetty", Parser.versionOf("jetty-http"), List.of("multipart", "form", "cookie"), Jetty::read),
            new Parser("commons-fileupload", Parser.versionOf("commons-fileupload2-core"), List.of("multipart"), Commons::read),
            new Parser("Spring", Parser.versionOf("spring-web"), List.of("multipart"), Spring::read),
            new Parser("WebFlux", Parser.versionOf("spring-web"), List.of("multipart"), WebFlux::read),
            new Parser("Jackson", Parser.versionOf("jackson-databind"), List.of("json"), Jackson::read));
    Map<String, Object> facts = new LinkedHashMap<>();
    for (Parser parser : parsers) {
      facts.put(parser.name(), Map.of("version", parser.version(), "subjects", parser.subjects()));
    }
    say(Map.of("parsers", facts, "missing", Map.of()));
    DataInputStream input = new DataInputStream(new BufferedInputStream(System.in));
    for (Question question = next(input); question != null; question = next(input)) say(answer(parsers, question));
  }

  private static Map<String, Object> answer(List<Parser> parsers, Question question) {
    Map<String, Object> answers = new LinkedHashMap<>();
    for (Parser parser : parsers) {
      if (!parser.subjects().contains(question.subject())) continue;
      try {
        answers.put(parser.name(), parser.reading().read(question).strings);
      } catch (Exception refused) {
        answers.put(parser.name(), List.of());
      }
    }
    return answers;
  }

  private static Question next(DataInputStream input) throws IOException {
    try {
      JsonNode asked = mapper.readTree(input.readNBytes(input.readInt()));
      List<List<String>> headers = mapper.convertValue(asked.get("headers"), mapper.getTypeFactory().constructCollectionType(
          List.class, mapper.getTypeFactory().constructCollectionType(List.class, String.class)));
      return new Question(asked.get("subject").asText(), headers, input.readNBytes(input.readInt()));
    } catch (EOFException end) {
      return null;
    }
  }

  private static void say(Object value) throws IOException {
    output.write((mapper.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
    output.flush();
  }
}
