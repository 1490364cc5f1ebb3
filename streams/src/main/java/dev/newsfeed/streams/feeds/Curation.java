package dev.newsfeed.streams.feeds;

import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.state.Answer;
import dev.newsfeed.avro.state.ListPlace;
import dev.newsfeed.avro.state.NumberedList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An editor's list as readers see it while lists and the answers of articles come in.
 *
 * <pre>
 *                     shown     coming    answers              readers see
 *                     1 [a b]   –         a b                  a b
 * list 2 [b c]        1 [a b]   2 [b c]   a b                  a b
 * a is withdrawn      1 [a b]   2 [b c]   a:none b             b
 * c answers           2 [b c]   –         b c                  b c
 * </pre>
 *
 * A list is shown when all its articles have answered, so nobody sees one that is half filled. An
 * answer counts for a list when it was asked for by that list or a later one: what an article said
 * before it left a list and came back is out of date. Lists and answers come on different ways; an
 * answer may be here before its list.
 *
 * @param shown the list that readers see; null: none yet
 * @param coming the latest list, as long as articles have not answered it
 * @param answers by article id, the last of each
 */
record Curation(
    @Nullable NumberedList shown, @Nullable NumberedList coming, Map<String, Answer> answers) {

  /** Before the first list. */
  static final Curation NONE = new Curation(null, null, Map.of());

  private static final String KIND_OF_LINKS = "link";

  Curation {
    answers = Map.copyOf(answers);
  }

  /** After a list has come; one that is not newer than the latest changes nothing. */
  Curation with(NumberedList list) {
    return list.getNumber() <= latest() ? this : new Curation(shown, list, answers).settled();
  }

  /** After an article has told how it is. */
  Curation with(String articleId, Answer answer) {
    Map<String, Answer> more = new HashMap<>(answers);
    more.put(articleId, answer);
    return new Curation(shown, coming, more).settled();
  }

  /** What readers see, in the editor's order; articles that are not public now are left out. */
  List<FeedEntry> entries() {
    List<FeedEntry> entries = new ArrayList<>();
    if (shown != null) {
      for (ListPlace place : shown.getPlaces()) {
        FeedEntry entry = entry(place, shown.getAt());
        if (entry != null) {
          entries.add(entry);
        }
      }
    }
    return entries;
  }

  private @Nullable FeedEntry entry(ListPlace place, Instant at) {
    MediaLink link = place.getLink();
    if (link != null) {
      return link(link, at);
    }
    Answer answer = answers.get(place.getArticleId());
    return answer == null ? null : answer.getEntry();
  }

  private static FeedEntry link(MediaLink link, Instant at) {
    return FeedEntry.newBuilder()
        .setArticleId("")
        .setVersion(0)
        .setKind(KIND_OF_LINKS)
        .setHeadline(link.getTitle())
        .setUrl(link.getUrl())
        .setSource(link.getSource())
        .setFeedTime(at)
        .setFirstPublished(at)
        .setUpdated(at)
        .setLink(link)
        .build();
  }

  private Curation settled() {
    if (coming != null && coming.getPlaces().stream().allMatch(this::isAnswered)) {
      return new Curation(coming, null, answers).withoutUnheard();
    }
    return withoutUnheard();
  }

  private boolean isAnswered(ListPlace place) {
    if (place.getLink() != null) {
      return true;
    }
    Answer answer = answers.get(place.getArticleId());
    return answer != null && answer.getAsked() >= place.getAsked();
  }

  /** Keeps the answers of articles that stand in a list, and those to a list that is on its way. */
  private Curation withoutUnheard() {
    Set<String> heard = new HashSet<>();
    for (NumberedList list : new NumberedList[] {shown, coming}) {
      if (list != null) {
        list.getPlaces().forEach(place -> heard.add(place.getArticleId()));
      }
    }
    Map<String, Answer> kept = new HashMap<>(answers);
    kept.entrySet()
        .removeIf(
            answer -> !heard.contains(answer.getKey()) && answer.getValue().getAsked() <= latest());
    return new Curation(shown, coming, kept);
  }

  private long latest() {
    return coming != null ? coming.getNumber() : shown != null ? shown.getNumber() : 0;
  }
}
