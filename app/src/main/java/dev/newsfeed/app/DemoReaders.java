package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * The readers of the demo: some thousand people, and a few crawlers, who open what is popular. Every
 * click goes through the intake, as a page's would.
 */
final class DemoReaders {

  private static final int PEOPLE = 6_000;
  private static final int SEED_READERS = 300;
  private static final int SEED_CLICKS = 5;

  /** Of a thousand clicks so many are a crawler's. */
  private static final int CRAWLERS_PER_MILLE = 40;

  private final BiConsumer<ArrayNode, Reader> intake;
  private final RandomGenerator random;
  private final Popularity popularity;
  private long sent;

  /** Readers whose clicks are sent by {@code intake}. */
  DemoReaders(BiConsumer<ArrayNode, Reader> intake, RandomGenerator random) {
    this.intake = intake;
    this.random = random;
    this.popularity = new Popularity(random);
  }

  /** Clicks sent so far. */
  synchronized long sent() {
    return sent;
  }

  /** Readers see this article from now on. */
  synchronized void see(String articleId) {
    popularity.add(articleId);
  }

  /** Nobody sees this article any more. */
  synchronized void forget(String articleId) {
    popularity.remove(articleId);
  }

  /** What has been read before the demo looks: fills the lists at once. */
  void seed() {
    for (int n = 0; n < SEED_READERS; n++) {
      Set<String> opened = new LinkedHashSet<>();
      synchronized (this) {
        for (int i = 0; i < SEED_CLICKS; i++) {
          popularity.next().ifPresent(opened::add);
        }
        sent += opened.size();
      }
      send(opened, Reader.number(random.nextInt(PEOPLE)));
    }
  }

  /** The next reader opens an article. */
  void clickOnce() {
    String articleId;
    Reader reader;
    synchronized (this) {
      articleId = popularity.next().orElse("");
      int n = random.nextInt(PEOPLE);
      reader = random.nextInt(1_000) < CRAWLERS_PER_MILLE ? Reader.crawler(n) : Reader.number(n);
      sent++;
    }
    if (!articleId.isEmpty()) {
      send(Set.of(articleId), reader);
    }
  }

  private void send(Set<String> opened, Reader reader) {
    ArrayNode clicks = JsonNodeFactory.instance.arrayNode();
    opened.forEach(articleId -> clicks.addObject().put("articleId", articleId));
    intake.accept(clicks, reader);
  }

  /** Interests move on. */
  synchronized void drift() {
    popularity.drift();
  }
}
