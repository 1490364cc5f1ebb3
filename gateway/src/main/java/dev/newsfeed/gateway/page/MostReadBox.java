package dev.newsfeed.gateway.page;

import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.gateway.news.News;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The most-read lists of a scope as a page shows them: one tab a window, seven articles each.
 *
 * @param scope {@code all}, {@code section/world} …
 */
public record MostReadBox(String scope, List<Tab> tabs) {

  private static final int SHOWN = 7;
  private static final String STALE = "not up to date";
  private static final Map<String, String> LABELS =
      Map.of("now", "Now", "today", "Today", "this-week", "This week");

  /**
   * A list.
   *
   * @param asOf null: nothing has been counted there yet
   * @param staleAfter from when on it is not to be taken for current
   * @param notes what a reader has to know beside its age
   */
  public record Tab(
      String window,
      String label,
      @Nullable Instant asOf,
      @Nullable Instant staleAfter,
      List<String> notes,
      List<Row> rows) {

    static Tab of(String window, @Nullable MostReadList list, Instant now) {
      String label = LABELS.getOrDefault(window, window);
      return list == null
          ? new Tab(window, label, null, null, List.of(), List.of())
          : new Tab(
              window,
              label,
              list.getAsOf(),
              list.getStaleAfter(),
              notes(list, now),
              MostReadBox.rows(list.getEntries()));
    }

    /** The same words as in {@code live.js}. */
    private static List<String> notes(MostReadList list, Instant now) {
      List<String> notes = new ArrayList<>();
      Integer minutes = list.getWidenedToMinutes();
      if (minutes != null) {
        notes.add("last " + minutes / 60 + " hours");
      }
      if (list.getCatchingUp()) {
        notes.add("still counting");
      }
      if (now.isAfter(list.getStaleAfter())) {
        notes.add(STALE);
      }
      return notes;
    }
  }

  /**
   * An article in a list.
   *
   * @param move {@code up}, {@code down}, {@code new} or {@code same}, against its rank before; {@code
   *     pinned}: its reads have not brought it there
   * @param moved the same for those who cannot see the mark
   */
  public record Row(MostReadEntry entry, String move, String moved) {

    /**
     * The row of an entry.
     *
     * @param isFresh the list has nobody from before, so not everyone in it is news
     */
    static Row of(MostReadEntry entry, boolean isFresh) {
      if (entry.getPinned()) {
        return new Row(entry, "pinned", "put here by the editors");
      }
      int rank = entry.getRank();
      Integer before = entry.getPreviousRank();
      if (before == null) {
        return isFresh
            ? new Row(entry, "same", "not compared yet")
            : new Row(entry, "new", "new in the list");
      }
      if (before > rank) {
        return new Row(entry, "up", "up from " + before);
      }
      if (before < rank) {
        return new Row(entry, "down", "down from " + before);
      }
      return new Row(entry, "same", "unchanged");
    }
  }

  static MostReadBox of(News news, String scope, Instant now) {
    List<Tab> tabs = new ArrayList<>();
    for (String window : List.of("now", "today", "this-week")) {
      tabs.add(Tab.of(window, news.mostRead(window, scope).orElse(null), now));
    }
    return new MostReadBox(scope, tabs);
  }

  static List<Row> rows(List<MostReadEntry> entries) {
    boolean isFresh = entries.stream().allMatch(entry -> entry.getPreviousRank() == null);
    return entries.stream().limit(SHOWN).map(entry -> Row.of(entry, isFresh)).toList();
  }
}
