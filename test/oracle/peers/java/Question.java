import java.nio.charset.StandardCharsets;
import java.util.List;

/** A request; header values are byte strings (Latin-1). */
record Question(String subject, List<List<String>> headers, byte[] body) {
  /** The values of a header, in any case. */
  List<String> all(String name) {
    return headers.stream().filter(header -> header.get(0).equalsIgnoreCase(name)).map(header -> header.get(1)).toList();
  }

  /** The first value of a header; empty without one. */
  String header(String name) {
    return all(name).stream().findFirst().orElse("");
  }

  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
