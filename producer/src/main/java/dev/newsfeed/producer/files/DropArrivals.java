package dev.newsfeed.producer.files;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a folder have arrived whole. A writer does not say when it has finished, unless it
 * renames, so a file that grows no more for a while is taken for whole.
 *
 * <pre>
 *              0 s            2 s            4 s            6 s            9 s
 * a.xml        10 KB          30 KB          30 KB          30 KB          whole (5 s the same)
 * b.xml.part   20 KB          b.xml 20 KB: whole, it was renamed
 * .c.xml       …              …              never, as long as it is called so
 * </pre>
 *
 * Time is passed in and only differences count: the clocks of other machines, which date files, decide
 * nothing here.
 */
final class DropArrivals {

  /** A file as one look at the folder sees it. */
  record Seen(Path file, @Nullable Object inode, long size, FileTime changed) {

    static Seen of(Path file, BasicFileAttributes is) {
      return new Seen(file, is.fileKey(), is.size(), is.lastModifiedTime());
    }
  }

  private final long settleNanos;
  private final Map<Seen, Long> sameSince = new HashMap<>();
  private final Set<Object> unfinished = new HashSet<>();

  DropArrivals(Duration settle) {
    this.settleNanos = settle.toNanos();
  }

  /** Whether by its name its writer has not finished it, or it is nobody's business. */
  static boolean isUnfinished(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(".") || name.endsWith(".tmp") || name.endsWith(".part");
  }

  /**
   * The files that are whole, those that were changed longest ago first, of one age by name.
   *
   * @param all every file in the folder
   * @param nanoTime of this look
   */
  List<Seen> whole(List<Seen> all, long nanoTime) {
    List<Seen> whole = new ArrayList<>();
    Set<Object> nowUnfinished = new HashSet<>();
    Set<Seen> now = new HashSet<>();
    for (Seen seen : all) {
      if (isUnfinished(seen.file())) {
        if (seen.inode() != null) {
          nowUnfinished.add(seen.inode());
        }
        continue;
      }
      now.add(seen);
      long since = Objects.requireNonNullElse(sameSince.putIfAbsent(seen, nanoTime), nanoTime);
      boolean renamed = seen.inode() != null && unfinished.contains(seen.inode());
      if (renamed || nanoTime - since >= settleNanos) {
        sameSince.put(seen, nanoTime - settleNanos); // whole for good, unless it is changed
        whole.add(seen);
      }
    }
    sameSince.keySet().retainAll(now);
    unfinished.clear();
    unfinished.addAll(nowUnfinished);
    whole.sort(
        Comparator.comparing(Seen::changed).thenComparing(seen -> seen.file().toString()));
    return whole;
  }
}
