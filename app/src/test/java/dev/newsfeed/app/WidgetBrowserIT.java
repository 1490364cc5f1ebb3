package dev.newsfeed.app;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.newsfeed.app.GatewayAlone.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Clock;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.ColorScheme;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.PublishedArticle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The widget in Chromium, on pages of another origin that forbid and spoil what they can. */
class WidgetBrowserIT {

  /** How a browser calls an event stream that was closed. */
  private static final int CLOSED = 2;

  private static final Duration LONG = Duration.ofHours(1);
  private static final String ATTACK = "<img src=x onerror='window.attacked = true'>";

  private static final String HOSTILE = "<style nonce=site>* { all: unset; }"
      + " * { color: red !important; font: 40px cursive !important; text-transform: uppercase !important;"
      + " letter-spacing: 1em !important; visibility: visible !important; }"
      + " a, button, li, section { display: none !important; }"
      + " newsfeed-list { display: block !important; width: 400px; }</style>";

  private static KafkaCluster cluster;
  private static GatewayAlone gateway;
  private static SitePages site;
  private static Chromium chromium;
  private static int names;

  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final List<String> streams = new CopyOnWriteArrayList<>();
  private BrowserContext context;
  private Page page;
  private String section;
  private String scope;

  @BeforeAll
  static void start(@TempDir Path data) {
    cluster = KafkaCluster.embedded();
    gateway = new GatewayAlone(cluster, data);
    site = new SitePages();
    chromium = Chromium.start();
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable each : new AutoCloseable[] {chromium, site, gateway, cluster}) {
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
  void open() {
    open(new Browser.NewContextOptions());
    section = "s" + ++names;
    scope = "section/" + section;
  }

  private void open(Browser.NewContextOptions options) {
    context = chromium.open(options);
    page = context.newPage();
    page.onConsoleMessage(this::listen);
    page.onPageError(errors::add);
    page.onRequest(this::count);
    page.addInitScript("window.sources = []; window.EventSource = class extends EventSource {"
        + " constructor(url) { super(url); sources.push(this); } }");
  }

  private void listen(ConsoleMessage message) {
    if (message.type().equals("error") && !message.text().contains("favicon")) {
      errors.add(message.text());
    }
  }

  private void count(Request request) {
    if (request.url().contains("/events?")) {
      streams.add(request.url());
    }
  }

  @AfterEach
  void closeAll() {
    context.close();
  }

  // ---- what it shows ---------------------------------------------------------------------------

  @Test
  void strictPolicyAndHostileStyleLeaveItAsItIs() {
    threeLists();
    page.navigate(site.put("/strict", HOSTILE, mostRead(""), strict()));

    assertThat(entries()).hasText(new String[] {"1First now", "2Second now", "3Third now"});
    assertThat(entries().first()).isVisible();
    Object style = link("First now")
        .evaluate("a => { const s = getComputedStyle(a);"
            + "return [s.color, s.fontSize, s.textTransform, s.letterSpacing].join(' ') }");
    assertThat(style).isEqualTo("rgb(22, 23, 26) 16px none normal");
    assertThat(errors).isEmpty();
  }

  @Test
  void textsOfTheNewsAreTextsAndLinksLeadToPages() {
    gateway.mostRead(
        "now",
        scope,
        LONG,
        read(1, section + "-1", ATTACK),
        linked(2, "javascript:window.attacked = true"),
        linked(3, "https://news.example/story"));
    page.navigate(site.put("/texts", "", mostRead("data-target=_blank")));

    assertThat(link(ATTACK)).hasAttribute("href", gateway.url() + "/articles/" + section + "-1");
    assertThat(link(ATTACK)).hasAttribute("target", "_blank");
    assertThat(link(ATTACK)).hasAttribute("rel", "noopener");
    assertThat(link("Linked 2")).not().hasAttribute("href", Pattern.compile(".*"));
    assertThat(link("Linked 3")).hasAttribute("href", "https://news.example/story");
    assertThat(page.evaluate("window.attacked")).isNull();
  }

  @Test
  void textsAndNumberOfEntriesAreTheSites() {
    threeLists();
    page.navigate(
        site.put(
            "/translated",
            "",
            mostRead(
                "lang=ar dir=rtl data-heading='الأكثر قراءة' data-label-now=الآن data-label-today=اليوم"
                    + " data-label-as-of=حتى data-windows=now,today data-window=today data-entries=2")));

    assertThat(page.locator("newsfeed-list h2")).hasText("الأكثر قراءة");
    assertThat(page.locator("newsfeed-list [role=tab]")).hasText(new String[] {"الآن", "اليوم"});
    assertThat(selectedTab()).hasText("اليوم");
    assertThat(entries()).hasCount(2);
    page.locator("newsfeed-list [role=tab]").last().focus();
    page.keyboard().press("ArrowRight"); // to the one on the right, which is the first
    assertThat(selectedTab()).hasText("الآن");
  }

  @Test
  void tabsAreUsedByKeyboard() {
    threeLists();
    page.navigate(site.put("/keyboard", "", mostRead(""), strict()));
    assertThat(entries()).hasCount(3);
    assertThat(page.locator("newsfeed-list [role=tab]")).hasCount(3); // each list comes by itself

    page.keyboard().press("Tab");
    assertThat(focusedText()).isEqualTo("Now");
    page.keyboard().press("ArrowRight");
    assertThat(focusedText()).isEqualTo("Today");
    assertThat(entries().first()).hasText("1First today");
    page.keyboard().press("End");
    assertThat(focusedText()).isEqualTo("This week");
    page.keyboard().press("ArrowRight");
    assertThat(focusedText()).isEqualTo("Now");
    page.keyboard().press("ArrowLeft");
    assertThat(focusedText()).isEqualTo("This week");
    page.keyboard().press("Home");
    page.keyboard().press("Tab");
    assertThat(focusedText()).isEqualTo("First now");
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void nothingKeepsAnybodyFromReadingIt(ColorScheme colours) {
    context.close();
    open(new Browser.NewContextOptions().setColorScheme(colours).setBypassCSP(true));
    threeLists();
    gateway.head(scope, article("a", "World news", 3));
    page.navigate(site.put(
        "/accessible",
        "<title>A site</title><meta name=color-scheme content='light dark'>",
        "<main><h1>A site</h1>" + mostRead("") + feed("") + "</main>"));
    assertThat(entries()).hasCount(4);

    // the page brings its own colours where it says that it can do both
    boolean dark = colours == ColorScheme.DARK;
    assertThat(page.locator("newsfeed-list [part=box]").first())
        .hasCSS("background-color", dark ? "rgb(19, 20, 23)" : "rgb(252, 251, 248)");
    assertThat(Axe.violations(page::evaluate)).isEmpty();
  }

  @Test
  void onALightPageItIsLightHoweverTheReaderLikesIt() {
    context.close();
    open(new Browser.NewContextOptions().setColorScheme(ColorScheme.DARK));
    threeLists();
    page.navigate(site.put("/light", "", mostRead("") + mostRead("data-theme=dark")));

    Locator boxes = page.locator("newsfeed-list [part=box]");
    assertThat(boxes.first()).hasCSS("background-color", "rgb(252, 251, 248)");
    assertThat(boxes.last()).hasCSS("background-color", "rgb(19, 20, 23)");
  }

  @Test
  void siteGivesItColoursAndReachesItsParts() {
    threeLists();
    page.navigate(site.put(
        "/themed",
        "<style>newsfeed-list { --newsfeed-ink: rgb(0, 0, 255) }"
            + " newsfeed-list::part(heading) { text-transform: uppercase }"
            + " newsfeed-list::part(selected) { color: rgb(0, 128, 0) }</style>",
        mostRead("")));

    assertThat(link("First now")).hasCSS("color", "rgb(0, 0, 255)");
    assertThat(page.locator("newsfeed-list h2")).hasCSS("text-transform", "uppercase");
    assertThat(selectedTab()).hasCSS("color", "rgb(0, 128, 0)");
  }

  // ---- how it is put on a page -----------------------------------------------------------------

  @Test
  void loadedTwiceEachLineShowsOneListAndAllShareOneStream() {
    threeLists();
    gateway.head(scope, article("a", "World news", 3));
    page.navigate(site.put(
        "/many",
        "",
        mostRead("") + mostRead("data-windows=today") + feed("") + "<newsfeed-list scope=" + scope
            + "></newsfeed-list>"));

    assertThat(page.locator("newsfeed-list")).hasCount(4);
    assertThat(page.locator("newsfeed-list ol")).hasCount(4);
    page.waitForTimeout(300); // in which another one would have been opened
    assertThat(streams).hasSize(1);
    assertThat(errors).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script type=module src=SCRIPT data-list=most-read data-scope=SCOPE></script>",
        "<script nonce=site>const s = document.createElement('script'); s.src = 'SCRIPT';"
            + " s.dataset.list = 'most-read'; s.dataset.scope = 'SCOPE';"
            + " document.body.append(s)</script>",
        "<div id=there></div><script async src=SCRIPT data-list=most-read data-scope=SCOPE"
            + " data-into='#there'></script>",
        "<newsfeed-list list=most-read scope=SCOPE></newsfeed-list><script async src=SCRIPT></script>"
      })
  void howeverTheScriptGetsThereItShowsOneList(String body) {
    threeLists();
    String html = body.replace("SCRIPT", script()).replace("SCOPE", scope);
    page.navigate(site.put(
        "/ways",
        "",
        html,
        strict()
            .replace("script-src", "script-src 'nonce-site'")
            .replace("; require-trusted-types-for 'script'; trusted-types 'none'", "")));

    assertThat(page.locator("newsfeed-list ol")).hasCount(1);
    assertThat(entries()).hasCount(3);
    assertThat(errors).isEmpty();
  }

  @Test
  void scriptInTheHeadShowsItselfWhereItIsTold() {
    threeLists();
    String line = mostRead("data-into='#there'");
    page.navigate(site.put("/head", line, "<div id=there></div><p>after</p>"));

    assertThat(page.locator("#there newsfeed-list ol")).hasCount(1);
  }

  @Test
  void takenFromThePageItListensNoLonger() {
    threeLists();
    page.navigate(site.put("/removed", "", mostRead("")));
    assertThat(entries()).hasCount(3);

    page.evaluate("document.querySelector('newsfeed-list').remove()");

    page.waitForCondition(() -> sources().equals(List.of(CLOSED)));
  }

  // ---- live ------------------------------------------------------------------------------------

  @Test
  void listMovesWithoutReloadAndFocusStaysOnItsArticle() {
    threeLists();
    page.navigate(site.put("/live", "", mostRead(""), strict()));
    link("Second now").focus();

    gateway.mostRead(
        "now", scope, LONG, read(1, id(2), "Second now"), read(2, id(4), "Fourth now"));

    assertThat(entries()).hasText(new String[] {"1Second now", "2Fourth now"});
    assertThat(focusedText()).isEqualTo("Second now");
  }

  @Test
  void entryDoesNotMoveUnderThePointer() {
    threeLists();
    page.navigate(site.put("/pointer", "", mostRead("")));
    link("Second now").hover();

    gateway.mostRead("now", scope, LONG, read(1, id(4), "Fourth now"));
    gateway.mostRead("today", scope, LONG, read(1, id(4), "Fourth today"));
    page.waitForTimeout(500);
    assertThat(entries()).hasCount(3);
    page.mouse().move(900, 600);

    assertThat(entries()).hasText(new String[] {"1Fourth now"});
  }

  @Test
  void withdrawnArticleGoesAtOnceAlsoUnderThePointer() {
    threeLists();
    page.navigate(site.put("/withdrawn", "", mostRead(""), strict()));
    link("Second now").hover();

    gateway.publish(article(2, "Second now", 5));
    gateway.withdraw(id(2));

    assertThat(entries()).hasText(new String[] {"1First now", "2Third now"});
    // an older list that still has it, and is only now heard of
    gateway.mostRead("now", scope, LONG, read(1, id(1), "First"), read(2, id(2), "Second now"));
    page.mouse().move(900, 600);
    assertThat(entries()).hasText(new String[] {"1First"});
  }

  @Test
  void newsOfTheSectionComesInAtItsPlace() {
    PublishedArticle old = article("old", "Older story", 60);
    PublishedArticle other = article("other", "Other story", 30);
    gateway.publish(old, other);
    gateway.head(scope, other, old);
    await().until(() -> body("/feeds/" + scope + ".json").contains("Older story"));
    page.navigate(site.put("/feed", "", feed("data-entries=3"), strict()));
    assertThat(links()).hasText(new String[] {"Other story", "Older story"});

    PublishedArticle late = article("late", "Late story", 45);
    PublishedArticle newest = article("newest", "Newest story", 1);
    gateway.publish(late, newest);
    assertThat(links()).hasText(new String[] {"Newest story", "Other story", "Late story"});
    gateway.head(scope, newest, other, late, old);
    gateway.withdraw(section + "-other");

    // the fourth comes in from below
    assertThat(links()).hasText(new String[] {"Newest story", "Late story", "Older story"});
  }

  @Test
  void hiddenPageIsNoSubscriberUntilItIsSeenAgain() {
    page.addInitScript("window.behind = false; Object.defineProperty(Document.prototype, 'hidden',"
        + " {get: () => window.behind})");
    threeLists();
    page.navigate(site.put("/hidden", "", mostRead("")));
    assertThat(entries()).hasCount(3);
    page.evaluate("window.behind = true; document.dispatchEvent(new Event('visibilitychange'))");
    page.waitForCondition(() -> sources().equals(List.of(CLOSED)));

    gateway.mostRead("now", scope, LONG, read(1, id(4), "Fourth now"));
    page.evaluate("window.behind = false; document.dispatchEvent(new Event('visibilitychange'))");

    assertThat(entries()).hasText(new String[] {"1Fourth now"});
  }

  @Test
  void withoutAStreamItAsksWithTheETagItHas() {
    List<Integer> statuses = new CopyOnWriteArrayList<>();
    CDPSession network = context.newCDPSession(page);
    network.send("Network.enable");
    network.on(
        "Network.responseReceivedExtraInfo",
        (JsonObject event) -> statuses.add(event.get("statusCode").getAsInt()));
    page.clock().install();
    threeLists();
    page.navigate(site.put(
        "/polling",
        "",
        mostRead(""),
        "default-src 'none'; script-src " + gateway.url() + "; connect-src " + gateway.url()
            + "/most-read/"));
    assertThat(entries()).hasCount(3);

    page.clock().fastForward(60_000);
    page.waitForCondition(() -> statuses.contains(304));
    gateway.mostRead("now", scope, LONG, read(1, id(4), "Fourth now"));
    page.waitForCondition(() -> {
      page.clock().fastForward(60_000);
      return entries().count() == 1;
    });

    assertThat(entries()).hasText(new String[] {"1Fourth now"});
  }

  // ---- stale -----------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"2001-01-01T00:00:00Z", "2099-01-01T00:00:00Z"})
  void staleListIsHiddenByTheGatewaysClockAndNotByTheReaders(String clock) {
    page.clock().install(new Clock.InstallOptions().setTime(clock));
    gateway.mostRead("now", scope, Duration.ofSeconds(15), read(1, id(1), "First now"));
    gateway.mostRead("today", scope, Duration.ofSeconds(-1), read(1, id(1), "First today"));
    page.navigate(site.put("/stale", "", mostRead("")));

    assertThat(entries()).hasText(new String[] {"1First now"});
    assertThat(page.locator("newsfeed-list [role=tab]")).hasText(new String[] {"Now"});
    assertThat(page.evaluate("new Date().getFullYear()").toString())
        .isEqualTo(clock.substring(0, 4));
    // the gateway goes away: what is there stays until it is stale
    context.setOffline(true);
    page.waitForTimeout(1_000);
    assertThat(page.locator("newsfeed-list")).isVisible();
    page.waitForCondition(
        () -> page.locator("newsfeed-list").isHidden(),
        new Page.WaitForConditionOptions().setTimeout(40_000));

    context.setOffline(false);
    gateway.mostRead("now", scope, LONG, read(1, id(2), "Second now"));
    page.clock().fastForward(60_000);
    assertThat(entries()).hasText(new String[] {"1Second now"});
  }

  @Test
  void emptyListAndUnknownFeedAreNotShown() {
    gateway.mostRead("now", scope, LONG);
    page.navigate(site.put("/empty", "", mostRead("") + feed("")));

    page.waitForTimeout(500);
    assertThat(page.locator("newsfeed-list")).hasCount(2);
    assertThat(page.locator("newsfeed-list").first()).isHidden();
    assertThat(page.locator("newsfeed-list").last()).isHidden();

    gateway.mostRead("now", scope, LONG, read(1, id(1), "First now"));
    assertThat(links()).hasText(new String[] {"First now"});
    PublishedArticle first = article(1, "First now", 1);
    gateway.head(scope, first);
    gateway.publish(first);
    assertThat(links()).hasText(new String[] {"First now", "First now"});
  }

  // ---- hands and eyes --------------------------------------------------------------------------

  private String id(int n) {
    return section + "-" + n;
  }

  private PublishedArticle article(Object n, String headline, int minutesAgo) {
    return gateway.article(section + "-" + n, section, headline, minutesAgo);
  }

  private MostReadEntry linked(int rank, String url) {
    return MostReadEntry.newBuilder(read(rank, id(rank), "Linked " + rank))
        .setUrl(url)
        .build();
  }

  private void threeLists() {
    for (String window : List.of("now", "today", "this-week")) {
      gateway.mostRead(
          window,
          scope,
          LONG,
          read(1, id(1), "First " + window),
          read(2, id(2), "Second " + window),
          read(3, id(3), "Third " + window));
    }
    await().until(() -> body("/most-read/this-week?scope=" + scope).contains("Third"));
  }

  private static String body(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(gateway.url() + path)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  /** The states of all event streams that the page has opened. */
  private Object sources() {
    return page.evaluate("sources.map(source => source.readyState)");
  }

  private static String script() {
    return gateway.url() + "/newsfeed-widget.js";
  }

  private String mostRead(String more) {
    return "<script async src=" + script() + " data-list=most-read data-scope=" + scope + " " + more
        + "></script>";
  }

  private String feed(String more) {
    return "<script async src=" + script() + " data-list=feed data-scope=" + scope + " " + more
        + "></script>";
  }

  private static String strict() {
    return "default-src 'none'; style-src 'nonce-site'; script-src " + gateway.url()
        + "; connect-src " + gateway.url()
        + "; require-trusted-types-for 'script'; trusted-types 'none'";
  }

  private Locator entries() {
    return page.locator("newsfeed-list [part=entry]");
  }

  private Locator links() {
    return page.locator("newsfeed-list [part=link]");
  }

  private Locator link(String text) {
    return links().filter(new Locator.FilterOptions().setHasText(text));
  }

  private Locator selectedTab() {
    return page.locator("newsfeed-list [aria-selected=true]");
  }

  private Object focusedText() {
    return page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent");
  }
}
