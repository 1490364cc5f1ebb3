package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.app.Ledger.Entry;
import dev.newsfeed.app.Ledger.Fate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A newsroom at work and its readers, as long as it is open: some ten articles and twenty clicks a
 * second, updates, withdrawals. Who gets no answer, or is told to come again, sends the same again, so
 * that in the end everything was accepted; what that was stands in a {@link Ledger}.
 */
final class PatientLoad implements AutoCloseable {

  private static final long PAUSE_MS = 80;
  private static final long AGAIN_MS = 250;
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final List<String> SECTIONS = List.of("world", "sport", "culture");

  private final IntakeClient desk;
  private final Ledger ledger = new Ledger();
  private final Set<String> withdrawnIds = new HashSet<>();
  private final Set<String> withdrawnTokens = new HashSet<>();
  private final Instant yesterday = Instant.now().minusSeconds(86_400);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private volatile int number;

  /** Begins. */
  PatientLoad(IntakeClient desk) {
    this.desk = desk;
    thread.scheduleWithFixedDelay(this::step, 0, PAUSE_MS, TimeUnit.MILLISECONDS);
  }

  private void step() {
    if (failure.get() != null) {
      return;
    }
    try {
      int n = number + 1;
      String first = publish(id(n), 1, n, n);
      for (int reader = 0; reader < 1 + n % 3; reader++) {
        click(id(n), n + reader);
      }
      if (n % 7 == 0 && (n - 3) % 11 != 0) {
        publish(id(n - 3), 2, n - 3, n); // into another section, at its old time
      }
      if (n % 11 == 0) {
        withdraw(id(n), first);
      }
      number = n; // only this thread writes it
    } catch (RuntimeException e) {
      failure.set(e);
    }
  }

  private String publish(String id, long version, int n, int section) {
    Entry entry = open(Fate.APPLIED);
    ObjectNode article = JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id)
        .put("version", version)
        .put("headline", "Headline " + entry.token())
        .put("bodyHtml", "<p>Body " + entry.token() + "</p>")
        .put("section", SECTIONS.get(section % SECTIONS.size()))
        .put("firstPublished", yesterday.plusSeconds(n).toString());
    untilAccepted(entry, () -> desk.publish(article));
    return entry.token();
  }

  private void click(String id, int reader) {
    Entry entry = open(Fate.READ);
    ObjectNode click =
        JsonNodeFactory.instance.objectNode().put("articleId", id).put("eventId", entry.token());
    untilAccepted(entry, () -> desk.clicks(click, Reader.number(reader)));
  }

  private void withdraw(String id, String token) {
    Entry entry;
    synchronized (ledger) {
      entry = ledger.openWithdrawal();
    }
    untilAccepted(entry, () -> desk.withdraw(id, 3, entry.token()));
    synchronized (ledger) {
      withdrawnIds.add(id);
      withdrawnTokens.add(token);
    }
  }

  /**
   * Publishes an article besides, from whatever thread, and returns when it was accepted.
   *
   * @return what its headline bears
   */
  String publish(String id) {
    Entry entry = open(Fate.APPLIED);
    ObjectNode article = JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id)
        .put("version", 1)
        .put("headline", "Headline " + entry.token())
        .put("section", SECTIONS.get(0))
        .put("firstPublished", Instant.now().toString());
    untilAccepted(entry, () -> desk.publish(article));
    return entry.token();
  }

  private Entry open(Fate fate) {
    synchronized (ledger) {
      return ledger.open(fate, "", 1);
    }
  }

  private static void untilAccepted(Entry entry, Supplier<IntakeClient.Answer> send) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String problem;
      entry.tried();
      try {
        IntakeClient.Answer answer = send.get();
        if (answer.accepted()) {
          return;
        }
        problem = answer.problem();
        if (answer.status() != 503) {
          throw new IllegalStateException(problem);
        }
      } catch (UnavailableException e) {
        problem = String.valueOf(e.getMessage());
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException("not accepted within " + PATIENCE + ": " + problem);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(AGAIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String id(int n) {
    return "load-" + n;
  }

  /** How many articles of it were accepted so far. */
  int published() {
    return number;
  }

  /** The sections that its articles are in. */
  static List<String> sections() {
    return SECTIONS;
  }

  /** What was sent; complete once this is closed. */
  Ledger ledger() {
    return ledger;
  }

  /** Articles that were withdrawn, and stay so. */
  Set<String> withdrawnIds() {
    synchronized (ledger) {
      return Set.copyOf(withdrawnIds);
    }
  }

  /** What the headlines of those bore. */
  Set<String> withdrawnTokens() {
    synchronized (ledger) {
      return Set.copyOf(withdrawnTokens);
    }
  }

  /** Ends it at once, whatever was not accepted yet. */
  void giveUp() {
    thread.shutdownNow();
  }

  /** Ends it, as soon as all was accepted; whatever went wrong is thrown now. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the load does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Throwable cause = failure.get();
    if (cause != null) {
      throw new IllegalStateException("the load failed after " + number + " articles", cause);
    }
  }
}
