package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.avro.Status;
import dev.newsfeed.producer.intake.Replay;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sender's book. Each event bears a token that is found again wherever the event ends, and its
 * page says how it must end and how often it was sent:
 *
 * <pre>
 *            must end as   meant  tries   articles  clicks  rejected
 * ev0000001  APPLIED       2      2       2                          applied once, a duplicate
 * ev0000002  APPLIED       1      2       1 or 2                     its answer was lost in a kill
 * ev0000003  INVALID       1      1                         1
 * ev0000004  READ          2      2                 2                read once, a repeat
 * </pre>
 *
 * Whatever was meant to be sent was sent until it was answered for good, so there is no less of it
 * than was meant and no more than there were tries: where nothing was tried again, exactly that.
 */
final class Ledger {

  private static final Pattern TOKEN = Pattern.compile("ev[0-9]{7}e");

  /** How the first of an event ends; how those that are sent once more do, follows from it. */
  enum Fate {
    APPLIED,
    STALE,
    /** Another content under a version that is known: refused each time it comes. */
    CONFLICT,
    /** An update of a withdrawn article: refused, and a duplicate from then on. */
    WITHDRAWN,
    /** Refused at the door. */
    INVALID,
    READ,
    BOT,
    STAFF,
    LATE;

    private static final Set<Fate> ON_ARTICLES = Set.of(APPLIED, STALE, CONFLICT, WITHDRAWN);
    private static final Set<Fate> ON_CLICKS = Set.of(READ, BOT, STAFF, LATE);
  }

  /**
   * One event.
   *
   * @param refusal stage and reason under which it is kept; empty: it is not refused
   * @param meant how often its sender wants to send it
   */
  record Entry(String token, Fate fate, String refusal, int meant, AtomicInteger tries) {

    void tried() {
      tries.incrementAndGet();
    }
  }

  /** What stands on the topics, by token. */
  static final class Found {
    final Map<String, Integer> articles = new HashMap<>();
    final Map<String, Integer> clicks = new HashMap<>();
    final Map<String, List<String>> rejected = new HashMap<>();

    /** Tokens of what the public has seen, in order of appearance; and of the reasons in notices. */
    final List<String> published = new ArrayList<>();

    final List<String> withdrawn = new ArrayList<>();

    /** Records of the topic that bear no token, by what they are. */
    final List<String> strange = new ArrayList<>();

    boolean has(Entry entry) {
      String token = entry.token();
      return clicks.containsKey(token) || rejected.containsKey(token);
    }

    long clickRecords() {
      return clicks.values().stream().mapToLong(copies -> copies).sum();
    }

