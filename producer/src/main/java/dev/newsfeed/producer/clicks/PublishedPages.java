package dev.newsfeed.producer.clicks;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the article of a request by the addresses and former addresses of what is published, and on
 * the gateway's own pages by its id. An access log does not say of which site it is:
 *
 * <pre>
 * published                         request      site not given      site https://b.example
 * a1 https://a.example/flood        /flood       a1                  none
 * a2 https://a.example/rates        /rates       several             a3
 * a3 https://b.example/rates
 * </pre>
 */
public final class PublishedPages implements AccessLog.Pages {

  private final ArticleAddresses addresses = new ArticleAddresses();
  private final Set<String> ids = new HashSet<>();
  private final Set<String> sites = new HashSet<>();
  private final @Nullable String site;

  /**
   * Before anything is known.
   *
   * @param site whose log it is, {@code https://news.example}; null: that of any
   */
  public PublishedPages(@Nullable URI site) {
    this.site = site == null ? null : "//" + site.getRawAuthority();
  }

  /** Takes what is published, and what was and is withdrawn: readers still arrive. */
  public void learn(PublishedArticle published) {
    ids.add(published.getArticleId());
    if (published.getArticle() != null) {
      learn(published.getArticle());
    }
  }

  public void learn(Article article) {
    ids.add(article.getArticleId());
    addresses.learn(article);
    List<String> all = new ArrayList<>(article.getAliases());
    if (article.getUrl() != null) {
      all.add(article.getUrl());
    }
    for (String url : all) {
      String authority = authority(url);
      if (authority != null) {
        sites.add("//" + authority);
      }
    }
  }

  private static @Nullable String authority(String url) {
    try {
      return new URI(url).getRawAuthority();
    } catch (URISyntaxException e) {
      return null; // an address that is none leads nowhere
    }
  }

  /** How many articles are known. */
  public int articles() {
    return ids.size();
  }

  @Override
  public Found at(String target) {
    if (!target.startsWith("/") || target.startsWith("//")) {
      return found(target.contains("://") ? Set.of(target) : Set.of());
    }
    Set<String> candidates = new HashSet<>();
    if (site != null) {
      candidates.add(site + target);
    } else {
      candidates.add(target);
      sites.forEach(each -> candidates.add(each + target));
    }
    return found(candidates);
  }

  private Found found(Set<String> candidates) {
    Map<String, String> found = new HashMap<>();
    for (String address : candidates) {
      String id = addresses.articleId(address);
      if (id != null && ids.contains(id)) { // whatever looks like a page of the gateway has an id
        found.merge(id, host(address), (host, other) -> host.isEmpty() ? other : host);
      }
    }
    return switch (found.size()) {
      case 0 -> new None();
      case 1 -> {
        Map.Entry<String, String> only = found.entrySet().iterator().next();
        yield new One(only.getKey(), only.getValue());
      }
      default -> new Several();
    };
  }

  /** Host of an address, as browsers name it; empty where it has none. */
  private static String host(String address) {
    try {
      String host = new URI(address).getHost();
      return host == null ? "" : host.toLowerCase(Locale.ROOT);
    } catch (URISyntaxException e) {
      return ""; // an address that is none leads nowhere
    }
  }
}
