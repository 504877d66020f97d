import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.Part;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardWrapper;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.http.Rfc6265CookieProcessor;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/** Tomcat's own request, as a servlet gets it, over bytes instead of a connection. */
final class Tomcat {
  private static final int MANY = 1 << 26;
  private static final StandardContext context = new StandardContext();
  private static final StandardWrapper wrapper = new StandardWrapper();
  private static final Connector connector = new Connector();

  static {
    context.setCookieProcessor(new Rfc6265CookieProcessor());
    wrapper.setMultipartConfigElement(new MultipartConfigElement(System.getProperty("java.io.tmpdir"), MANY, MANY, MANY));
    connector.setParseBodyMethods("POST");
    connector.setMaxPostSize(MANY);
    connector.setMaxPartCount(MANY);
    connector.setMaxParameterCount(MANY);
  }

  static Request request(Question question) {
    org.apache.coyote.Request below = new org.apache.coyote.Request();
    below.setResponse(new org.apache.coyote.Response());
    below.setMethod("POST");
    for (List<String> header : question.headers()) {
      byte[] value = Question.latin1(header.get(1));
      below.getMimeHeaders().addValue(header.get(0)).setBytes(value, 0, value.length);
    }
    below.setContentLength(question.body().length);
    below.setInputBuffer(new Bytes(question.body()));
    Request request = new Request(connector, below);
    request.getMappingData().context = context;
    request.getMappingData().wrapper = wrapper;
    // As Spring Boot sets it, and most applications do: without it parameters are Latin-1.
    if (request.getCharacterEncoding() == null) setUtf8(request);
    return request;
  }

  private static void setUtf8(Request request) {
    try {
      request.setCharacterEncoding("UTF-8");
    } catch (java.io.UnsupportedEncodingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static Handed read(Question question) throws Exception {
    Request request = request(question);
    Handed handed = new Handed();
    if (question.subject().equals("cookie")) {
      Cookie[] cookies = request.getCookies();
      if (cookies == null) return handed;
      for (Cookie cookie : cookies) handed.name(cookie.getName()).value(cookie.getValue());
      return handed;
    }
    if (question.subject().equals("multipart")) {
      Collection<Part> parts = request.getParts();
      for (Part part : parts) {
        if (part.getSubmittedFileName() == null) continue;
        handed.name(part.getName()).value(part.getSubmittedFileName()).content(part.getInputStream().readAllBytes());
      }
    }
    addParameters(request, handed);
    return handed;
  }

  static void addParameters(Request request, Handed handed) {
    request.getParameterMap().forEach((name, values) -> {
      for (String value : values) handed.name(name).value(value);
    });
  }

  private record Bytes(ByteBuffer left) implements InputBuffer {
    Bytes(byte[] body) {
      this(ByteBuffer.wrap(body));
    }

    @Override
    public int doRead(ApplicationBufferHandler handler) {
      int length = left.remaining();
      if (length == 0) return -1;
      handler.setByteBuffer(left.slice());
      left.position(left.limit());
      return length;
    }

    @Override
    public int available() {
      return left.remaining();
    }
  }
}
