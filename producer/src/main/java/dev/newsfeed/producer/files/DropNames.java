package dev.newsfeed.producer.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a file is called where it ends, and in what is said of it. Senders choose names; a line break in
 * one must not make two lines of a log, and what stands beside a file must not be too long for a name.
 */
final class DropNames {

  /** Further files of one name; who has more does not tidy up. */
  private static final int MOST = 100_000;

  private static final Pattern DECENT = Pattern.compile("[\\p{L}\\p{N}._()+,=@ -]+");
  private static final Pattern INDECENT = Pattern.compile("[^A-Za-z0-9._-]");
  private static final int MAX_BYTES = 200; // of 255: something is appended
  private static final int MAX_CHARACTERS = 150;

  private DropNames() {}

  /** The name of a file for people and logs; its own, if that is decent. */
  static String of(Path file) {
    String name = String.valueOf(file.getFileName());
    if (DECENT.matcher(name).matches() && name.getBytes(UTF_8).length <= MAX_BYTES) {
      return name;
    }
    String safe = INDECENT.matcher(name).replaceAll("_");
    return safe.length() <= MAX_CHARACTERS ? safe : safe.substring(0, MAX_CHARACTERS);
  }

  /** A place in the directory that nothing has, and that is accepted: {@code a.xml, a.xml-2 …} */
  static Path free(Path dir, Path file, Predicate<Path> accepted) {
    String name = of(file);
    for (int n = 1; n <= MOST; n++) {
      Path place = resolve(dir, n == 1 ? name : name + '-' + n);
      if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS) && accepted.test(place)) {
        return place;
      }
    }
    throw new IllegalStateException("more than " + MOST + " files are called " + name);
  }

  private static Path resolve(Path dir, String name) {
    try {
      return dir.resolve(name);
    } catch (InvalidPathException e) { // this machine's encoding has no such letter
      return dir.resolve(INDECENT.matcher(name).replaceAll("_"));
    }
  }
}
