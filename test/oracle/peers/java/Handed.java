import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** What an application gets of one request: pairs of a role and a text. */
final class Handed {
  final List<Object[]> strings = new ArrayList<>();

  Handed name(String text) {
    return add("name", text);
  }

  Handed value(String text) {
    return add("value", text);
  }

  Handed number(String text) {
    return add("number", text);
  }

  Handed namePart(String text) {
    return add("name part", text);
  }

  Handed content(byte[] bytes) {
    strings.add(new Object[] {"content", Map.of("base64", Base64.getEncoder().encodeToString(bytes))});
    return this;
  }

  private Handed add(String role, String text) {
    strings.add(new Object[] {role, text == null ? "" : text});
    return this;
  }
}
