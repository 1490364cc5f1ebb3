package dev.newsfeed.streams.feeds;

import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.avro.state.Memberships;
import dev.newsfeed.avro.state.Pick;
import dev.newsfeed.avro.state.Pickers;
import dev.newsfeed.schemas.FeedEntries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides in which feeds an article stands, at which place, and what each feed must change.
 *
 * <p>An article is in feeds while it is usable and not expired. It keeps its place when it is
 * updated, so the place it leaves and the one it enters are mostly the same.
 */
final class Placing {

  /**
   * Where an article stands now.
   *
   * @param memberships to remember; null: it stands in no feed
   * @param changes by feed id; feeds that it leaves come first
   */
  record Places(@Nullable Memberships memberships, Map<String, EntryChange> changes) {}

  private Placing() {}

  static Places of(PublishedArticle published, @Nullable Memberships before) {
    Set<String> feeds = FeedEntries.feedsOf(published);
    Map<String, EntryChange> changes = new LinkedHashMap<>();
    Instant leaves = before == null ? null : before.getFeedTime();
    if (before != null) {
      for (String feedId : before.getFeedIds()) {
        if (!feeds.contains(feedId)) {
          changes.put(feedId, change(published, leaves, null));
        }
      }
    }
    if (feeds.isEmpty()) {
      return new Places(null, changes);
    }
    FeedEntry entry = FeedEntries.of(published).orElseThrow();
    List<String> remembered = before == null ? List.of() : before.getFeedIds();
    feeds.forEach(feedId ->
        changes.put(feedId, change(published, remembered.contains(feedId) ? leaves : null, entry)));
    return new Places(new Memberships(entry.getFeedTime(), new ArrayList<>(feeds), entry), changes);
  }

  /** What an article that stands there, or nowhere, tells the editors' lists that asked. */
  static Map<String, EntryChange> answers(
      String articleId, @Nullable Memberships memberships, @Nullable Pickers pickers) {
    Map<String, EntryChange> answers = new LinkedHashMap<>();
    FeedEntry entry = memberships == null ? null : memberships.getEntry();
    for (Pick pick : pickers == null ? List.<Pick>of() : pickers.getLists()) {
      answers.put(pick.getFeedId(), new EntryChange(articleId, null, entry, pick.getAsked(), null));
    }
    return answers;
  }

  /** Who wants to be told of an article after a list has asked for it or let it go. */
  static @Nullable Pickers pickers(Pick pick, @Nullable Pickers before) {
    List<Pick> lists = new ArrayList<>(before == null ? List.of() : before.getLists());
    lists.removeIf(known -> known.getFeedId().equals(pick.getFeedId()));
    if (!pick.getLetGo()) {
      lists.add(pick);
    }
    return lists.isEmpty() ? null : new Pickers(lists);
  }

  private static EntryChange change(
      PublishedArticle published, @Nullable Instant leaves, @Nullable FeedEntry enters) {
    return new EntryChange(published.getArticleId(), leaves, enters, 0L, null);
  }
}
