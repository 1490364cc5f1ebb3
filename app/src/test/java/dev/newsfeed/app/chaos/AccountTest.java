package dev.newsfeed.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AccountTest {

  private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
  private static final Instant DUE = NOON.plusSeconds(60);
  private static final Instant LATER = NOON.plusSeconds(120);

  static {
    // from then on Avro trusts our records, also when this test runs alone
    Objects.requireNonNull(new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped()));
  }

  private final Account account = new Account(Duration.ofMinutes(30));

  private Balance balance() {
    account.takeList();
    return account.balance(LATER, DUE);
  }

  // ---- articles

  private void handIn(String id, long version) {
    account.accepted(id, version, NOON);
    account.written(article(id, version));
  }

  private static Article article(String id, long version) {
    return Article.newBuilder()
        .setArticleId(id)
        .setVersion(version)
        .setHeadline("Story " + id)
        .setSection(new Label("world", "World"))
        .build();
  }

  private void publish(String id, long version) {
    account.published(published(id, version), NOON);
  }

  private static PublishedArticle published(String id, long version) {
    return PublishedArticle.newBuilder()
        .setArticleId(id)
        .setVersion(version)
        .setStatus(Status.usable)
        .setChange(version == 1 ? Change.published : Change.updated)
        .setChangedAt(NOON)
        .setFirstPublished(NOON)
        .setFeedTime(NOON)
        .setArticle(article(id, version))
        .build();
  }

  private static PublishedArticle withdrawn(String id, long version) {
    return PublishedArticle.newBuilder()
        .setArticleId(id)
        .setVersion(version)
        .setStatus(Status.canceled)
        .setChange(Change.withdrawn)
        .setChangedAt(NOON)
        .setWithdrawal(Withdrawal.newBuilder().setReason("Legal advice").build())
        .build();
  }

  private static FeedEntry entry(String id, long version, Instant at) {
    return FeedEntry.newBuilder()
        .setArticleId(id)
        .setVersion(version)
        .setKind("article")
        .setHeadline("Story " + id)
        .setFeedTime(at)
        .setFirstPublished(at)
        .setUpdated(at)
        .build();
  }

  private void feed(FeedEntry... entries) {
    account.feed(new Feed("all", "All", 1L, NOON, (long) entries.length, List.of(entries)));
  }

  @Test
  void articleThatIsEverywhereClosesTheBooks() {
    handIn("a", 1);
    publish("a", 1);
    feed(entry("a", 1, NOON));

    Balance balance = balance();

    assertThat(balance.accepted()).isEqualTo(1);
    assertThat(balance.published()).isEqualTo(1);
    assertThat(balance.inFeeds()).isEqualTo(1);
    assertThat(balance.underWay()).isZero();
    assertThat(balance.closes()).isTrue();
  }

  @Test
  void articleIsLostWhereverItHasNotArrivedInTime() {
    account.accepted("nowhere", 1, NOON);
    handIn("not-published", 1);
    handIn("not-in-feeds", 1);
    publish("not-in-feeds", 1);
    account.accepted("not-on-articles", 1, NOON);
    publish("not-on-articles", 1);
    handIn("old-in-feeds", 1);
    handIn("old-in-feeds", 2);
    publish("old-in-feeds", 1);
    publish("old-in-feeds", 2);
    feed(entry("not-on-articles", 1, NOON), entry("old-in-feeds", 1, NOON));

    assertThat(balance().lost()).isEqualTo(5);
  }

  @Test
  void whatIsNotDueYetIsUnderWay() {
    account.accepted("a", 1, DUE.plusMillis(1));

    Balance balance = balance();

    assertThat(balance.lost()).isZero();
    assertThat(balance.underWay()).isEqualTo(1);
  }

  @Test
  void laterVersionStandsForEarlierOnesAndWithdrawalForAbsence() {
    handIn("updated", 1);
    handIn("updated", 2);
    publish("updated", 2);
    handIn("gone", 1);
    account.published(withdrawn("gone", 2), NOON);
    feed(entry("updated", 2, NOON));

    assertThat(balance().closes()).isTrue();

    feed(entry("updated", 2, NOON), entry("gone", 1, NOON));
    assertThat(balance().lost()).as("what was withdrawn still shows").isEqualTo(1);
  }

  @Test
  void fullHeadNeedNotHaveWhatIsOlder() {
    handIn("old", 1);
    publish("old", 1);
    handIn("new", 1);
    publish("new", 1);
    FeedEntry[] head = new FeedEntry[100];
    for (int i = 0; i < head.length; i++) {
      head[i] = entry("other-" + i, 1, NOON.plusSeconds(100 - i));
    }
    feed(head);
    assertThat(balance().closes()).isTrue();

    head[99] = entry("other-99", 1, NOON.minusSeconds(1));
    feed(head);
    assertThat(balance().lost()).as("newer than the last of the head").isEqualTo(2);
  }

  @Test
  void versionPublishedTwiceAndArticleListedTwiceAreTwice() {
    handIn("a", 1);
    publish("a", 1);
    publish("a", 1);
    feed(entry("a", 1, NOON), entry("a", 1, NOON));

    assertThat(balance().twice()).isEqualTo(2);
  }

  @Test
  void versionHandedInTwiceIsNotTwice() {
    handIn("a", 1);
    handIn("a", 1);
    publish("a", 1);
    feed(entry("a", 1, NOON));

    assertThat(balance().closes()).isTrue();
    assertThat(balance().accepted()).isEqualTo(1);
  }

  // ---- clicks

  private void click(String eventId, String articleId, long visitor) {
    account.sent(eventId, NOON);
    write(eventId, articleId, visitor, null, NOON);
  }

  private void write(
      String eventId, String articleId, long visitor, String suspect, Instant received) {
    account.written(
        Click.newBuilder()
            .setArticleId(articleId)
            .setReceivedAtMs(received.toEpochMilli())
            .setEventId(eventId)
            .setVisitor(visitor)
            .setSuspect(suspect)
            .build(),
        NOON);
  }

  private void list(long reads, Map<String, Long> refused, Instant begin) {
    account.list(MostReadList.newBuilder()
        .setScope("all")
        .setWindow("this-week")
        .setAsOf(LATER)
        .setWindowStart(begin)
        .setWindowEnd(begin.plus(Duration.ofDays(7)))
        .setZone("UTC")
        .setStaleAfter(LATER)
        .setReads(reads)
        .setRefused(refused)
        .setEntries(new ArrayList<>())
        .build());
  }

  private void list(long reads, Map<String, Long> refused) {
    list(reads, refused, NOON.minus(Duration.ofDays(3)));
  }

  private void fiveClicks() {
    click("e1", "a", 1);
    click("e2", "a", 1); // the same reader again
    click("e3", "a", 2);
    click("e4", "b", 1);
    write("e4", "b", 1, null, NOON); // sent again
  }

  @Test
  void clicksThatAreCountedOnceCloseTheBooks() {
    fiveClicks();
    list(3, Map.of("repeat", 2L));

    Balance balance = balance();

    assertThat(balance.sent()).isEqualTo(4);
    assertThat(balance.written()).isEqualTo(4);
    assertThat(balance.onTopic()).isEqualTo(5);
    assertThat(balance.counted()).isEqualTo(5);
    assertThat(balance.underWay()).isZero();
    assertThat(balance.closes()).isTrue();
  }

  @Test
  void clickThatIsNotOnTheTopicIsLost() {
    fiveClicks();
    list(3, Map.of("repeat", 2L));
    account.sent("e5", NOON);
    assertThat(balance().lost()).isEqualTo(1);

    write("e5", "b", 7, null, NOON);
    list(4, Map.of("repeat", 2L));
    assertThat(balance().closes()).isTrue();
  }

  @Test
  void clickThatIsNotCountedIsLost() {
    fiveClicks();
    list(3, Map.of("repeat", 1L));

    assertThat(balance().lost()).isEqualTo(1);
    assertThat(account.balance(LATER, NOON.minusSeconds(1)).lost())
        .as("before it is due")
        .isZero();
  }

  @Test
  void clickThatIsCountedAgainIsTwice() {
    fiveClicks();
    list(3, Map.of("repeat", 3L));

    assertThat(balance().twice()).isEqualTo(1);
  }

  @Test
  void oneLostAndOneCountedAgainDoNotMakeUpForEachOther() {
    fiveClicks();
    list(2, Map.of("repeat", 3L));
    assertThat(balance().lost()).isEqualTo(1);

    list(4, Map.of("repeat", 1L));
    assertThat(balance().twice()).isEqualTo(1);
  }

  @Test
  void readsThatACapHoldsBackAreReadsAllTheSame() {
    fiveClicks();
    write("e6", "a", 3, "bot", NOON);
    list(2, Map.of("repeat", 2L, "visitor-cap", 1L, "bot", 1L));

    assertThat(balance().closes()).isTrue();
  }

  @Test
  void clicksOfTheWeekBeforeAreNotAskedFor() {
    Instant monday = NOON.minus(Duration.ofMinutes(30));
    write("e0", "a", 1, null, monday.minusSeconds(1));
    fiveClicks();
    list(3, Map.of("repeat", 2L), monday);

    assertThat(balance().closes()).isTrue();
    assertThat(balance().onTopic()).isEqualTo(5);
  }
}
