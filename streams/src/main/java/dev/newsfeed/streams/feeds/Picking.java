package dev.newsfeed.streams.feeds;

import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.state.ListPlace;
import dev.newsfeed.avro.state.NumberedList;
import dev.newsfeed.avro.state.Pick;
import dev.newsfeed.avro.state.Picked;
import dev.newsfeed.avro.state.Picks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which articles an editor's new list asks for their entries.
 *
 * <pre>
 * list 1  a b     asks a, b
 * list 2  b c     asks c      b was asked by list 1 and goes on telling; so does a, unheard
 * list 3  a       asks a      its feed has forgotten what a said before
 * </pre>
 *
 * An article that has left a list goes on telling it of its changes: the former list is shown until
 * all of the new one have answered, and until then a withdrawal must still reach it. Of the articles
 * that were asked once the thousand that stood in the list last are remembered, the others let go.
 */
final class Picking {

  /** How many articles one list may have asked; ten times as many as stand in one. */
  static final int REMEMBERED = 1_000;

  /**
   * What a new list sets off.
   *
   * @param picks to remember
   * @param list for its feed
   * @param asks for the articles, by their ids
   */
  record Step(Picks picks, NumberedList list, Map<String, Pick> asks) {}

  private Picking() {}

  /**
   * The step from the list before to this one.
   *
   * @param list null: the list is gone
   * @param content tells apart lists that differ for readers; empty where the list is gone
   * @param at when a list went that is gone
   */
  static Step of(
      String feedId,
      @Nullable CuratedFeed list,
      String content,
      Instant at,
      @Nullable Picks before) {
    long former = before == null ? 0 : before.getNumber();
    long number = former + 1;
    Map<String, Picked> picked = new LinkedHashMap<>();
    if (before != null) {
      before.getPicks().forEach(p -> picked.put(p.getArticleId(), p));
    }
    Map<String, Pick> asks = new LinkedHashMap<>();
    List<ListPlace> places = new ArrayList<>();
    for (CuratedEntry entry : list == null ? List.<CuratedEntry>of() : list.getEntries()) {
      String articleId = entry.getArticleId();
      if (articleId == null) {
        places.add(new ListPlace(null, 0L, entry.getLink()));
        continue;
      }
      Picked known = picked.get(articleId);
      long asked = known != null && known.getLast() == former ? known.getAsked() : number;
      if (asked == number) {
        asks.put(articleId, new Pick(feedId, number, false));
      }
      picked.put(articleId, new Picked(articleId, asked, number));
      places.add(new ListPlace(articleId, asked, null));
    }
    forgetOldest(feedId, picked, asks);
    return new Step(
        new Picks(number, content, new ArrayList<>(picked.values())),
        new NumberedList(
            number,
            list == null ? null : list.getTitle(),
            list == null ? at : list.getAt(),
            places),
        asks);
  }

  private static void forgetOldest(
      String feedId, Map<String, Picked> picked, Map<String, Pick> asks) {
    int tooMany = picked.size() - REMEMBERED;
    if (tooMany <= 0) {
      return;
    }
    List<Picked> oldest = picked.values().stream()
        .sorted(Comparator.comparingLong(Picked::getLast))
        .limit(tooMany)
        .toList();
    for (Picked p : oldest) {
      picked.remove(p.getArticleId());
      asks.put(p.getArticleId(), new Pick(feedId, p.getAsked(), true));
    }
  }
}
