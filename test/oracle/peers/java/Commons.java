import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.fileupload2.core.AbstractFileUpload;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.DiskFileItemFactory;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.core.RequestContext;

/** commons-fileupload, which frameworks bring with them (Struts among others), read part by part. */
final class Commons {
  static Handed read(Question question) throws Exception {
    Handed handed = new Handed();
    try {
      new Upload().getItemIterator(new Body(question)).forEachRemaining(item -> {
        byte[] bytes = item.getInputStream().readAllBytes();
        handed.name(item.getFieldName());
        if (item.isFormField()) handed.value(new String(bytes, StandardCharsets.UTF_8));
        else handed.value(item.getName()).content(bytes);
      });
    } catch (Exception ended) {
      // What arrived before counts: an application that reads part by part has used it.
    }
    return handed;
  }

  private record Body(Question question) implements RequestContext {
    @Override
    public String getCharacterEncoding() {
      return "UTF-8";
    }

    @Override
    public long getContentLength() {
      return question.body().length;
    }

    @Override
    public String getContentType() {
      return question.header("Content-Type");
    }

    @Override
    public InputStream getInputStream() {
      return new ByteArrayInputStream(question.body());
    }

    @Override
    public boolean isMultipartRelated() {
      return getContentType().toLowerCase().startsWith("multipart/related");
    }
  }

  private static final class Upload extends AbstractFileUpload<RequestContext, DiskFileItem, DiskFileItemFactory> {
    @Override
    public FileItemInputIterator getItemIterator(RequestContext request) throws FileUploadException, java.io.IOException {
      return super.getItemIterator(request);
    }

    @Override
    public java.util.Map<String, List<DiskFileItem>> parseParameterMap(RequestContext request) throws FileUploadException {
      return super.parseParameterMap(request);
    }

    @Override
    public List<DiskFileItem> parseRequest(RequestContext request) throws FileUploadException {
      return super.parseRequest(request);
    }
  }
}
