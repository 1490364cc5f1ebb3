package dev.newsfeed.producer.clicks;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.ArticleRules;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Which article a page shows: the addresses and former addresses of every published article.
 *
 * <pre>
 * https://news.example/world/flood        → flood-2026-11    scheme, fragment, last slash and
 * http://NEWS.example/world/flood/?utm=x  → flood-2026-11    an unknown query make no difference
 * https://any.host/articles/flood-2026-11 → flood-2026-11    the gateway's own page
 * </pre>
 *
 * An article that is withdrawn keeps its addresses: readers still arrive, and are counted. Written by
 * one thread, read by many; takes some 200 bytes of heap per address.
 */
public final class ArticleAddresses {

  private static final Pattern OWN_PAGE = Pattern.compile("/articles/([^/]+)");

  private final Map<String, String> articleIds = new ConcurrentHashMap<>();
  private final Map<String, List<String>> addresses = new HashMap<>();

  /** Learns an article's addresses; for a {@code TopicFollower} of {@code published}. */
  public void take(ConsumerRecord<String, byte[]> place, @Nullable PublishedArticle published) {
    if (published != null && published.getArticle() != null) {
      learn(published.getArticle());
    }
  }

  public void learn(Article article) {
    String id = article.getArticleId();
    List<String> now = new ArrayList<>();
    if (article.getUrl() != null) {
      addIfAddress(now, article.getUrl());
    }
    article.getAliases().forEach(alias -> addIfAddress(now, alias));
    List<String> before = now.isEmpty() ? addresses.remove(id) : addresses.put(id, now);
    now.forEach(address -> articleIds.put(address, id));
    if (before != null) {
      before.stream()
          .filter(gone -> !now.contains(gone))
          .forEach(gone -> articleIds.remove(gone, id)); // unless another article took it over
    }
  }

  /** The article at an address; null when none is known there. */
  @Nullable
  public String articleId(String url) {
    URI uri = parsed(url);
    if (uri == null) {
      return null;
    }
    String host = host(uri);
    String path = path(uri);
    String query = uri.getRawQuery();
    List<String> candidates = new ArrayList<>();
    if (query != null) {
      candidates.add(host + path + "?" + query);
      candidates.add(path + "?" + query);
    }
    candidates.add(host + path);
    candidates.add(path); // an article may give a path only: then any host will do
    for (String candidate : candidates) {
      String id = articleIds.get(candidate);
      if (id != null) {
        return id;
      }
    }
    Matcher own = OWN_PAGE.matcher(path(uri.getPath()));
    return own.matches() && ArticleRules.isArticleId(own.group(1)) ? own.group(1) : null;
  }

  private static void addIfAddress(List<String> addresses, String url) {
    URI uri = parsed(url);
    if (uri != null) {
      String query = uri.getRawQuery();
      addresses.add(host(uri) + path(uri) + (query == null ? "" : "?" + query));
    }
  }

  private static @Nullable URI parsed(String url) {
    try {
      URI uri = new URI(url);
      return uri.isOpaque() ? null : uri;
    } catch (URISyntaxException e) {
      return null; // not an address: no article can be there
    }
  }

  private static String host(URI uri) {
    String host = uri.getHost();
    if (host == null) {
      return "";
    }
    int port = uri.getPort();
    return host.toLowerCase(Locale.ROOT)
        + (port == -1 || port == 80 || port == 443 ? "" : ":" + port);
  }

  private static String path(URI uri) {
    return path(uri.getRawPath());
  }

  private static String path(@Nullable String path) {
    if (path == null || path.isEmpty()) {
      return "/";
    }
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
