package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.Status;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.push.EventLog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The newest state of every most-read list, without what the archive knows to be withdrawn: the job
 * that writes them may hear of it later.
 */
final class MostReadLists {

  private final Archive archive;
  private final EventLog events;
  private final Map<String, MostReadList> byKey = new ConcurrentHashMap<>();

  MostReadLists(Archive archive, EventLog events) {
    this.archive = archive;
    this.events = events;
  }

  void put(String key, MostReadList list) {
    MostReadList clean = withoutWithdrawn(list);
    byKey.put(key, clean);
    events.mostRead(key, clean);
  }

  void remove(String key) {
    byKey.remove(key);
  }

  Optional<MostReadList> find(String key) {
    return Optional.ofNullable(byKey.get(key)).map(this::withoutWithdrawn);
  }

  /** Takes an article out of the lists, and tells those in which it stood. */
  void forget(String articleId) {
    byKey.replaceAll((key, list) -> {
      MostReadList clean = without(list, entry -> entry.getArticleId().equals(articleId));
      if (clean.getEntries().size() < list.getEntries().size()) {
        events.mostRead(key, clean);
      }
      return clean;
    });
  }

  private MostReadList withoutWithdrawn(MostReadList list) {
    return without(list, entry -> isWithdrawn(entry.getArticleId()));
  }

  private static MostReadList without(MostReadList list, Predicate<MostReadEntry> what) {
    List<MostReadEntry> left = list.getEntries().stream().filter(what.negate()).toList();
    return left.size() == list.getEntries().size()
        ? list
        : MostReadList.newBuilder(list).setEntries(left).build();
  }

  private boolean isWithdrawn(String articleId) {
    return archive.find(articleId).map(a -> a.getStatus() != Status.usable).orElse(false);
  }
}
