import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Jackson as Spring and most others read JSON with it: from bytes, in the encoding that it finds. */
final class Jackson {
  private static final ObjectMapper mapper = new ObjectMapper();

  static Handed read(Question question) throws Exception {
    Handed handed = new Handed();
    addLeaves(mapper.readTree(question.body()), handed);
    return handed;
  }

  private static void addLeaves(JsonNode node, Handed handed) {
    node.properties().forEach(entry -> {
      handed.namePart(entry.getKey());
      addLeaves(entry.getValue(), handed);
    });
    if (node.isArray()) node.forEach(inner -> addLeaves(inner, handed));
    else if (node.isNumber()) handed.number(node.asText());
    else if (node.isTextual() || node.isBoolean()) handed.value(node.asText());
  }
}
