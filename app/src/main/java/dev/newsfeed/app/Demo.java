package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.producer.files.RefusedItems;
import dev.newsfeed.producer.formats.NewsImport;
import dev.newsfeed.schemas.TopicFollower;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What goes on in a running demo: stories, readers, and a word about them now and then. */
final class Demo implements AutoCloseable {

  private static final DateTimeFormatter TO_THE_SECOND = DateTimeFormatter.ofPattern("HH:mm:ss");

  private static final int STORY_EVERY_S = 20;
  private static final int CLICK_EVERY_MS = 50;
  private static final int DRIFT_EVERY_S = 5;
  private static final int REPORT_EVERY_S = 10;

  /** By then the sample has come back from the topic. */
  private static final int SEED_AFTER_MS = 1_500;

  private final AllInOne all;
  private final DataDirectory data;
  private final Shell shell;
  private final DemoNewsroom newsroom;
  private final DemoReaders readers;
  private final TopicFollower mostRead;
  private final ScheduledExecutorService editors = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledExecutorService people = Executors.newSingleThreadScheduledExecutor();
  private final AtomicReference<@Nullable MostReadList> now = new AtomicReference<>();
  private final AtomicBoolean inTrouble = new AtomicBoolean();
  private volatile boolean closing;

  Demo(AllInOne all, DataDirectory data, Shell shell) {
    this.all = all;
    this.data = data;
    this.shell = shell;
    IntakeClient intake = new IntakeClient(all.intakeUrl(), all.settings().key());
    this.readers = new DemoReaders(intake::clicks, new Random());
    this.newsroom = new DemoNewsroom(all.settings(), intake, readers, shell.clock(), this::say);
    this.mostRead = TopicFollower.of(all.settings().kafka(), "newsfeed-demo-most-read")
        .on(all.settings().topics().mostRead, (place, list) -> {
          if ("now/all".equals(place.key())) {
            now.set(list);
          }
        })
        .start();
  }

  /** Publishes the sample and these files of news, tells where everything is, and sets the rest going. */
  void begin(List<Path> news) throws InterruptedException {
    say("  publishing the sample news ...");
    say("  %d articles published".formatted(newsroom.publishSample()));
    newsroom.setLists();
    if (!news.isEmpty()) {
      importNews(all.settings(), news, shell);
    }
    say("");
    say("  front page  " + all.gatewayUrl());
    say("  JSON feed   " + all.gatewayUrl() + "/feeds/all.json");
    say("  most read   " + all.gatewayUrl() + "/most-read/now");
    say("  publish to  " + all.intakeUrl() + "/v1/articles/{id}");
    say("  Kafka       " + all.settings().kafka().bootstrapServers());
    say("  data        " + data.path() + (data.kept() ? "" : " (goes when the demo stops)"));
    say("  stop with Ctrl-C");
    say("");
    every(editors, STORY_EVERY_S * 1_000, this::publishNext);
    every(editors, REPORT_EVERY_S * 1_000, this::report);
    var unused =
        people.schedule(() -> guarded(readers::seed), SEED_AFTER_MS, TimeUnit.MILLISECONDS);
    every(people, CLICK_EVERY_MS, readers::clickOnce);
    every(people, DRIFT_EVERY_S * 1_000, readers::drift);
  }

  /** Imports files of news, and tells how many articles there were. */
  static void importNews(NewsfeedSettings settings, List<Path> files, Shell shell)
      throws InterruptedException {
    try (ArticlePublisher publisher = new ArticlePublisher(settings.kafka(), settings.topics());
        RefusedItems refusals =
            new RefusedItems(settings.kafka(), settings.topics(), shell.clock())) {
      FileImport run = new FileImport(
          publisher,
          refusals,
          new NewsImport(shell.clock().instant(), ImportCommand.GAP, 1),
          line -> shell.out().println("  " + line));
      for (Path file : files) {
        run.add(file);
      }
      shell
          .out()
          .println("  %d articles imported, %d refused".formatted(run.published(), run.refused()));
    }
  }

  private void publishNext() {
    Optional<ObjectNode> story = newsroom.publishNext();
    story.ifPresent(article -> {
      String id = article.path("articleId").asText();
      String what = article.path("version").asLong() == 1 ? "published" : "updated  ";
      say("%s %s %s → %s/articles/%s"
          .formatted(
              time(), what, quoted(article.path("headline").asText()), all.gatewayUrl(), id));
      if (newsroom.putOnTop(article)) {
        say("%s top story %s".formatted(time(), quoted(article.path("headline").asText())));
      }
    });
  }

  private void report() {
    MostReadList list = now.get();
    if (list == null || list.getEntries().isEmpty()) {
      say("%s %,d clicks sent".formatted(time(), readers.sent()));
      return;
    }
    var first = list.getEntries().get(0);
    say("%s %,d clicks sent, %,d reads within the hour; most read: %s (%,d)"
        .formatted(
            time(),
            readers.sent(),
            list.getReads(),
            quoted(first.getHeadline()),
            first.getReads()));
  }

  private String time() {
    return LocalTime.now(shell.clock().withZone(all.settings().zone())).format(TO_THE_SECOND);
  }

  private static String quoted(String headline) {
    return "\u201c" + headline + "\u201d";
  }

  private void say(String line) {
    shell.out().println(line);
  }

  /** A task that fails is told of once, and tried again when its time comes. */
  private void every(ScheduledExecutorService executor, int delayMs, Runnable task) {
    var unused = executor.scheduleWithFixedDelay(
        () -> guarded(task), delayMs, delayMs, TimeUnit.MILLISECONDS);
  }

  private void guarded(Runnable task) {
    try {
      task.run();
      inTrouble.set(false);
    } catch (RuntimeException e) {
      if (!closing && !inTrouble.getAndSet(true)) {
        say("%s trouble: %s".formatted(time(), e.getMessage()));
      }
    }
  }

  @Override
  public void close() {
    closing = true;
    people.shutdownNow();
    editors.shutdownNow();
    newsroom.close();
    mostRead.close();
  }
}
