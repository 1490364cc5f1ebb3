package dev.newsfeed.streams.mostread;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Articles by id, found by the bytes of the id in a click. Open addressing; the hashes lie apart from
 * the articles, so that a search touches the memory of the one it finds and of no other.
 *
 * <p>The hash begins with a number that is drawn anew at each start: ids are chosen by whoever sends
 * clicks, and must not be chosen to collide.
 */
final class ArticleTable extends AbstractCollection<ArticleCount> {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private final long seed = new SplittableRandom().nextLong();
  private long[] hashes = new long[16]; // 0: free
  private @Nullable ArticleCount[] articles = new ArticleCount[16];
  private int size;

  @Override
  public int size() {
    return size;
  }

  /** The article with this id, the first bytes of those given; null: it is not here. */
  @Nullable
  ArticleCount find(byte[] id, int length) {
    long hash = hash(id, length);
    int mask = hashes.length - 1;
    for (int at = place(hash) & mask; hashes[at] != 0; at = (at + 1) & mask) {
      if (hashes[at] == hash) {
        ArticleCount article = articles[at];
        if (article != null && article.hasId(id, length)) {
          return article;
        }
      }
    }
    return null;
  }

  @Nullable
  ArticleCount find(String id) {
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    return find(bytes, bytes.length);
  }

  /** Takes an article whose id is not here yet. */
  void put(ArticleCount article) {
    if ((size + 1) * 2 > hashes.length) {
      refill(hashes.length * 2, kept -> true);
    }
    insert(article);
  }

  private void insert(ArticleCount article) {
    byte[] id = article.articleId().getBytes(StandardCharsets.UTF_8);
    long hash = hash(id, id.length);
    int mask = hashes.length - 1;
    int at = place(hash) & mask;
    while (hashes[at] != 0) {
      at = (at + 1) & mask;
    }
    hashes[at] = hash;
    articles[at] = article;
    size++;
  }

  /** Lays the table out anew, which costs as much as it is large: for many at a time. */
  @Override
  public boolean removeIf(Predicate<? super ArticleCount> isGone) {
    int before = size;
    refill(hashes.length, isGone.negate());
    return size < before;
  }

  private void refill(int length, Predicate<? super ArticleCount> isKept) {
    @Nullable ArticleCount[] former = articles;
    hashes = new long[length];
    articles = new ArticleCount[length];
    size = 0;
    for (ArticleCount article : former) {
      if (article != null && isKept.test(article)) {
        insert(article);
      }
    }
  }

  @Override
  public void clear() {
    removeIf(article -> true);
  }

  private static int place(long hash) {
    return (int) (hash >>> 32);
  }

  private long hash(byte[] id, int length) {
    long hash = seed ^ length;
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      hash = mixed(hash ^ (long) LONGS.get(id, at));
    }
    long rest = 0;
    for (; at < length; at++) {
      rest = rest << 8 | (id[at] & 0xff);
    }
    hash = mixed(hash ^ rest);
    return hash == 0 ? 1 : hash;
  }

  private static long mixed(long hash) {
    long product = hash * MIX;
    return product ^ (product >>> 32);
  }

  @Override
  public Iterator<ArticleCount> iterator() {
    return new Iterator<>() {
      private int at;

      @Override
      public boolean hasNext() {
        while (at < articles.length && articles[at] == null) {
          at++;
        }
        return at < articles.length;
      }

      @Override
      public ArticleCount next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        ArticleCount article = articles[at++];
        if (article == null) {
          throw new NoSuchElementException();
        }
        return article;
      }
    };
  }
}
