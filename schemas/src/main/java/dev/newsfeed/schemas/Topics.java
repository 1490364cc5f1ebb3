package dev.newsfeed.schemas;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.JobGeneration;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.avro.Subscription;
import dev.newsfeed.avro.SubscriptionRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * The catalogue of topics: the one place that says which there are, what stands on them and how the
 * broker keeps them. Topics are created, checked and documented from it.
 */
public final class Topics {

  /** In front of every topic name, unless configured otherwise. */
  public static final String DEFAULT_PREFIX = "newsfeed.";

  /** Of each topic that is keyed by articles, unless configured otherwise. */
  public static final int DEFAULT_PARTITIONS = 8;

  /** How long every decision of an editor can be read, replaced or not. */
  public static final Duration AUDITED = Duration.ofDays(400);

  public final Topic<Article> articles;
  public final Topic<Click> clicks;
  public final Topic<Control> controls;
  public final Topic<CuratedFeed> curated;
  public final Topic<PublishedArticle> published;
  public final Topic<Feed> feeds;
  public final Topic<MostReadList> mostRead;
  public final Topic<Rejected> rejected;
  public final Topic<JobGeneration> jobs;
  public final Topic<SubscriptionRequest> subscriptionRequests;
  public final Topic<Subscription> subscriptions;

  private final String prefix;
  private final SchemaIds ids;

  /**
   * The catalogue under a prefix.
   *
   * @param prefix such as {@code newsfeed.}; may be empty
   */
  public Topics(String prefix, SchemaIds ids) {
    this(prefix, ids, DEFAULT_PARTITIONS);
  }

  /**
   * The same in a newsroom of another size.
   *
   * @param byArticle partitions of each topic that is keyed by articles: as many instances can share
   *     the publication and the counting of clicks
   */
  public Topics(String prefix, SchemaIds ids, int byArticle) {
    this.prefix = prefix;
    this.ids = ids;
    articles = new Topic<>(
        prefix + "articles",
        "articles",
        "article id",
        Article.class,
        serde(Article.class),
        byArticle,
        // a late version 2 must not displace version 3, so nothing is compacted; the broker
        // refuses what is compressed, so a small record cannot unfold into a huge one
        deleted(
            Duration.ofDays(30),
            kib(1024),
            "compression.type",
            "uncompressed",
            // dated by its sender, a record of 2017 would be deleted before it is read
            "message.timestamp.type",
            "LogAppendTime"),
        "every revision as the CMS sent it, in order of arrival",
        "intake, CMS",
        "publication job");
    clicks = new Topic<>(
        prefix + "clicks",
        "clicks",
        "article id",
        Click.class,
        serde(Click.class),
        byArticle,
        deleted(
            Duration.ofDays(8).plusHours(2),
            kib(64),
            "compression.type",
            "uncompressed",
            // no client's clock may decide what the broker keeps
            "message.timestamp.type",
            "LogAppendTime"),
        "clicks from pages",
        "intake, sites",
        "most-read job");
    controls = new Topic<>(
        prefix + "controls",
        "controls",
        "article id or section/…",
        Control.class,
        serde(Control.class),
        byArticle,
        audited(),
        "editors' decisions about most-read",
        "intake",
        "publication job, most-read job");
    curated = new Topic<>(
        prefix + "curated",
        "curated",
        "feed id",
        CuratedFeed.class,
        serde(CuratedFeed.class),
        1,
        compacted(),
        "editors' ordered lists of articles and of links to other media",
        "intake",
        "feeds job");
    published = new Topic<>(
        prefix + "published",
        "published",
        "article id",
        PublishedArticle.class,
        serde(PublishedArticle.class),
        byArticle,
        compacted(),
        "the public article, or the notice of its withdrawal: the archive",
        "publication job",
        "everyone");
    feeds = new Topic<>(
        prefix + "feeds",
        "feeds",
        "feed id",
        Feed.class,
        serde(Feed.class),
        4,
        compacted(),
        "each feed's first 100 entries, ready to show",
        "feeds job",
        "gateway, sites");
    mostRead = new Topic<>(
        prefix + "most-read",
        "most-read",
        "window/scope, window/scope@edition",
        MostReadList.class,
        serde(MostReadList.class),
        4,
        compacted(),
        "most-read lists",
        "most-read job",
        "gateway, sites");
    rejected = new Topic<>(
        prefix + "rejected",
        "rejected",
        "the refused record's key",
        Rejected.class,
        serde(Rejected.class),
        1,
        deleted(Duration.ofDays(30), kib(2048)),
        "what was refused, with the reason",
        "every stage",
        "on call");
    jobs = new Topic<>(
        prefix + "jobs",
        "jobs",
        "job",
        JobGeneration.class,
        serde(JobGeneration.class),
        1,
        compacted(),
        "which generation of a job serves, and which one is being built",
        "newsfeed rebuild, recount",
        "streams");
    subscriptionRequests = new Topic<>(
        prefix + "subscription-requests",
        "subscription-requests",
        "callback host/hash",
        SubscriptionRequest.class,
        serde(SubscriptionRequest.class),
        8,
        deleted(Duration.ofDays(2), kib(64)),
        "what subscribers asked the WebSub hub for; has secrets",
        "gateway",
        "gateway");
    subscriptions = new Topic<>(
        prefix + "subscriptions",
        "subscriptions",
        "callback host/hash",
        Subscription.class,
        serde(Subscription.class),
        8,
        compacted(),
        "WebSub subscriptions and how far their deliveries are; has secrets",
        "gateway",
        "gateway");
  }

