import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.io.ByteArrayInputStream;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.ComplianceViolation;
import org.eclipse.jetty.http.CookieCompliance;
import org.eclipse.jetty.http.CookieParser;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartCompliance;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.UrlEncoded;

/** Jetty's parsers with the settings of its server: RFC 6265 cookies, RFC 7578 forms. */
final class Jetty {
  static Handed read(Question question) throws Exception {
    Handed handed = new Handed();
    switch (question.subject()) {
      case "cookie" -> readCookies(question, handed);
      case "form" -> readForm(question, handed);
      default -> readMultipart(question, handed);
    }
    return handed;
  }

  private static void readCookies(Question question, Handed handed) {
    CookieParser.Handler handler = (name, value, version, domain, path, comment) -> handed.name(name).value(value);
    CookieParser.newParser(handler, CookieCompliance.RFC6265, null).parseFields(question.all("Cookie"));
  }

  private static void readForm(Question question, Handed handed) throws Exception {
    String type = question.header("Content-Type");
    if (!"application/x-www-form-urlencoded".equals(MimeTypes.getContentTypeWithoutCharset(type))) return;
    String named = MimeTypes.getCharsetFromContentType(type);
    Charset charset = named == null ? StandardCharsets.UTF_8 : Charset.forName(named);
    UrlEncoded.decodeTo(
        new ByteArrayInputStream(question.body()), (name, value) -> handed.name(name).value(value), charset, -1, -1);
  }

  private static void readMultipart(Question question, Handed handed) throws Exception {
    String type = question.header("Content-Type");
    if (!type.toLowerCase().startsWith("multipart/form-data")) return;
    MultiPartFormData.Parser parser =
        new MultiPartFormData.Parser(MultiPart.extractBoundary(type), MultiPartCompliance.RFC7578, ComplianceViolation.Listener.NOOP);
    parser.setMaxMemoryFileSize(-1);
    parser.setMaxParts(-1);
    Content.Source body = Content.Source.from(ByteBuffer.wrap(question.body()));
    try (MultiPartFormData.Parts parts = parser.parse(body).get(10, TimeUnit.SECONDS)) {
      Charset charset = parser.getDefaultCharset() == null ? StandardCharsets.UTF_8 : parser.getDefaultCharset();
      for (MultiPart.Part part : parts) {
        handed.name(part.getName());
        if (part.getFileName() == null) handed.value(part.getContentAsString(charset));
        else handed.value(part.getFileName()).content(Content.Source.asInputStream(part.createContentSource()).readAllBytes());
      }
    }
  }
}
