package dev.newsfeed.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * What a release left on the disk, kept for its successors to start on.
 *
 * <pre>
 * src/test/releases/0.1/data.zip       the data directory of a stopped "newsfeed up": kafka/ streams/ gateway/
 * src/test/releases/0.1/expected.json  what must be seen of it, added up from what was sent
 * </pre>
 *
 * Made by {@link MakeReleaseFixture}, and never changed afterwards.
 *
 * @param release such as {@code 0.1}
 */
record ReleaseFixture(String release) {

  private static final Path ALL = Path.of("src", "test", "releases");
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Locks, and what stores note about the machine: nothing is read from them at a start. */
  private static final Pattern LEFT_OUT =
      Pattern.compile("in-use|\\.lock|write\\.lock|LOCK|LOG|LOG\\.old.*|OPTIONS-.*");

  /** A shorter word stands in a megabyte of anything. */
  private static final int NO_CHANCE = 4;

  /** Every release there is one of. */
  static List<String> releases() throws IOException {
    try (Stream<Path> directories = Files.list(ALL)) {
      return directories.map(d -> d.getFileName().toString()).sorted().toList();
    }
  }

  private Path directory() {
    return ALL.resolve(release);
  }

  JsonNode expected() throws IOException {
    return JSON.readTree(directory().resolve("expected.json").toFile());
  }

  /** Lays its data out in a directory. */
  void unpack(Path data) throws IOException {
    try (ZipInputStream zip =
        new ZipInputStream(Files.newInputStream(directory().resolve("data.zip")))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = data.resolve(entry.getName()).normalize();
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
  }

  /**
   * Keeps a data directory and what must be seen of it.
   *
   * @throws IllegalStateException when something in it tells of this machine
   */
  void pack(Path data, JsonNode expected) throws IOException {
    Files.createDirectories(directory());
    Path packed = directory().resolve("data.zip");
    List<String> machine = Stream.of(
            data.toString(),
            System.getProperty("user.dir"),
            System.getProperty("user.home") + '/',
            InetAddress.getLocalHost().getHostName())
        .filter(word -> word.length() >= NO_CHANCE)
        .toList();
    try (Stream<Path> files = Files.walk(data);
        OutputStream out = Files.newOutputStream(packed);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (!LEFT_OUT.matcher(file.getFileName().toString()).matches()) {
          String name = data.relativize(file).toString();
          requireNothingOf(machine, file, name);
          zip.putNextEntry(new ZipEntry(name));
          Files.copy(file, zip);
        }
      }
    }
    JSON.writeValue(directory().resolve("expected.json").toFile(), expected);
  }

  private static void requireNothingOf(List<String> machine, Path file, String name)
      throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      for (String word : machine) {
        if (text.contains(word)) {
          throw new IllegalStateException(name + " tells of this machine: " + word);
        }
      }
    }
  }
}
