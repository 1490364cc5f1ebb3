package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.avro.state.Pin;
import dev.newsfeed.avro.state.RankHistory;
import dev.newsfeed.avro.state.WiderList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Merges the lists of all partitions into the one that is published. Exact, because no article is
 * counted in two of them, and each brings as many entries as the whole list has.
 */
final class Merging {

  private static final Duration TRUSTED_FOR = Duration.ofMinutes(2);

  /** Of those that stand by their reads. */
  static final Comparator<MostReadEntry> ORDER = Comparator.comparingLong(MostReadEntry::getReads)
      .reversed()
      .thenComparing(MostReadEntry::getFirstPublished, Comparator.reverseOrder())
      .thenComparing(MostReadEntry::getArticleId);

  private static final Comparator<Pin> ORDER_OF_PINS = Comparator.comparingInt(Pin::getRank)
      .thenComparing(Pin::getDecidedAt, Comparator.reverseOrder())
      .thenComparing(pin -> pin.getEntry().getArticleId());

  private final ListRules rules;
  private final Map<String, Edition> editions = new LinkedHashMap<>();

  Merging(NewsroomCalendar calendar, ListRules rules) {
    this.rules = rules;
    for (Edition edition : new ListPlan(calendar, rules).editions()) {
      editions.put(edition.name(), edition);
    }
  }

  /**
   * A merged list.
   *
   * @param byKey the list of each edition that it is of, under its key
   */
  record Merged(MostReadList list, Map<String, MostReadList> byKey, RankHistory history) {}

  /** Whether there is such an edition: an instance with other settings may have sent the list. */
  boolean knows(LocalList part) {
    return editions.containsKey(part.getEdition());
  }

  /**
   * Merges one list's parts.
   *
   * @param parts at least one, of a known edition
   * @param before null when there was no such list yet
   */
  Merged merge(List<LocalList> parts, @Nullable RankHistory before, Instant now) {
    LocalList newest = parts.get(0);
    Instant asOf = newest.getAsOf();
    long lagMs = 0;
    boolean catchingUp = false;
    for (LocalList part : parts) {
      newest = part.getWindowEnd().isAfter(newest.getWindowEnd()) ? part : newest;
      asOf = part.getAsOf().isBefore(asOf) ? part.getAsOf() : asOf;
      lagMs = Math.max(lagMs, part.getLagMs());
      catchingUp |= part.getCatchingUp();
    }
    Width width = width(parts, newest);
    ReadWindow window = ReadWindow.of(newest.getWindow());
    Edition edition = edition(newest.getEdition());
    List<MostReadEntry> best = width.placed(rules.size());
    long step = window.step(now, edition.calendar());
    RankHistory history =
        history(before, step, ranks(best), newest.getWindowStart(), newest.getWindowEnd());
    MostReadList list = MostReadList.newBuilder()
        .setScope(newest.getScope())
        .setWindow(newest.getWindow())
        .setEdition(edition.name())
        .setZone(edition.calendar().zone().getId())
        .setAsOf(asOf)
        .setStaleAfter(asOf.plus(TRUSTED_FOR))
        .setWindowStart(width.start)
        .setWindowEnd(newest.getWindowEnd())
        .setWidenedToMinutes(
            width.start.equals(newest.getWindowStart())
                ? null
                : (int) Duration.between(width.start, newest.getWindowEnd()).toMinutes())
        .setCatchingUp(catchingUp)
        .setLagMs(lagMs)
        .setReads(width.reads)
        .setRefused(width.refused)
        .setEntries(ranked(best, history.getBefore()))
        .build();
    return new Merged(list, byKey(list, window), history);
  }

  /** Whether a reader would see the same, apart from how old it is. */
  static boolean sameButForAge(MostReadList a, MostReadList b) {
    return a.getReads() == b.getReads()
        && a.getCatchingUp() == b.getCatchingUp()
        && a.getWindowStart().equals(b.getWindowStart())
        && a.getRefused().equals(b.getRefused())
        && a.getEntries().equals(b.getEntries());
  }

  /** The same list over each of the times that it may be of, from the narrowest on. */
  private Width width(List<LocalList> parts, LocalList newest) {
    Width chosen = merged(parts, 0, newest.getWindowStart());
    for (int i = 0; i < newest.getWider().size(); i++) {
      if (chosen.read(rules) >= rules.nowAtLeast()) {
        break;
      }
      Width wider = merged(parts, i + 1, newest.getWider().get(i).getWindowStart());
      // wider without a gain would only be vaguer
      chosen = wider.read(rules) > chosen.read(rules) ? wider : chosen;
    }
    return chosen;
  }

