package dev.newsfeed.streams.mostread;

import java.util.ArrayList;
import java.util.List;

/**
 * Clicks that wait to be counted together, article by article. The rows, indexes and buckets of an
 * article lie in some twenty places of the memory; clicks that come one by one ask for all of them
 * each time, those on one article in a row ask once. Which clicks are reads does not depend on their
 * order, so nothing but time is changed by it.
 *
 * <pre>
 * came     a b a c b a
 * counted  a a a b b c
 * </pre>
 */
final class WaitingClicks {

  private static final int NONE = -1;

  private final List<ArticleCount> articles = new ArrayList<>();
  private final boolean[] hasVisitor;
  private final long[] visitors;
  private final long[] events;
  private final long[] timesMs;
  private final int[] networks;
  private final int[] nextOfArticle;
  private int size;

  WaitingClicks(int atMost) {
    hasVisitor = new boolean[atMost];
    visitors = new long[atMost];
    events = new long[atMost];
    timesMs = new long[atMost];
    networks = new int[atMost];
    nextOfArticle = new int[atMost];
  }

  boolean isFull() {
    return size == visitors.length;
  }

  /** Takes one; only while it is not full. */
  void add(ArticleCount article, ClickView click, long timeMs) {
    int at = size++;
    hasVisitor[at] = click.hasVisitor();
    visitors[at] = click.visitor();
    events[at] = click.event();
    timesMs[at] = timeMs;
    networks[at] = click.network();
    nextOfArticle[at] = NONE;
    if (article.waiting == null) {
      article.waiting = new Chain(at);
      articles.add(article);
    } else {
      nextOfArticle[article.waiting.last] = at;
      article.waiting.last = at;
    }
  }

  /** Counts all of them; those on one article in the order in which they came. */
  void count() {
    for (ArticleCount article : articles) {
      Chain chain = article.waiting;
      article.waiting = null;
      for (int at = chain == null ? NONE : chain.first; at != NONE; at = nextOfArticle[at]) {
        article.count(hasVisitor[at], visitors[at], events[at], networks[at], timesMs[at]);
      }
    }
    articles.clear();
    size = 0;
  }

  /** Forgets all of them. */
  void clear() {
    articles.forEach(article -> article.waiting = null);
    articles.clear();
    size = 0;
  }

  /** Where the clicks on one article stand. */
  static final class Chain {
    private final int first;
    private int last;

    private Chain(int only) {
      first = only;
      last = only;
    }
  }
}