  /** Every topic, in the order in which news flows. */
  public List<Topic<?>> all() {
    return List.of(
        articles,
        clicks,
        controls,
        curated,
        published,
        feeds,
        mostRead,
        rejected,
        jobs,
        subscriptionRequests,
        subscriptions);
  }

  /** What stands in front of every topic name. */
  public String prefix() {
    return prefix;
  }

  /** The numbers of the schemas that the values are written with. */
  public SchemaIds ids() {
    return ids;
  }

  /** A serde for internal state, numbered like the values of topics. */
  public <T extends SpecificRecord> AvroSerde<T> serde(Class<T> type) {
    return new AvroSerde<>(type, ids);
  }

  private static Map<String, String> compacted() {
    return configs(
        "cleanup.policy", "compact",
        // a reader that follows sees every state for a minute at least …
        "min.compaction.lag.ms", millis(Duration.ofMinutes(1)),
        // … and what was replaced is gone after a day at most
        "max.compaction.lag.ms", millis(Duration.ofDays(1)),
        "delete.retention.ms", millis(Duration.ofDays(7)),
        "segment.ms", millis(Duration.ofHours(1)),
        "max.message.bytes", kib(2048),
        "compression.type", "zstd");
  }

  /** Compacted, but only what is so old that nobody asks any more who decided it, and why. */
  private static Map<String, String> audited() {
    Map<String, String> configs = compacted();
    configs.putAll(configs(
        "min.compaction.lag.ms", millis(AUDITED),
        "max.compaction.lag.ms", millis(AUDITED.plusDays(30)),
        // decisions are few: with a segment an hour there would be thousands of files
        "segment.ms", millis(Duration.ofDays(7)),
        // dated by its sender, a decision of "1970" would be old enough at once
        "message.timestamp.type", "LogAppendTime"));
    return configs;
  }

  private static Map<String, String> deleted(Duration kept, String maxBytes, String... more) {
    Map<String, String> configs = configs(
        "cleanup.policy", "delete", "retention.ms", millis(kept), "max.message.bytes", maxBytes);
    configs.putAll(configs(more));
    return configs;
  }

  private static Map<String, String> configs(String... namesAndValues) {
    Map<String, String> configs = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      configs.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return configs;
  }

  private static String millis(Duration duration) {
    return String.valueOf(duration.toMillis());
  }

  private static String kib(int kib) {
    return String.valueOf(kib * 1024);
  }
}
