package dev.newsfeed.gateway.page;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.http.Resource;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.FeedSummary;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.news.SearchPage;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pages: front page, sections, topics, persons, kinds, articles. They are whole without a
 * script; with it they stay up to date.
 */
public final class Pages implements Resource {

  private static final Map<String, String> WHAT = Map.of("topic", "Topic", "person", "Person");
  private static final int STORIES = 20;
  private static final int SECONDARY = 4;
  private static final int STRIP = 6;
  private static final int ELSEWHERE = 6;
  private static final int LABELS = 14;
  private static final int RELATED = 6;
  private static final int UNRATED = 5;
  private static final String TOP_STORIES = "curated/top-stories";
  private static final String IN_OTHER_MEDIA = "curated/in-other-media";
  private static final Set<String> FEED_PAGES =
      Set.of("section", "topic", "person", "kind", "curated");

  private final News news;
  private final Addresses addresses;
  private final Assets assets;
  private final ReadAlsoLists readAlso;
  private final Days days;
  private final Templates templates;
  private final Clock clock;
  private final String newsroom;
  private final String intakeUrl;
  private final String policy;
  private final List<String> sectionOrder;

  /**
   * Pages of a newsroom.
   *
   * @param intakeUrl whose script tells it that an article is read; empty: none does
   * @param sectionOrder slugs in the order of the navigation; others follow by title
   */
  public Pages(
      News news,
      Addresses addresses,
      Assets assets,
      ReadAlsoLists readAlso,
      Clock clock,
      ZoneId zone,
      String newsroom,
      String intakeUrl,
      List<String> sectionOrder) {
    this.news = news;
    this.addresses = addresses;
    this.assets = assets;
    this.readAlso = readAlso;
    this.days = new Days(zone, clock);
    this.templates = new Templates(days);
    this.clock = clock;
    this.newsroom = newsroom;
    this.intakeUrl =
        intakeUrl.endsWith("/") ? intakeUrl.substring(0, intakeUrl.length() - 1) : intakeUrl;
    this.policy = policy(this.intakeUrl);
    this.sectionOrder = List.copyOf(sectionOrder);
  }

  private static String policy(String intakeUrl) {
    // its origin alone: a path would have to be that of each file
    URI uri = URI.create(intakeUrl);
    String intake = intakeUrl.isEmpty() ? "" : " " + uri.getScheme() + "://" + uri.getAuthority();
    return "default-src 'none'; script-src 'self'" + intake
        + "; style-src 'self'; img-src 'self' https: http:;"
        + " connect-src 'self'" + intake
        + "; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";
  }

  @Override
  public Answer answer(Ask ask) {
    String path = ask.path();
    if (path.equals("/")) {
      return ok(front(ask));
    }
    String feedId = path.substring(1);
    int slash = feedId.indexOf('/');
    if (slash > 0 && FEED_PAGES.contains(feedId.substring(0, slash))) {
      return ok(feed(ask, feedId));
    }
    throw Refused.notFound("there is no such page");
  }

  private Answer ok(Content content) {
    return Answer.ok(content, Answer.MOMENT)
        .with("Content-Security-Policy", policy)
        .with("Referrer-Policy", "strict-origin-when-cross-origin");
  }

  private Content front(Ask ask) {
    String section = ask.parameter("section").orElse("");
    String feedId = section.isEmpty() ? "all" : "section/" + section;
    Map<String, Object> model = model(feedId);
    Optional<Cursor> after = after(ask);
    boolean unfilteredTop = section.isEmpty() && after.isEmpty();
    Optional<FeedPage> page = news.page(feedId, after.orElse(null), STORIES);
    if (page.isEmpty() && !section.isEmpty()) {
      throw Refused.notFound("there is no section " + section);
    }
    List<FeedEntry> stories = page.map(Pages::entries).orElse(List.of());
    List<FeedEntry> newest = unfilteredTop ? stories : entries("all", STORIES);
    List<FeedEntry> top = top(newest);
    model.put("section", section);
    model.put("days", days.group(stories));
    model.put("continued", after.isPresent());
    model.put(
        "next",
        page.flatMap(p -> Optional.ofNullable(p.next())).map(Cursor::token).orElse(""));
    model.put("lead", top.stream().limit(1).toList());
    model.put("secondary", top.stream().skip(1).limit(SECONDARY).toList());
    model.put("galleries", entries("kind/gallery", STRIP));
    model.put("infographics", entries("kind/infographic", STRIP));
    model.put("inOtherMedia", entries(IN_OTHER_MEDIA, ELSEWHERE));
    model.put("topUpdated", updated(TOP_STORIES));
    model.put("inOtherMediaUpdated", updated(IN_OTHER_MEDIA));
    model.put("topics", largest("topic/"));
    model.put("persons", largest("person/"));
    model.put("mostRead", MostReadBox.of(news, "all", clock.instant()));
    return templates.render("front", model);
  }

  /** When an editor's list was computed; where there is none, one that comes is newer than this page. */
  private Instant updated(String feedId) {
    return news.feed(feedId).map(FeedSummary::updated).orElseGet(clock::instant);
  }

  /** The editor's choice, or else the most urgent of the newest, those with a photo first. */
  private List<FeedEntry> top(List<FeedEntry> newest) {
    Stream<FeedEntry> chosen = entries(TOP_STORIES, SECONDARY + 1).stream();
    Stream<FeedEntry> urgent = newest.stream()
        .filter(e -> e.getKind().equals("article"))
        .sorted(Comparator.comparingInt(Pages::weight));
    return Stream.concat(chosen, urgent).filter(distinct()).limit(SECONDARY + 1).toList();
  }

