package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.SchemaCatalogue;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * What could be the version after this one: the same but for one field more in what the publication job
 * writes, with its schema published as schemas are.
 */
final class NextVersion {

  private static final Path BUILT = Path.of("target", "next").toAbsolutePath();
  private static final String FIELD =
      "{\"name\": \"desk\", \"type\": \"string\", \"default\": \"\"}";
  private static final ObjectMapper JSON = new ObjectMapper();

  private NextVersion() {}

  /** Builds it; returns the class path of its command. */
  static String classPath() throws IOException, InterruptedException {
    copy(Path.of("..", "pom.xml"), BUILT.resolve("pom.xml"));
    try (Stream<Path> files = Files.walk(Path.of("..", "schemas"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.startsWith(Path.of("..", "schemas", "target"))) {
          copy(file, BUILT.resolve(Path.of("..").relativize(file)));
        }
      }
    }
    Path main = BUILT.resolve(Path.of("schemas", "src", "main"));
    Path source = main.resolve(Path.of("avro", "PublishedArticle.avsc"));
    Files.writeString(source, withField(Files.readString(source, UTF_8)), UTF_8);
    publish(main.resolve(Path.of("resources", "dev", "newsfeed", "schemas")));
    MavenRun.in(BUILT.resolve("schemas"), "-DskipTests", "clean", "package");
    return BUILT.resolve(Path.of("schemas", "target", "classes"))
        + File.pathSeparator
        + System.getProperty("java.class.path");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String withField(String schema) throws IOException {
    ObjectNode record = (ObjectNode) JSON.readTree(schema);
    record.withArray("fields").insert(0, JSON.readTree(FIELD));
    return record.toString();
  }

  private static void publish(Path catalogue) throws IOException {
    String schema = withField(PublishedArticle.getClassSchema().toString());
    Files.writeString(catalogue.resolve("PublishedArticle.v2.avsc"), schema, UTF_8);
    int newest = SchemaCatalogue.shipped().published().stream()
        .mapToInt(SchemaCatalogue.Published::id)
        .max()
        .orElseThrow();
    Files.writeString(
        catalogue.resolve("ids.properties"),
        (newest + 1) + " = published-value, 2, PublishedArticle.v2.avsc, "
            + sha256(schema).substring(0, 16) + '\n',
        UTF_8,
        StandardOpenOption.APPEND);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
