package dev.newsfeed.gateway.push;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far a reader has come in the log of published articles: what an event stream's {@code id:}
 * says, and a {@code Last-Event-ID} asks for.
 *
 * <pre>
 * 3f2a91c0.17-5-0-2      topic's own id, then the next offset of partitions 0, 1, 2, 3
 * </pre>
 *
 * @param source tells the topic from one of the same name that was created anew
 * @param next by partition, the first offset that the reader does not know
 */
record Position(String source, List<Long> next) {

  Position {
    next = List.copyOf(next);
  }

  static Optional<Position> parse(String text) {
    int dot = text.lastIndexOf('.');
    if (dot < 0 || text.length() > 2_000) {
      return Optional.empty();
    }
    try {
      List<Long> next = Arrays.stream(text.substring(dot + 1).split("-", -1))
          .map(Long::valueOf)
          .toList();
      return Optional.of(new Position(text.substring(0, dot), next));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** What a reader knows who knows all that either says; both are of one source. */
  Position and(Position other) {
    List<Long> both = new ArrayList<>();
    for (int p = 0; p < Math.max(next.size(), other.next.size()); p++) {
      both.add(Math.max(at(p), other.at(p)));
    }
    return new Position(source, both);
  }

  private long at(int partition) {
    return partition < next.size() ? next.get(partition) : 0;
  }

  boolean knows(int partition, long offset) {
    return offset < at(partition);
  }

  @Override
  public String toString() {
    return next.stream().map(Object::toString).collect(Collectors.joining("-", source + ".", ""));
  }
}
