package dev.newsfeed.streams.feeds;

import dev.newsfeed.avro.state.Answer;
import dev.newsfeed.avro.state.CuratedState;
import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.avro.state.NumberedList;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * All feeds whose order an editor gives. Each answer is a record of its own: a list of a hundred
 * articles does not fit one.
 *
 * <pre>
 * lists     curated/top-stories        → {shown 1 [a b], coming –}
 * answers   curated/top-stories │00│ a → {asked 1, entry of a}
 * </pre>
 */
record EditorsLists(
    KeyValueStore<String, CuratedState> lists, KeyValueStore<Bytes, Answer> answers) {

  /** The list of this feed. */
  Curation of(String feedId) {
    CuratedState state = lists.get(feedId);
    Map<String, Answer> answered = new HashMap<>();
    try (KeyValueIterator<Bytes, Answer> all =
        answers.range(EntryKey.first(feedId), EntryKey.last(feedId))) {
      while (all.hasNext()) {
        KeyValue<Bytes, Answer> answer = all.next();
        answered.put(EntryKey.articleIdOfAnswer(feedId, answer.key), answer.value);
      }
    }
    return new Curation(
        state == null ? null : state.getShown(),
        state == null ? null : state.getComing(),
        answered);
  }

  /** Carries out a change; returns the list after it. */
  Curation apply(String feedId, Curation before, EntryChange change) {
    NumberedList list = change.getList();
    Curation after = list != null
        ? before.with(list)
        : before.with(change.getArticleId(), new Answer(change.getAsked(), change.getEnters()));
    if (!Objects.equals(after.shown(), before.shown())
        || !Objects.equals(after.coming(), before.coming())) {
      lists.put(feedId, new CuratedState(after.shown(), after.coming()));
    }
    before.answers().forEach((articleId, answer) -> {
      if (!after.answers().containsKey(articleId)) {
        answers.delete(EntryKey.ofAnswer(feedId, articleId));
      }
    });
    after.answers().forEach((articleId, answer) -> {
      if (!Objects.equals(before.answers().get(articleId), answer)) {
        answers.put(EntryKey.ofAnswer(feedId, articleId), answer);
      }
    });
    return after;
  }
}
