package dev.newsfeed.producer.http;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.producer.formats.Json;
import dev.newsfeed.producer.http.AccessKey.Right;
import dev.newsfeed.schemas.Refusals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The keys of a newsroom, in a file that only its owner can read:
 *
 * <pre>
 * {"keys": [
 *   {"id": "3f9a1c2b7d", "name": "superdesk", "rights": ["articles"], "ids": "", "signing": false,
 *    "created": "2026-11-23T09:30:00Z", "sha256": "9f86d081…"}]}
 * </pre>
 *
 * A secret is 256 random bits and told once, when it is made; the file has its hash. Whoever changes
 * the keys writes the whole file anew and puts it in the old one's place, one after the other; who
 * reads sees the one or the other.
 */
public final class KeyFile {

  private static final int SECRET_BYTES = 32;
  private static final int ID_BYTES = 5;
  private static final int LIVE_OF_A_NAME = 2; // the one in use, and the next one
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private final Path path;

  /** Keys in this file, which need not be there yet. */
  public KeyFile(Path path) {
    this.path = path;
  }

  /** Where they are. */
  public Path path() {
    return path;
  }

  boolean exists() {
    return Files.exists(path);
  }

  /**
   * Makes a key.
   *
   * @param ids how the ids of its articles begin; empty: any
   * @param signing whether requests are signed with it
   * @return the key as its sender has to show it, {@code nf_ID_SECRET} or {@code nfs_ID_SECRET};
   *     it is kept nowhere
   * @throws IllegalArgumentException when there can be no such key, or two of the name are live
   */
  public String create(
      String name, Set<Right> rights, String ids, boolean signing, Instant created) {
    SecureRandom random = new SecureRandom();
    String secret = hex(random, SECRET_BYTES);
    AccessKey key = new AccessKey(
        hex(random, ID_BYTES),
        name,
        rights,
        ids,
        signing,
        created,
        Refusals.sha256(secret.getBytes(StandardCharsets.UTF_8)));
    change(keys -> {
      if (keys.stream().filter(k -> k.name().equals(name)).count() >= LIVE_OF_A_NAME) {
        throw new IllegalArgumentException(
            "two keys of " + name + " are live; revoke the one that is not used any more");
      }
      keys.add(key);
    });
    return new Credentials.Token(key.id(), secret, signing).shown();
  }

  /** Takes away the key of this id, or all of this name; returns which those were. */
  public List<AccessKey> revoke(String idOrName) {
    Predicate<AccessKey> meant = key -> key.id().equals(idOrName) || key.name().equals(idOrName);
    List<AccessKey> gone = new ArrayList<>();
    change(keys -> {
      keys.stream().filter(meant).forEach(gone::add);
      keys.removeIf(meant);
    });
    return gone;
  }

  /**
   * All keys, oldest first; none where there is no file.
   *
   * @throws UncheckedIOException when it cannot be read, or is no file of keys
   */
  public List<AccessKey> list() {
    try {
      JsonNode file = Json.read(Files.readAllBytes(path));
      List<AccessKey> keys = new ArrayList<>();
      for (JsonNode key : file.path("keys")) {
        keys.add(key(key));
      }
      if (!file.path("keys").isArray()) {
        throw new IOException("it has no list of keys");
      }
      return keys;
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (Json.Malformed | IllegalArgumentException | DateTimeParseException e) {
      throw unreadable(new IOException(e.getMessage(), e));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private UncheckedIOException unreadable(IOException e) {
    return new UncheckedIOException("no keys can be read from " + path + ": " + e.getMessage(), e);
  }

  private interface Change {
    void to(List<AccessKey> keys);
  }

  private void change(Change change) {
    synchronized (KeyFile.class) { // a file's lock is held by a process, not by a thread
      changeInThisProcess(change);
    }
  }

  private void changeInThisProcess(Change change) {
    try {
      Path directory = path.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      try (FileChannel channel =
          FileChannel.open(path.resolveSibling(path.getFileName() + ".lock"), CREATE, WRITE)) {
        var unused = channel.lock(); // until the channel is closed
        List<AccessKey> keys = new ArrayList<>(list());
        change.to(keys);
        write(keys);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the keys cannot be kept in " + path + ": " + e, e);
    }
  }

  private void write(List<AccessKey> keys) throws IOException {
    ObjectNode file = Json.object();
    var list = file.putArray("keys");
    for (AccessKey key : keys) {
      ObjectNode written = list.addObject().put("id", key.id()).put("name", key.name());
      var rights = written.putArray("rights");
      new TreeSet<>(key.rights()).forEach(right -> rights.add(right.name()));
      written
          .put("ids", key.ids())
          .put("signing", key.signing())
          .put("created", key.created().toString())
          .put("sha256", key.sha256());
    }
    Path next = path.resolveSibling(path.getFileName() + ".next");
    Files.deleteIfExists(next); // left by somebody who was killed
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel channel = FileChannel.open(next, WRITE)) {
      ByteBuffer bytes =
          ByteBuffer.wrap((file.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(next, path, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  private static AccessKey key(JsonNode key) throws IOException {
    Set<Right> rights = EnumSet.noneOf(Right.class);
    for (JsonNode right : key.path("rights")) {
      rights.add(Right.valueOf(right.asText()));
    }
    String sha256 = key.path("sha256").asText();
    if (!SHA256.matcher(sha256).matches()) {
      throw new IOException("a key has no sha256");
    }
    return new AccessKey(
        key.path("id").asText(),
        key.path("name").asText(),
        rights,
        key.path("ids").asText(),
        key.path("signing").asBoolean(),
        Instant.parse(key.path("created").asText()),
        sha256);
  }

  private static String hex(SecureRandom random, int bytes) {
    byte[] made = new byte[bytes];
    random.nextBytes(made);
    return HexFormat.of().formatHex(made);
  }
}
