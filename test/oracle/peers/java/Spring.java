import jakarta.servlet.http.Part;
import org.apache.catalina.connector.Request;
import org.springframework.http.ContentDisposition;

/** Spring MVC over Tomcat: what is a file, and its name, is decided by Spring's own parser of Content-Disposition. */
final class Spring {
  static Handed read(Question question) throws Exception {
    Request request = Tomcat.request(question);
    Handed handed = new Handed();
    for (Part part : request.getParts()) {
      String header = part.getHeader("Content-Disposition");
      String file = header == null ? null : ContentDisposition.parse(header).getFilename();
      if (file != null) handed.name(part.getName()).value(file).content(part.getInputStream().readAllBytes());
    }
    Tomcat.addParameters(request, handed);
    return handed;
  }
}
