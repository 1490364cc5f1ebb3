package dev.newsfeed.streams.publication;

import static dev.newsfeed.streams.publication.History.later;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.state.ArticleState;
import dev.newsfeed.avro.state.Revision;
import dev.newsfeed.avro.state.Told;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What may be seen of an article at a moment, and whether that is news to subscribers.
 *
 * <pre>
 * withdrawn                             a notice, also of an article that was never seen
 * withheld                              a notice
 * embargoed, or dated ahead             nothing; a notice when it was seen before
 * else                                  the article; expired: out of feeds and lists
 * </pre>
 *
 * A date that the clock has passed stays passed when the clock is set back: nobody is told that a
 * story they have read is not there yet.
 *
 * @param state with what is told now, and when the clock next changes something
 * @param tell null: nothing new
 */
record Appearance(ArticleState state, @Nullable PublishedArticle tell) {

  static Appearance of(ArticleState state, Instant now) {
    return new Sight(state, now).appearance();
  }

  private static final class Sight {
    private final ArticleState state;
    private final Instant now;
    private final History history;
    private @Nullable Instant passed;

    Sight(ArticleState state, Instant now) {
      this.state = state;
      this.now = now;
      this.passed = state.getPassed();
      this.history = History.of(state, this::reached);
    }

    private boolean reached(Instant date) {
      boolean reached = !date.isAfter(now);
      if (reached && date.isAfter(later(passed, Instant.EPOCH))) {
        passed = date;
      }
      return reached || !date.isAfter(later(passed, null));
    }

    Appearance appearance() {
      Article latest = state.getLatest();
      if (history.isWithdrawn()) {
        return notice(Status.canceled, state.getEraseAt());
      }
      if (latest == null) {
        return settled(null, null, state.getTold());
      }
      if (latest.getStatus() != Status.usable) {
        return notice(Status.withheld, null);
      }
      Instant release = later(history.firstPublished(), latest.getEmbargoedUntil());
      if (reached(release)) {
        return article(latest);
      }
      boolean seen = state.getTold() != null || history.feedTime() != null;
      return seen ? notice(Status.withheld, release) : settled(release, null, null);
    }

    private Appearance article(Article latest) {
      Instant feedTime = Objects.requireNonNullElse(history.feedTime(), now);
      Instant first =
          history.firstPublished() != null ? history.firstPublished() : history.firstShown();
      Instant firstPublished = Objects.requireNonNullElse(first, feedTime);
      Instant expires = latest.getExpires();
      boolean expired = expires != null && reached(expires);
      Article addressed = withFormerAddresses(latest);
      Told told = Told.newBuilder()
          .setVersion(state.getLatestVersion())
          .setStatus(Status.usable)
          .setExpired(expired)
          .setFirstPublished(firstPublished)
          .setFeedTime(feedTime)
          .setCorrections(history.corrections().size())
          .setAddresses(addressed.getAliases().size())
          .build();
      Instant due = expired ? null : expires;
      if (isKnown(told)) {
        return settled(due, null, told);
      }
      PublishedArticle published = PublishedArticle.newBuilder()
          .setArticleId(state.getArticleId())
          .setVersion(state.getLatestVersion())
          .setStatus(Status.usable)
          .setChange(change(told))
          .setChangedAt(now)
          .setFirstPublished(firstPublished)
          .setFeedTime(feedTime)
          .setCorrections(history.corrections())
          .setExpired(expired)
          .setArticle(addressed)
          .build();
      return settled(due, published, told);
    }

    /** Readers and clicks still come to where it stood before. */
    private Article withFormerAddresses(Article latest) {
      List<String> aliases = Stream.concat(
              latest.getAliases().stream(), history.addresses().stream())
          .distinct()
          .filter(address -> !address.equals(latest.getUrl()))
          .toList();
      return aliases.equals(latest.getAliases())
          ? latest
          : Article.newBuilder(latest).setAliases(aliases).build();
    }

    private Appearance notice(Status status, @Nullable Instant due) {
      boolean withdrawn = status == Status.canceled;
      long version = highestVersion();
      Told told = Told.newBuilder()
          .setVersion(version)
          .setStatus(status)
          .setExpired(false)
          .setWithdrawnVersion(withdrawn ? history.withdrawnVersion() : 0)
          .build();
      if (isKnown(told)) {
        return settled(due, null, told);
      }
      PublishedArticle notice = PublishedArticle.newBuilder()
          .setArticleId(state.getArticleId())
          .setVersion(version)
          .setStatus(status)
          .setChange(Change.withdrawn)
          .setChangedAt(now)
          .setWithdrawal(withdrawn ? state.getWithdrawal() : null)
          .build();
      return settled(due, notice, told);
    }

    /** A mirror that knows a version must not take the notice for an older one. */
    private long highestVersion() {
      List<Revision> revisions = new ArrayList<>(state.getRevisions());
      long highest =
          revisions.isEmpty() ? 0 : revisions.get(revisions.size() - 1).getVersion();
      return Math.max(Math.max(highest, state.getLatestVersion()), history.withdrawnVersion());
    }

    /** Field by field: Avro's own comparison does not know dates that may be missing. */
    private boolean isKnown(Told told) {
      Told before = state.getTold();
      return before != null
          && told.getVersion() == before.getVersion()
          && told.getStatus() == before.getStatus()
          && told.getExpired() == before.getExpired()
          && Objects.equals(told.getFirstPublished(), before.getFirstPublished())
          && Objects.equals(told.getFeedTime(), before.getFeedTime())
          && told.getCorrections() == before.getCorrections()
          && told.getAddresses() == before.getAddresses()
          && told.getWithdrawnVersion() == before.getWithdrawnVersion();
    }

    private Appearance settled(
        @Nullable Instant due, @Nullable PublishedArticle tell, @Nullable Told told) {
      ArticleState after = ArticleState.newBuilder(state)
          .setDueAt(due)
          .setPassed(passed)
          .setTold(told)
          .build();
      return new Appearance(after, tell);
    }

    private Change change(Told now) {
      Told before = state.getTold();
      if (now.getExpired()) {
        return Change.expired;
      }
      if (before == null || before.getStatus() != Status.usable || before.getExpired()) {
        return Change.published;
      }
      return now.getCorrections() > before.getCorrections() ? Change.corrected : Change.updated;
    }
  }
}
