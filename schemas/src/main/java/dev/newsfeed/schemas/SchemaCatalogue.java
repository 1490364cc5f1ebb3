package dev.newsfeed.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * The published schemas and their numbers, as they ship in this jar.
 *
 * <p>{@code ids.properties} is append-only: a line is never changed, because its number stands in
 * front of records that are kept for ever. One line per published version:
 *
 * <pre>
 * # id = subject, version, file, first 16 hex digits of the file's SHA-256
 *  1   = articles-value, 1, Article.v1.avsc, 9a0b…
 * </pre>
 */
public final class SchemaCatalogue implements SchemaIds {

  /**
   * One published version of a schema.
   *
   * @param id the number in front of every value written with it
   * @param subject topic (without prefix) and {@code -value}, or the name of internal state
   * @param version 1, 2, 3 … within the subject
   */
  public record Published(int id, String subject, int version, String file, Schema schema) {}

  /** Numbers grow by a few with each release; what is far beyond them was never one. */
  private static final int AHEAD = 1_000;

  private static final String FILE = "ids.properties";
  private static final SchemaCatalogue SHIPPED = new SchemaCatalogue(read());

  private final List<Published> published;
  private final Map<Integer, Schema> byId = new LinkedHashMap<>();
  private final Map<Long, Integer> idByFingerprint = new LinkedHashMap<>();

  private SchemaCatalogue(List<Published> published) {
    this.published = List.copyOf(published);
    for (Published p : published) {
      if (byId.put(p.id(), p.schema()) != null) {
        throw new IllegalStateException(FILE + " gives the number " + p.id() + " twice");
      }
      // the newest wins: versions that differ in defaults only read the same bytes
      idByFingerprint.put(SchemaNormalization.parsingFingerprint64(p.schema()), p.id());
    }
  }

  /** The catalogue in this jar. */
  public static SchemaCatalogue shipped() {
    return SHIPPED;
  }

  /** Every published version, in the order of their numbers. */
  public List<Published> published() {
    return published;
  }

  /** The published versions of each subject, oldest first. */
  public SortedMap<String, List<Published>> bySubject() {
    SortedMap<String, List<Published>> subjects = new TreeMap<>();
    for (Published p : published) {
      subjects.computeIfAbsent(p.subject(), s -> new ArrayList<>()).add(p);
    }
    return subjects;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The subject does not matter here: a schema has one number wherever it is written. Computes a
   * fingerprint, so callers keep the answer.
   */
  @Override
  public int id(String subject, Schema schema) {
    Integer id = idByFingerprint.get(SchemaNormalization.parsingFingerprint64(schema));
    if (id == null) {
      throw new IllegalArgumentException(
          schema.getFullName() + " is not published in this form: add it to " + FILE);
    }
    return id;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnknownSchemaException when it is a little higher than any here: a newer version's
   */
  @Override
  public Schema schema(int id) {
    Schema schema = byId.get(id);
    if (schema == null) {
      int newest = published.get(published.size() - 1).id();
      if (id > newest && id - newest <= AHEAD) {
        throw new UnknownSchemaException(
            "schema " + id + " is of a newer version, and this one knows " + newest
                + " at most: replace this process by the newer version");
      }
      throw new IllegalArgumentException("no schema has the id " + id);
    }
    return schema;
  }

  private static List<Published> read() {
    List<Published> published = new ArrayList<>();
    for (String line : text(FILE).lines().toList()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] idAndRest = line.split("=", 2);
      String[] parts = idAndRest[1].split(",", -1);
      String file = parts[2].trim();
      String text = text(file);
      String sha256 = sha256(text);
      if (!sha256.startsWith(parts[3].trim())) {
        throw new IllegalStateException(
            file + " was changed after it was published (its SHA-256 is " + sha256 + ")");
      }
      Schema schema = new Schema.Parser().parse(text);
      published.add(new Published(
          Integer.parseInt(idAndRest[0].trim()),
          parts[0].trim(),
          Integer.parseInt(parts[1].trim()),
          file,
          schema));
    }
    return published;
  }

  static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String text(String file) {
    try (InputStream in = SchemaCatalogue.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