    private int copies(Entry entry) {
      String token = entry.token();
      return switch (entry.fate()) {
        case INVALID -> rejected.getOrDefault(token, List.of()).size();
        case READ, BOT, STAFF, LATE -> clicks.getOrDefault(token, 0);
        default -> articles.getOrDefault(token, 0);
      };
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> withdrawals = new HashSet<>();
  private int events;

  /** A new page. */
  Entry open(Fate fate, String refusal, int meant) {
    String token = "ev%07de".formatted(entries.size());
    Entry entry = new Entry(token, fate, refusal, meant, new AtomicInteger());
    entries.put(token, entry);
    events += meant;
    return entry;
  }

  /** How many events are meant to be sent. */
  int events() {
    return events;
  }

  /** Reads the topics to their present end. */
  static Found find(KafkaSettings kafka, Topics topics) {
    Found found = new Found();
    try (TopicFollower follower = TopicFollower.of(kafka, "ledger")
        .on(topics.articles, (place, article) -> note(found, article))
        .on(topics.clicks, (place, click) -> note(found, click))
        .on(topics.rejected, (place, rejected) -> note(found, rejected))
        .on(topics.published, (place, article) -> note(found, article))
        .start()) {
      follower.awaitCaughtUp(Duration.ofSeconds(60));
    }
    return found;
  }

  private static void note(Found found, Article article) {
    boolean canceled = article.getStatus() == Status.canceled;
    String text = canceled ? article.getWithdrawal().getReason() : article.getHeadline();
    tokens(text, found).forEach(token -> found.articles.merge(token, 1, Integer::sum));
  }

  private static void note(Found found, Click click) {
    String event = String.valueOf(click.getEventId());
    tokens(event, found).forEach(token -> found.clicks.merge(token, 1, Integer::sum));
  }

  private static void note(Found found, Rejected rejected) {
    String why = rejected.getStage() + ' ' + rejected.getReason();
    tokens(new String(Replay.bytes(rejected), ISO_8859_1), found)
        .forEach(token ->
            found.rejected.computeIfAbsent(token, t -> new ArrayList<>()).add(why));
  }

  private static void note(Found found, PublishedArticle published) {
    if (published.getStatus() == Status.usable) {
      found.published.addAll(tokens(published.getArticle().getHeadline(), found));
    } else {
      found.withdrawn.addAll(tokens(published.getWithdrawal().getReason(), found));
    }
  }

  private static List<String> tokens(String text, Found found) {
    List<String> tokens = new ArrayList<>();
    for (Matcher each = TOKEN.matcher(text); each.find(); ) {
      tokens.add(each.group());
    }
    if (tokens.isEmpty()) {
      found.strange.add(text);
    }
    return tokens;
  }

  /** Every event is where it must be, as often as it must be, and nowhere else. */
  void assertEachHasEnded(Found found) {
    List<String> wrong = new ArrayList<>();
    for (Entry entry : entries.values()) {
      int copies = found.copies(entry);
      if (copies < entry.meant() || copies > entry.tries().get()) {
        wrong.add(entry + " is there " + copies + " times");
      }
      if (found.articles.containsKey(entry.token()) != Fate.ON_ARTICLES.contains(entry.fate())
          || found.clicks.containsKey(entry.token()) != Fate.ON_CLICKS.contains(entry.fate())) {
        wrong.add(entry + " stands on another topic");
      }
      List<String> refusals = new ArrayList<>();
      for (int n = 0; n < refusals(entry, copies); n++) {
        refusals.add(entry.refusal());
      }
      if (!found.rejected.getOrDefault(entry.token(), List.of()).equals(refusals)) {
        wrong.add(entry + " was refused as " + found.rejected.get(entry.token()));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(found.strange).isEmpty();
    assertThat(entries.keySet())
        .containsAll(found.articles.keySet())
        .containsAll(found.clicks.keySet())
        .containsAll(found.rejected.keySet());
    assertThat(found.published)
        .as("what was applied was seen once, and nothing else was")
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(tokens(Fate.APPLIED, false));
    assertThat(Set.copyOf(found.withdrawn))
        .containsExactlyInAnyOrderElementsOf(tokens(Fate.APPLIED, true));
  }

  private static int refusals(Entry entry, int copies) {
    return switch (entry.fate()) {
      case CONFLICT, INVALID -> copies;
      case WITHDRAWN -> 1;
      default -> 0;
    };
  }

  /** A page for the withdrawal of an article. */
  Entry openWithdrawal() {
    Entry entry = open(Fate.APPLIED, "", 1);
    withdrawals.add(entry.token());
    return entry;
  }

  private List<String> tokens(Fate fate, boolean withdrawal) {
    return entries.values().stream()
        .filter(entry -> entry.fate() == fate)
        .map(Entry::token)
        .filter(token -> withdrawals.contains(token) == withdrawal)
        .toList();
  }

  /** What the publication job must have counted, by its own names. */
  Map<String, Long> verdicts(Found found) {
    Map<String, Long> verdicts = new TreeMap<>();
    verdicts.put("applied", sum(Set.of(Fate.APPLIED), entry -> 1));
    verdicts.put("stale", sum(Set.of(Fate.STALE), entry -> 1));
    verdicts.put(
        "refused",
        sum(Set.of(Fate.CONFLICT), found::copies) + sum(Set.of(Fate.WITHDRAWN), entry -> 1));
    verdicts.put(
        "duplicate",
        sum(Set.of(Fate.APPLIED, Fate.STALE, Fate.WITHDRAWN), entry -> found.copies(entry) - 1L));
    return verdicts;
  }

  /** What a list of all articles over the whole time must say of the clicks. */
  Map<String, Long> clicks(Found found) {
    Map<String, Long> clicks = new TreeMap<>();
    clicks.put("reads", sum(Set.of(Fate.READ), entry -> 1));
    clicks.put("repeat", sum(Set.of(Fate.READ), entry -> found.copies(entry) - 1L));
    clicks.put("bot", sum(Set.of(Fate.BOT), found::copies));
    clicks.put("staff", sum(Set.of(Fate.STAFF), found::copies));
    clicks.put("too-late", sum(Set.of(Fate.LATE), found::copies));
    return clicks;
  }

  /** The same as a list says it. */
  static Map<String, Long> clicks(MostReadList list) {
    Map<String, Long> clicks = new TreeMap<>(list.getRefused());
    clicks.put("reads", list.getReads());
    return clicks;
  }

  private long sum(Set<Fate> fates, ToLongFunction<Entry> count) {
    return entries.values().stream()
        .filter(entry -> fates.contains(entry.fate()))
        .mapToLong(count)
        .sum();
  }
}
