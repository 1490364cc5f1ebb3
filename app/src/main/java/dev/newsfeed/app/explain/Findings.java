package dev.newsfeed.app.explain;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Rejected;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that stands on the topics about one article.
 *
 * @param at when it was looked up
 * @param arrivals its records on the topic of articles, in their order
 * @param readUpTo the offset that the publication job reads next in the partition of {@link #arrivals};
 *     null: not known
 * @param published null: it was never public
 * @param lists the editors' lists that name it
 * @param heads the heads of the feeds that it stands in, or might stand in, by feed id
 * @param refusals what was refused under its id, in order
 */
record Findings(
    String articleId,
    Instant at,
    List<Arrival> arrivals,
    @Nullable Long readUpTo,
    @Nullable PublishedArticle published,
    List<CuratedFeed> lists,
    Map<String, Feed> heads,
    List<Refusal> refusals) {

  Findings {
    arrivals = List.copyOf(arrivals);
    lists = List.copyOf(lists);
    heads = Map.copyOf(heads);
    refusals = List.copyOf(refusals);
  }

  /** Where a record stands. */
  record Place(String topic, int partition, long offset) {}

  /**
   * A record of the topic of articles.
   *
   * @param at by the clock of who sent it
   * @param article null: the bytes are no article
   */
  record Arrival(Place place, Instant at, @Nullable Article article) {}

  /**
   * Something that was refused; its bytes stay where they are.
   *
   * @param place null: it never reached a topic
   */
  record Refusal(
      Instant at,
      String stage,
      String reason,
      String field,
      String detail,
      @Nullable Place place) {

    static Refusal of(Rejected rejected) {
      boolean placed = rejected.getTopic() != null
          && rejected.getPartition() != null
          && rejected.getOffset() != null;
      return new Refusal(
          rejected.getAt(),
          rejected.getStage(),
          rejected.getReason(),
          rejected.getField() == null ? "" : rejected.getField(),
          rejected.getDetail(),
          placed
              ? new Place(rejected.getTopic(), rejected.getPartition(), rejected.getOffset())
              : null);
    }

    /** Whether this is the same refusal once more: a sender that does not read the answer. */
    boolean repeats(Refusal other) {
      return stage.equals(other.stage)
          && reason.equals(other.reason)
          && field.equals(other.field)
          && detail.equals(other.detail);
    }
  }
}
