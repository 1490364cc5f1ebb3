package dev.newsfeed.app;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import dev.newsfeed.gateway.Gateway;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The pages in Chromium, over the whole pipeline. After each test nothing has been blocked, nothing
 * has failed to load, and no script has complained.
 */
class PagesBrowserIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
  private static final int WORLD = 30;
  private static final int SPORT = 14;

  private static KafkaCluster cluster;
  private static TestNewsfeed newsfeed;
  private static Chromium chromium;
  private static String picture;
  private static int names;

  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private BrowserContext context;
  private Page page;

  @BeforeAll
  static void start(@TempDir Path data) {
    cluster = KafkaCluster.embedded();
    newsfeed = new TestNewsfeed(cluster, data);
    chromium = Chromium.start();
    PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
    picture = newsfeed
        .reading()
        .get("/", "Accept", "text/html")
        .body()
        .replaceAll("(?s).*<link rel=\"icon\" href=\"([^\"]*)\".*", "$1");
    publishTheNews();
    System.out.println("The pages were tried in Chromium " + chromium.version());
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable each : new AutoCloseable[] {chromium, newsfeed, cluster}) {
      try {
        if (each != null) {
          each.close();
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @BeforeEach
  void openWindow() {
    open(new Browser.NewContextOptions().setViewportSize(1280, 800));
  }

  @AfterEach
  void closeWindow() {
    context.close();
    assertThat(complaints).isEmpty();
  }

  private void open(Browser.NewContextOptions options) {
    if (context != null) {
      context.close();
    }
    context = chromium.open(options.setReducedMotion(ReducedMotion.REDUCE));
    page = context.newPage();
    page.onPageError(complaints::add);
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        complaints.add(message.text());
      }
    });
    page.onRequestFailed(request -> {
      // a stream and the clicks of a page that is left
      if (!request.url().contains("/events?") && !request.url().contains("/v1/clicks")) {
        complaints.add(request.url() + " " + request.failure());
      }
    });
  }

  // ---- what there is to read -------------------------------------------------------------------

  private static void publishTheNews() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    for (int i = 0; i < WORLD; i++) {
      publish(story("world-" + i, "world", now.minus(Duration.ofHours(3L * i + 2)))
          .put("byline", "A. Writer"));
    }
    for (int i = 0; i < SPORT; i++) {
      publish(story("sport-" + i, "sport", now.minus(Duration.ofHours(5L * i + 2))));
    }
    ObjectNode gallery = story("gallery", "world", now.minus(Duration.ofHours(4)));
    gallery.put("kind", "gallery");
    withPhoto(withPhoto(gallery));
    publish(gallery);
    publish(withPhoto(story("graphic", "world", now.minus(Duration.ofHours(5))))
        .put("kind", "infographic"));
    publish(withPhoto(story("film", "world", now.minus(Duration.ofHours(6)))).put("kind", "video"));
    ObjectNode arabic = withPhoto(story("arabic", "world", now.minus(Duration.ofHours(1))));
    publish(arabic
        .put("headline", "افتتاح الجسر يوم الاثنين")
        .put("lead", "BBC: الجسر مفتوح")
        .put("bodyHtml", "<p>مرحبا</p>")
        .put("language", "ar"));
    ObjectNode full = withPhoto(story("full", "world", now.minus(Duration.ofMinutes(90))));
    full.putArray("persons").addObject().put("slug", "mara-velden").put("title", "Mara Velden");
    full.putArray("topics").addObject().put("slug", "bridges").put("title", "Bridges");
    full.putArray("readAlso").add("world-1").add("sport-1");
    full.putArray("inOtherMedia")
        .addObject()
        .put("title", "The long way round")
        .put("url", "https://other.example/round")
        .put("source", "The Echo");
    full.put(
        "bodyHtml",
        "<p>Text</p><h2>Heading</h2><blockquote><p>Said</p></blockquote>"
            + "<table><tr><th>a</th></tr><tr><td>1</td></tr></table>");
    publish(full);
    publish(full.deepCopy()
        .put("version", 2)
        .set(
            "correction",
            JSON.createObjectNode().put("text", "It is a bridge.").put("at", now.toString())));
    publish(story("killed", "world", now.minus(Duration.ofHours(7))));
    withdraw("killed", "Legal advice");
    curate("in-other-media", "https://other.example/comment");
    for (String id : List.of("world-0", "world-0", "sport-0", "full")) {
      newsfeed.intake().click(id, Reader.number(++names));
    }
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
      assertThat(newsfeed.reading().wholeFeed("all")).hasSize(WORLD + SPORT + 5);
      assertThat(html("/")).contains("1 read<", "https://other.example/comment");
    });
  }

  private static ObjectNode story(String id, String section, Instant at) {
    return JSON.createObjectNode()
        .put("articleId", id)
        .put("version", 1)
        .put("headline", "Headline of " + id)
        .put("lead", "Lead of " + id)
        .put("bodyHtml", "<p>Body of " + id + "</p>")
        .put("section", section)
        .put("firstPublished", at.toString());
  }

  private static ObjectNode withPhoto(ObjectNode story) {
    story
        .withArray("/photos")
        .addObject()
        .put("url", picture)
        .put("width", 1200)
        .put("height", 800)
        .put("alt", "A bridge in fog")
        .put("caption", "The bridge")
        .put("credit", "P. Grapher");
    return story;
  }

  private static void publish(JsonNode story) {
    IntakeClient.Answer answer = newsfeed.intake().publish((ObjectNode) story);
    assertThat(answer.accepted()).as(answer::problem).isTrue();
  }

  /** An article that no other test knows, published now. */
  private static String publishNew(String section) {
    String id = "new-" + ++names;
    publish(story(id, section, Instant.now()));
    return id;
  }

  private static void withdraw(String id, String reason) {
    assertThat(newsfeed.intake().withdraw(id, 90, reason).accepted()).isTrue();
  }

  /** Sets an editor's list of articles, and of links where it begins like an address. */
  private static void curate(String name, String... entries) {
    ObjectNode list = JSON.createObjectNode().put("title", "By hand").put("by", "mara");
    for (String entry : entries) {
      ObjectNode one = list.withArray("/entries").addObject();
      if (entry.startsWith("https:")) {
        one.putObject("link").put("title", "Elsewhere").put("url", entry).put("source", "Echo");
      } else {
        one.put("articleId", entry);
      }
    }
    IntakeClient.Answer answer = newsfeed.intake().curate(name, list);
    assertThat(answer.accepted()).as(answer::problem).isTrue();
  }

  private static String html(String path) {
    return newsfeed.reading().get(path, "Accept", "text/html").body();
  }

  private Response go(String path) {
    return Objects.requireNonNull(page.navigate(newsfeed.gatewayUrl() + path));
  }

  /** The same, and it hears what happens. */
  private void goLive(String path) {
    go(path);
    assertThat(page.locator("#live-text")).hasText("Live");
    page.evaluate("window.neverLoadedAgain = true");
  }

  private void assertItWasNotLoadedAgain() {
    assertThat(page.evaluate("window.neverLoadedAgain")).isEqualTo(true);
  }

  private Locator all(String articleId) {
    return page.locator("[data-article='" + articleId + "']");
  }

  private List<String> shown() {
    return page.locator("#stories li.story").all().stream()
        .map(story -> story.getAttribute("data-article"))
        .toList();
  }

  private static List<String> feed(String feedId) {
    return newsfeed.reading().wholeFeed(feedId);
  }

  // ---- filter and more news --------------------------------------------------------------------

  @Test
  void sectionIsChosenWithoutLeavingThePageAndRemembered() {
    go("/");
    page.evaluate("window.neverLoadedAgain = true");
    page.locator("#filter a[data-section=sport]").click();

    assertThat(page.locator("#filter [aria-current]")).hasText("Sport");
    assertThat(shown()).isEqualTo(feed("section/sport").subList(0, shown().size()));
    assertThat(page.locator("#filter [aria-current]")).isFocused();
    assertThat(page.url()).endsWith("/?section=sport");
    assertItWasNotLoadedAgain();
    assertThat(context.cookies()).isEmpty();

    go("/");
    assertThat(page.locator("#filter [aria-current]")).hasText("Sport");

    page.locator("#filter a[data-section='']").click();
    assertThat(page.locator("#filter [aria-current]")).hasText("All");
    go("/");
    assertThat(page.locator("#filter [aria-current]")).hasText("All");
    assertThat(page.evaluate("localStorage.length")).isEqualTo(0);
  }

  @Test
  void backLeadsToTheSectionBefore() {
    go("/");
    page.locator("#filter a[data-section=sport]").click();
    assertThat(page.locator("#filter [aria-current]")).hasText("Sport");
    page.goBack();

    assertThat(page.locator("#filter [aria-current]")).hasText("All");
  }

  @Test
  void moreNewsComesInPlaceToTheEndWithoutSkipOrRepeat() {
    go("/");
    Locator more = page.locator("#more");
    while (more.count() > 0) {
      int before = shown().size();
      if (before < 30) {
        publishNew("sport"); // what comes in meanwhile shifts nothing
      }
      more.click();
      page.waitForCondition(() -> shown().size() > before + 1 || more.count() == 0);
      assertThat(page.locator("#stories .story-link:focus")).hasCount(1);
    }

    List<String> old = feed("all").stream().filter(id -> !id.startsWith("new-")).toList();
    assertThat(shown().stream().filter(id -> !id.startsWith("new-"))).isEqualTo(old);
    assertThat(shown()).doesNotHaveDuplicates();
    assertThat(page.locator(".day").all().stream().map(day -> day.getAttribute("data-day")))
        .doesNotHaveDuplicates()
        .isSortedAccordingTo((a, b) -> b.compareTo(a));
  }

  @Test
  void storiesStandUnderTheirDays() {
    go("/section/world");
    String today = LocalDate.now(ZONE).toString();

    List<Object> days = new ArrayList<>();
    for (Locator day : page.locator(".day").all()) {
      for (Locator time : day.locator("li time").all()) {
        Instant at = Instant.parse(time.getAttribute("datetime"));
        assertThat(LocalDate.ofInstant(at, ZONE)).hasToString(day.getAttribute("data-day"));
      }
      days.add(day.getAttribute("data-day"));
    }
    assertThat(days).hasSizeGreaterThan(1);
    if (days.contains(today)) {
      assertThat(page.locator(".day[data-day='" + today + "'] .day-title")).hasText("Today");
    }
  }

  // ---- most read -------------------------------------------------------------------------------

  @Test
  void tabsFollowMouseAndKeyboard() {
    go("/");
    Locator now = page.locator("#tab-now");
    Locator today = page.locator("#tab-today");
    Locator week = page.locator("#tab-this-week");
    assertThat(page.locator("[role=tabpanel]:visible")).hasAttribute("data-window", "now");

    today.click();
    assertThat(page.locator("[role=tabpanel]:visible")).hasAttribute("data-window", "today");
    assertThat(today).hasAttribute("aria-selected", "true");
    assertThat(now).hasAttribute("tabindex", "-1");

    today.press("ArrowRight");
    assertThat(week).isFocused();
    week.press("ArrowRight");
    assertThat(now).isFocused();
    now.press("End");
    assertThat(page.locator("[role=tabpanel]:visible")).hasAttribute("data-window", "this-week");
    week.press("Home");
    assertThat(page.locator("[role=tabpanel]:visible")).hasAttribute("data-window", "now");
    assertThat(page.locator("#most-read-now .as-of")).containsText("As of");
    assertThat(page.url()).endsWith("/");
  }

  @Test
  void countsOfMostReadMoveOnByThemselves() {
    String id = publishNew("world");
    goLive("/");
    for (int i = 0; i < 9; i++) {
      newsfeed.intake().click(id, Reader.number(100 + ++names));
    }

    assertThat(page.locator("#most-read-now li[data-article='" + id + "']"))
        .containsText("9 reads");
    assertThat(page.locator("#most-read-now li").first()).containsText("1");
    assertItWasNotLoadedAgain();
  }

  // ---- live ------------------------------------------------------------------------------------

  @Test
  void newStoryComesInBelowTheWindowByItself() {
    page.setViewportSize(1280, 300); // the list begins further down
    goLive("/");
    String id = publishNew("world");

    assertThat(page.locator("#stories li.story").first()).hasAttribute("data-article", id);
    assertThat(page.locator("#stories li.story").first().locator("h4"))
        .hasText("Headline of " + id);
    assertThat(page.locator("#arrived")).isHidden();
    assertItWasNotLoadedAgain();
  }

  @Test
  void newStoryDoesNotMoveTheListThatIsBeingRead() {
    goLive("/section/world");
    String first = shown().get(0);
    String id = publishNew("world");

    assertThat(page.locator("#arrived")).hasText("1 new story");
    assertThat(shown().get(0)).isEqualTo(first);
    assertThat(page.locator("#status")).hasText("There are new stories");
    page.locator("#arrived").click();
    assertThat(shown()).startsWith(id, first);
    assertThat(all(id).locator(".story-link").last()).isFocused();
    assertThat(page.locator("#arrived")).isHidden();
    assertItWasNotLoadedAgain();
  }

  @Test
  void newStoryOfAnotherSectionDoesNotComeIn() {
    goLive("/section/sport");
    publishNew("world");
    String mine = publishNew("sport");

    page.locator("#arrived").click();
    assertThat(shown()).startsWith(mine);
    assertThat(page.locator("#arrived")).isHidden();
  }

  @Test
  void changedHeadlineChangesWhereverItStands() {
    String id = publishNew("world");
    goLiveWith(id, "/");
    publish(story(id, "world", Instant.now()).put("version", 2).put("headline", "Quite different"));

    assertThat(page.locator("#stories " + of(id) + " .story-link")).hasText("Quite different");
    assertThat(page.locator("#stories " + of(id) + " .story-link")).hasAttribute("dir", "auto");
    assertItWasNotLoadedAgain();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/section/world", "/kind/article", "/search?q=new"})
  void withdrawnStoryLeavesEveryListOfAnOpenPage(String path) {
    String id = publishNew("world");
    newsfeed.intake().click(id, Reader.number(900 + ++names));
    curate("top-stories", id, "world-3", "world-4");
    goLiveWith(id, path);
    withdraw(id, "Legal advice");

    assertThat(all(id)).hasCount(0);
    assertThat(page.locator("main")).not().containsText("Headline of " + id);
    assertItWasNotLoadedAgain();
  }

  @Test
  void openArticleTurnsIntoTheNoticeOfItsWithdrawal() {
    String id = publishNew("world");
    goLiveWith(id, "/articles/" + id);
    withdraw(id, "The court said so");

    assertThat(page.locator("h1")).hasText("This article has been withdrawn");
    assertThat(page.locator("main")).containsText("The court said so");
    assertThat(page.locator("#status")).hasText("This article has been withdrawn");
    assertThat(page.content()).doesNotContain("Body of " + id, "Lead of " + id);
    assertThat(page.title()).doesNotContain(id);
    assertItWasNotLoadedAgain();
    // what Chromium itself says of the answer 410
    complaints.removeIf(complaint -> complaint.contains("410"));
  }

  @Test
  void withdrawnStoryLeavesReadAlsoOfAnOpenArticle() {
    String id = publishNew("world");
    String other = "with-" + id;
    ObjectNode reader = story(other, "sport", Instant.now());
    reader.putArray("readAlso").add(id);
    publish(reader);
    goLiveWith(other, "/articles/" + other);
    assertThat(page.locator("#read-also " + of(id))).isVisible();
    withdraw(id, "Legal advice");

    assertThat(all(id)).hasCount(0);
    assertItWasNotLoadedAgain();
  }

  @Test
  void textOfAnOpenArticleIsReplacedWhenItsReaderAsksForIt() {
    String id = publishNew("world");
    goLiveWith(id, "/articles/" + id);
    publish(story(id, "world", Instant.now()).put("version", 2).put("bodyHtml", "<p>Better</p>"));

    Locator offer = page.locator("#renewed a");
    assertThat(offer).isVisible();
    assertThat(page.locator(".body")).hasText("Body of " + id);
    offer.click();
    assertThat(page.locator(".body")).hasText("Better");
    assertThat(page.locator("#renewed")).isEmpty();
    assertItWasNotLoadedAgain();
  }

  @Test
  void listOfTheEditorsChangesOnAnOpenPage() {
    curate("top-stories", "world-5", "world-6");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> html("/curated/top-stories").contains("world-5"));
    goLive("/");
    assertThat(page.locator(".lead-story")).hasAttribute("data-article", "world-5");
    curate("top-stories", "world-7", "world-5");
    curate("in-other-media", "https://other.example/second");

    assertThat(page.locator(".lead-story")).hasAttribute("data-article", "world-7");
    assertThat(page.locator("#other-media a[href='https://other.example/second']"))
        .isVisible();
    assertItWasNotLoadedAgain();
  }

  @Test
  void newGalleryComesIntoItsStrip() {
    goLive("/");
    String id = "new-" + ++names;
    publish(withPhoto(withPhoto(story(id, "world", Instant.now()))).put("kind", "gallery"));

    assertThat(page.locator("#galleries " + of(id))).containsText("2 photos");
    assertItWasNotLoadedAgain();
  }

  @Test
  void pageGoesOnAfterTheGatewayWasAway(@TempDir Path data) throws IOException {
    NewsfeedSettings settings = NewsfeedSettings.from(Map.of(
            NewsfeedSettings.GATEWAY_PORT, String.valueOf(Ports.free(1).get(0)),
            NewsfeedSettings.ZONE, ZONE.getId()))
        .with(newsfeed.settings().kafka());
    Roles roles = new Roles(settings, data, Clock.systemUTC());
    URI address = NewsfeedSettings.localhost(settings.gatewayPort());
    String meanwhile;
    String killed = publishNew("world");
    try (Gateway gateway = roles.gateway(newsfeed.intakeUrl(), null)) {
      gateway.awaitReady(Duration.ofMinutes(1));
      page.navigate(address + "/section/world");
      assertThat(page.locator("#live-text")).hasText("Live");
      assertThat(page.locator(of(killed)).first()).isVisible();
      page.evaluate("window.neverLoadedAgain = true");
    }
    meanwhile = publishNew("world");
    withdraw(killed, "Legal advice");
    assertThat(page.locator("#live-text")).hasText("Connecting");
    try (Gateway gateway = roles.gateway(newsfeed.intakeUrl(), null)) {
      gateway.awaitReady(Duration.ofMinutes(1));

      assertThat(all(killed)).hasCount(0);
      page.waitForCondition(() -> {
        if (page.locator("#arrived").isVisible()) {
          page.locator("#arrived").click();
        }
        return shown().contains(meanwhile);
      });
      assertItWasNotLoadedAgain();
      page.close();
    }
    // that nobody was there, and that it was not ready at once
    complaints.removeIf(complaint -> complaint.contains("ERR_") || complaint.contains("503"));
  }

  @Test
  void pageThatHasMissedTooMuchBecomesWhatItIsNow() {
    String id = publishNew("world");
    await().atMost(Duration.ofSeconds(20)).until(() -> html("/section/world").contains(id));
    page.route(
        "**/section/world",
        route -> route.fulfill(new Route.FulfillOptions()
            .setContentType("text/html")
            .setBody(html("/section/world")
                .replaceFirst("data-position=\"[^\"]*\"", "data-position=\"somewhere-else.1\""))));
    go("/section/world");
    page.unroute("**/section/world");
    page.evaluate("window.neverLoadedAgain = true");
    withdraw(id, "Legal advice");

    assertThat(all(id)).hasCount(0);
    String next = publishNew("world");
    page.waitForCondition(() -> {
      if (page.locator("#arrived").isVisible()) {
        page.locator("#arrived").click();
      }
      return shown().contains(next);
    });
    assertItWasNotLoadedAgain();
  }

  private static String of(String id) {
    return "[data-article='" + id + "']";
  }

  private void goLiveWith(String id, String path) {
    await().atMost(Duration.ofSeconds(20)).until(() -> html(path).contains(id));
    goLive(path);
    assertThat(page.locator("body")).containsText(id);
  }

  // ---- without a script ------------------------------------------------------------------------

  @Test
  void everythingWorksWithoutAScript() {
    open(new Browser.NewContextOptions().setJavaScriptEnabled(false));
    go("/");
    page.locator("#filter a[data-section=sport]").click();
    assertThat(page.locator("#filter [aria-current]")).hasText("Sport");
    List<String> read = new ArrayList<>(shown());
    while (page.locator("#more").count() > 0) {
      page.locator("#more").click();
      read.addAll(shown());
    }
    assertThat(read.stream().filter(id -> !id.startsWith("new-")))
        .isEqualTo(
            feed("section/sport").stream().filter(id -> !id.startsWith("new-")).toList());

    go("/");
    assertThat(page.locator(".panel:visible")).hasAttribute("data-window", "now");
    page.locator("#tab-today").click();
    assertThat(page.locator(".panel:visible")).hasAttribute("data-window", "today");
    assertThat(page.locator("button:visible")).hasCount(1); // of the search
    page.locator("#search-box").fill("bridge");
    page.locator("#search-box").press("Enter");
    assertThat(page.locator(".found")).isVisible();
  }

  // ---- every page ------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/?section=sport",
        "/section/world",
        "/topic/bridges",
        "/person/mara-velden",
        "/kind/gallery",
        "/curated/in-other-media",
        "/articles/full",
        "/articles/gallery",
        "/articles/graphic",
        "/articles/film",
        "/articles/arabic",
        "/articles/killed",
        "/search",
        "/search?q=headline",
        "/search?q=nothingofthekind",
        "/nowhere"
      })
  void pageIsAccessibleInEveryWayItCanLook(String path) throws IOException {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : List.of(360, 1280)) {
        open(new Browser.NewContextOptions()
            .setViewportSize(width, 800)
            .setIsMobile(width == 360) // whose scroll bar takes no room
            .setColorScheme(scheme));
        Response response = go(path);
        String as = path + " " + scheme + " " + width;

        assertThat(Axe.violations(page::evaluate)).as(as).isEmpty();
        assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
            .as(as + " scrolls sideways")
            .isLessThanOrEqualTo(width);
        assertThat(response.headerValue("content-security-policy"))
            .startsWith("default-src 'none'; script-src 'self'")
            .doesNotContain("unsafe");
        assertThat(response.headerValue("referrer-policy"))
            .isEqualTo("strict-origin-when-cross-origin");
        // what Chromium says of a page that is an error
        complaints.removeIf(c -> response.status() >= 400 && c.contains("the server responded"));
      }
    }
  }

  @Test
  void headingsLeadThroughEveryPageInOrder() {
    for (String path : List.of("/", "/section/world", "/articles/full", "/search?q=headline")) {
      go(path);
      @SuppressWarnings("unchecked")
      List<Integer> levels = (List<Integer>) page.evaluate(
          "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(h => h.checkVisibility())"
              + ".map(h => Number(h.tagName[1]))");
      assertThat(levels.get(0)).as(path).isEqualTo(1);
      assertThat(levels).as(path).containsOnlyOnce(1);
      assertThat(IntStream.range(1, levels.size()))
          .as(path + " " + levels)
          .allMatch(i -> levels.get(i) <= levels.get(i - 1) + 1);
    }
  }

  @Test
  void firstKeyLeadsPastTheNavigation() {
    go("/");
    page.keyboard().press("Tab");
    assertThat(page.locator(".skip")).isFocused();
    assertThat(page.locator(".skip")).isVisible();
    page.keyboard().press("Enter");

    assertThat(page.locator("main")).isFocused();
  }

  @Test
  void articleInArabicIsWrittenFromTheRight() {
    go("/articles/arabic");

    for (String part : List.of("h1", ".standfirst", ".body")) {
      assertThat(page.locator(part)).hasAttribute("lang", "ar");
      assertThat(page.locator(part)).hasCSS("direction", "rtl");
    }
    assertThat(page.locator(".byline")).hasCSS("direction", "ltr");
  }

  @Test
  void hardlyAnythingMovesWhileAPageLoads() {
    for (int width : List.of(360, 1280)) {
      open(new Browser.NewContextOptions().setViewportSize(width, 800));
      for (String path : List.of("/", "/articles/full", "/section/world")) {
        go(path);
        assertThat(page.locator("#live-text")).hasText("Live");
        Object shift = page.evaluate("new Promise(done => {let sum = 0; new PerformanceObserver("
            + "list => list.getEntries().forEach(e => sum += e.value))"
            + ".observe({type: 'layout-shift', buffered: true});"
            + "requestAnimationFrame(() => setTimeout(() => done(sum * 1000), 300))})");
        assertThat(((Number) shift).doubleValue()).as(path + " " + width).isLessThan(20); // 0.02
      }
    }
  }

  @Test
  void sharingIsPlainLinksWithNothingOfOthersLoaded() {
    List<String> hosts = new CopyOnWriteArrayList<>();
    page.onRequest(request -> hosts.add(URI.create(request.url()).getHost()));
    go("/articles/full");

    assertThat(page.locator(".share a[href^='mailto:?subject=Headline%20of%20full&body=http']"))
        .isVisible();
    assertThat(page.locator("#copy")).isVisible();
    assertThat(hosts).containsOnly("localhost"); // where the gateway and the intake are
  }
}
