import java.util.List;

/** A parser, and the subjects that the driver calls it for. */
record Parser(String name, String version, List<String> subjects, Reading reading) {
  /** What it passes to an application; throws when it rejects the request. */
  interface Reading {
    Handed read(Question question) throws Exception;
  }

  /** The version that a jar on the class path has in its name. */
  static String versionOf(String artifact) {
    for (String path : System.getProperty("java.class.path").split(":")) {
      String file = path.substring(path.lastIndexOf('/') + 1);
      if (file.startsWith(artifact + "-")) return file.substring(artifact.length() + 1, file.length() - ".jar".length());
    }
    return "unknown";
  }
}