  private Width merged(List<LocalList> parts, int width, Instant start) {
    Width merged = new Width(start);
    for (LocalList part : parts) {
      // a partition that has not ticked yet still speaks of yesterday; its age shows in asOf
      if (!part.getWindowEnd().isAfter(start)) {
        continue;
      }
      if (width == 0) {
        merged.add(part.getReads(), part.getRefused(), part.getEntries(), part.getPins());
      } else if (width <= part.getWider().size()) {
        WiderList list = part.getWider().get(width - 1);
        merged.add(list.getReads(), list.getRefused(), list.getEntries(), list.getPins());
      }
    }
    merged.entries.sort(ORDER);
    merged.pins.sort(ORDER_OF_PINS);
    merged
        .pins
        .subList(Math.min(rules.size(), merged.pins.size()), merged.pins.size())
        .clear();
    return merged;
  }

  /** The lists of all partitions over one time. */
  private static final class Width {
    final Instant start;
    final Map<String, Long> refused = new HashMap<>();
    final List<MostReadEntry> entries = new ArrayList<>();
    final List<Pin> pins = new ArrayList<>();
    long reads;

    Width(Instant start) {
      this.start = start;
    }

    void add(
        long moreReads,
        Map<String, Long> moreRefused,
        List<MostReadEntry> moreEntries,
        List<Pin> morePins) {
      reads += moreReads;
      moreRefused.forEach((reason, count) -> refused.merge(reason, count, Long::sum));
      entries.addAll(moreEntries);
      pins.addAll(morePins);
    }

    /** How many articles were read, as far as a list can show them. */
    long read(ListRules rules) {
      Stream<MostReadEntry> all = Stream.concat(entries.stream(), pins.stream().map(Pin::getEntry));
      return all.filter(entry -> entry.getReads() >= rules.floor())
          .limit(rules.size())
          .count();
    }

    /**
     * Puts what is pinned into its places among the others. Of two that are pinned to one rank the
     * one decided last stands there and the other follows it; in a list that ends before its rank a
     * pinned one stands last.
     */
    List<MostReadEntry> placed(int size) {
      List<MostReadEntry> placed = new ArrayList<>();
      int pin = 0;
      int entry = 0;
      while (placed.size() < size) {
        boolean hasPin = pin < pins.size();
        boolean hasEntry = entry < entries.size();
        if (hasPin && (!hasEntry || pins.get(pin).getRank() <= placed.size() + 1)) {
          placed.add(pins.get(pin++).getEntry());
        } else if (hasEntry) {
          placed.add(entries.get(entry++));
        } else {
          break;
        }
      }
      return placed;
    }
  }

  private static List<MostReadEntry> ranked(List<MostReadEntry> best, Map<String, Integer> before) {
    List<MostReadEntry> ranked = new ArrayList<>(best.size());
    for (MostReadEntry entry : best) {
      ranked.add(MostReadEntry.newBuilder(entry)
          .setRank(ranked.size() + 1)
          .setPreviousRank(before.get(entry.getArticleId()))
          .build());
    }
    return ranked;
  }

  private static Map<String, Integer> ranks(List<MostReadEntry> best) {
    Map<String, Integer> ranks = new HashMap<>();
    for (MostReadEntry entry : best) {
      ranks.put(entry.getArticleId(), ranks.size() + 1);
    }
    return ranks;
  }

  /**
   * When a step of the clock ends, the ranks it ends with are what the next is compared with. What
   * was ranked over a time that is wholly over is compared with nothing: at midnight "today" begins
   * anew.
   */
  private static RankHistory history(
      @Nullable RankHistory before,
      long step,
      Map<String, Integer> current,
      Instant windowStart,
      Instant windowEnd) {
    if (before == null
        || before.getWindowEnd() == null
        || !before.getWindowEnd().isAfter(windowStart)) {
      return new RankHistory(step, current, current, windowEnd);
    }
    Map<String, Integer> compared =
        before.getStep() == step ? before.getBefore() : before.getCurrent();
    return new RankHistory(step, compared, current, windowEnd);
  }

  /** "Now" is the same in every edition. */
  private Map<String, MostReadList> byKey(MostReadList list, ReadWindow window) {
    if (window != ReadWindow.NOW) {
      return Map.of(edition(list.getEdition()).key(window, list.getScope()), list);
    }
    Map<String, MostReadList> byKey = new LinkedHashMap<>();
    for (Edition edition : editions.values()) {
      byKey.put(
          edition.key(window, list.getScope()),
          MostReadList.newBuilder(list)
              .setEdition(edition.name())
              .setZone(edition.calendar().zone().getId())
              .build());
    }
    return byKey;
  }

  private Edition edition(String name) {
    Edition edition = editions.get(name);
    if (edition == null) {
      throw new IllegalArgumentException("no such edition: " + name);
    }
    return edition;
  }
}