  private static Predicate<FeedEntry> distinct() {
    Set<String> seen = new HashSet<>();
    return entry -> seen.add(
        entry.getLink() == null ? entry.getArticleId() : entry.getLink().getUrl());
  }

  private static int weight(FeedEntry entry) {
    int urgency = entry.getUrgency() == null ? UNRATED : entry.getUrgency();
    return 2 * urgency + (entry.getPhoto() == null ? 3 : 0);
  }

  private Content feed(Ask ask, String feedId) {
    Optional<Cursor> after = after(ask);
    FeedPage page = news.page(feedId, after.orElse(null), STORIES)
        .orElseThrow(() -> Refused.notFound("there is no such page"));
    Map<String, Object> model = model(feedId);
    model.put("feed", page.feed());
    boolean curated = page.feed().curated();
    model.put("days", curated ? Days.asTheyAre(entries(page)) : days.group(entries(page)));
    model.put("what", WHAT.getOrDefault(feedId.substring(0, feedId.indexOf('/')), ""));
    model.put("continued", after.isPresent());
    model.put("next", Optional.ofNullable(page.next()).map(Cursor::token).orElse(""));
    boolean counted = feedId.startsWith("section/") || feedId.startsWith("kind/");
    model.put("mostRead", MostReadBox.of(news, counted ? feedId : "all", clock.instant()));
    return templates.render("feed", model);
  }

  /** The page of an article that may be read. */
  Answer article(PublishedArticle published, Article article, FeedEntry entry) {
    Map<String, Object> model = model("");
    model.put("published", published);
    model.put("article", article);
    model.put("entry", entry);
    model.put("canonical", addresses.article(entry));
    model.put("elsewhere", !addresses.isOurs(addresses.article(entry)));
    model.put(
        "newsArticle",
        NewsArticle.inScript(NewsArticle.of(published, article, addresses, newsroom)));
    String sectionFeed =
        article.getSection() == null ? "all" : "section/" + article.getSection().getSlug();
    model.put("readAlso", readAlso.box(article));
    model.put(
        "latest",
        entries(sectionFeed, RELATED).stream()
            .filter(e -> !e.getArticleId().equals(published.getArticleId()))
            .toList());
    model.put("mostRead", MostReadBox.of(news, "all", clock.instant()));
    return ok(templates.render("article", model));
  }

  /** The page of a search; {@code found} null: nothing was looked for yet. */
  Answer search(SearchForm form, @Nullable SearchPage found) {
    Map<String, Object> model = model("");
    for (String name : SearchForm.PARAMETERS) {
      model.put(name, form.value(name));
    }
    model.put("kinds", feeds("kind/").toList());
    model.put("searched", found != null);
    if (found != null) {
      model.put("hits", found.hits());
      model.put("feeds", Addresses.path("", form.asked()));
      model.put("total", found.total());
      model.put("exact", found.exact());
      model.put("continued", form.after() != null);
      model.put(
          "next", found.next() == null ? "" : Addresses.path("/search", form.from(found.next())));
    }
    return ok(templates.render("search", model));
  }

  /** The page in place of an article that was withdrawn. */
  Answer withdrawn(PublishedArticle notice) {
    Map<String, Object> model = model("");
    model.put("notice", notice);
    Optional.ofNullable(notice.getWithdrawal())
        .flatMap(w -> Optional.ofNullable(w.getSuccessorId()))
        .flatMap(news::entry)
        .ifPresent(successor -> model.put("successor", successor));
    return ok(templates.render("withdrawn", model)).withStatus(410);
  }

  /** The page that says why there is none. */
  public Answer error(Ask ask, Refused refused) {
    Map<String, Object> model = model("");
    model.put("status", refused.status());
    model.put("heading", refused.title());
    model.put("detail", refused.detail());
    return ok(templates.render("error", model)).withStatus(refused.status());
  }

  /** What every page shows; its place in the log is taken before anything else is read. */
  private Map<String, Object> model(String feedId) {
    Map<String, Object> model = new HashMap<>();
    model.put("position", news.events().position());
    model.put("newsroom", newsroom);
    model.put("assets", assets.paths());
    model.put("intake", intakeUrl);
    model.put("feedId", feedId);
    model.put("now", clock.instant());
    model.put("zone", days.zoneName());
    model.put("sections", sections());
    return model;
  }

  private List<FeedSummary> sections() {
    Comparator<FeedSummary> configured = Comparator.comparingInt(feed -> {
      int place = sectionOrder.indexOf(feed.slug());
      return place < 0 ? Integer.MAX_VALUE : place;
    });
    return feeds("section/")
        .sorted(configured.thenComparing(FeedSummary::title))
        .toList();
  }

  private List<FeedSummary> largest(String prefix) {
    return feeds(prefix)
        .sorted(Comparator.comparingLong(FeedSummary::total).reversed())
        .limit(LABELS)
        .toList();
  }

  private Stream<FeedSummary> feeds(String prefix) {
    return news.feeds().stream().filter(f -> f.feedId().startsWith(prefix) && f.total() > 0);
  }

  private List<FeedEntry> entries(String feedId, int limit) {
    return news.page(feedId, null, limit).map(Pages::entries).orElse(List.of());
  }

  private static List<FeedEntry> entries(FeedPage page) {
    return page.items().stream().map(FeedPage.Item::entry).toList();
  }

  private static Optional<Cursor> after(Ask ask) {
    return ask.parameter("after")
        .map(token -> Cursor.parse(token)
            .orElseThrow(() -> Refused.parameter("after", "is not a place in this list")));
  }
}
