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
  private static final Map<String, String> LABELS =
      Map.of("now", "Now", "today", "Today", "this-week", "This week");

  /**
   * A list.
   *
   * @param asOf null: nothing has been counted there yet
   */
  public record Tab(String window, String label, @Nullable Instant asOf, List<Row> rows) {}

  /**
   * An article in a list.
   *
   * @param move {@code up}, {@code down}, {@code new} or {@code same}, against its rank before
   * @param moved the same for those who cannot see the mark
   */
  public record Row(MostReadEntry entry, String move, String moved) {

    /**
     * The row of an entry.
     *
     * @param isFresh the list has nobody from before, so not everyone in it is news
     */
    static Row of(MostReadEntry entry, boolean isFresh) {
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

  static MostReadBox of(News news, String scope) {
    List<Tab> tabs = new ArrayList<>();
    for (String window : List.of("now", "today", "this-week")) {
      MostReadList list = news.mostRead(window, scope).orElse(null);
      List<Row> rows = list == null ? List.of() : rows(list.getEntries());
      tabs.add(new Tab(
          window, LABELS.getOrDefault(window, window), list == null ? null : list.getAsOf(), rows));
    }
    return new MostReadBox(scope, tabs);
  }

  static List<Row> rows(List<MostReadEntry> entries) {
    boolean isFresh = entries.stream().allMatch(entry -> entry.getPreviousRank() == null);
    return entries.stream().limit(SHOWN).map(entry -> Row.of(entry, isFresh)).toList();
  }
}
