import java.time.Duration;
import java.util.Map;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ReactiveHttpInputMessage;
import org.springframework.http.codec.multipart.DefaultPartHttpMessageReader;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.http.codec.multipart.Part;
import reactor.core.publisher.Flux;

/** Spring's own multipart parser, that of WebFlux. */
final class WebFlux {
  private static final DefaultPartHttpMessageReader reader = new DefaultPartHttpMessageReader();
  private static final Duration longest = Duration.ofSeconds(10);

  static {
    reader.setMaxInMemorySize(1 << 26);
  }

  static Handed read(Question question) {
    Handed handed = new Handed();
    Flux<Part> parts = reader.read(ResolvableType.forClass(Part.class), new Message(question), Map.of());
    // What arrived before an error counts: a handler may process parts as they arrive.
    for (Part part : parts.onErrorComplete().collectList().block(longest)) {
      handed.name(part.name());
      if (part instanceof FormFieldPart field) handed.value(field.value());
      else handed.content(contentOf(part));
      if (part instanceof FilePart file) handed.value(file.filename());
    }
    return handed;
  }

  private static byte[] contentOf(Part part) {
    DataBuffer whole = DataBufferUtils.join(part.content()).block(longest);
    if (whole == null) return new byte[0];
    byte[] bytes = new byte[whole.readableByteCount()];
    whole.read(bytes);
    return bytes;
  }

  private record Message(Question question) implements ReactiveHttpInputMessage {
    @Override
    public Flux<DataBuffer> getBody() {
      return Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(question.body()));
    }

    @Override
    public HttpHeaders getHeaders() {
      HttpHeaders headers = new HttpHeaders();
      question.headers().forEach(header -> headers.add(header.get(0), header.get(1)));
      return headers;
    }
  }
}
