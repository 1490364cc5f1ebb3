package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.WaitUntilState;
import dev.newsfeed.avro.Click;
import dev.newsfeed.schemas.TopicFollower;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script of clicks in Chromium, on pages of another origin, up to the topic. That nothing is sent
 * is shown by clicks that the same page sends afterwards and that arrive alone.
 */
class ClickScriptBrowserIT {

  /** As a browser with a window says it: a headless one is no reader. */
  private static final String AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"
      + " (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

  /** What Playwright turns off and a reader's browser has. */
  private static final List<String> TURNED_ON = List.of("--disable-back-forward-cache");

  private static final List<Click> CLICKS = new CopyOnWriteArrayList<>();
  private static KafkaCluster cluster;
  private static TestNewsfeed newsfeed;
  private static TopicFollower follower;
  private static SitePages site;
  private static Chromium chromium;
  private static int names;

  private BrowserContext context;
  private Page page;
  private String article;

  @BeforeAll
  static void start(@TempDir Path data) {
    cluster = KafkaCluster.embedded();
    newsfeed = new TestNewsfeed(cluster, data);
    follower = TopicFollower.of(newsfeed.settings().kafka(), "test-clicks")
        .on(newsfeed.settings().topics().clicks, (place, click) -> CLICKS.add(click))
        .start();
    site = new SitePages();
    chromium = Chromium.start(List.of("--user-agent=" + AGENT), TURNED_ON);
    System.out.println("The script of clicks was tried in Chromium " + chromium.version());
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable each : new AutoCloseable[] {chromium, site, follower, newsfeed, cluster}) {
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
    context = chromium.open(new Browser.NewContextOptions());
    page = context.newPage();
    article = "article-" + ++names;
  }

  @AfterEach
  void closeAll() {
    context.close();
  }

  static Stream<String> waysToSayWhichArticle() {
    return Stream.of(
        "<script async src=SCRIPT data-newsfeed-article=ID></script>",
        "<script src=SCRIPT></script><template data-newsfeed-article=ID></template>",
        "<script async src=SCRIPT></script><meta data-newsfeed-article=NOW>",
        "<script async src=SCRIPT></script><link rel=canonical href=NOW>", // the script comes first
        "<link rel=canonical href='NOW?from=feed#top'><script async src=SCRIPT></script>",
        "<script async src=SCRIPT></script><link rel=canonical href=FORMER>",
        "<script async src=SCRIPT data-newsfeed-article=FORMER></script>");
  }

  @ParameterizedTest
  @MethodSource("waysToSayWhichArticle")
  void viewIsOneClickOnTheRightArticle(String head) {
    publish("https://news.example/now-" + article, "https://news.example/former-" + article);

    page.navigate(site.put(
        "/view",
        head.replace("SCRIPT", script())
            .replace("ID", article)
            .replace("NOW", "https://news.example/now-" + article)
            .replace("FORMER", "https://news.example/former-" + article),
        "<p>A story</p>"));

    Click click = onlyClick();
    assertThat(click.getSuspect()).isNull();
    assertThat(click.getEventId()).isNotBlank();
    assertThat(click.getVisitor()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<link rel=canonical href=NOW><body data-newsfeed-article=''>"})
  void pageThatIsNoArticleTellsNothing(String head) {
    publish("https://news.example/now-" + article, "https://news.example/former-" + article);
    page.navigate(site.put(
        "/front",
        "<script async src=" + script() + "></script>"
            + head.replace("NOW", "https://news.example/now-" + article),
        "<p>News</p>"));

    assertThat(clicksAfter(page)).isEmpty();
  }

  @Test
  void readerWithDoNotTrackInTheirSettingsIsNotTold(@TempDir Path profile) throws IOException {
    Files.createDirectories(profile.resolve("Default"));
    Files.writeString(
        profile.resolve("Default").resolve("Preferences"), "{\"enable_do_not_track\": true}");
    try (BrowserContext cautious = chromium.withProfile(profile)) {
      Page view = cautious.newPage();
      view.navigate(articlePage());

      assertThat(view.evaluate("navigator.doNotTrack")).isEqualTo("1");
      assertThat(clicksAfter(view)).isEmpty();
    }
  }

  /** Chromium has no such setting: as the browsers say it that have. */
  @Test
  void readerWithGlobalPrivacyControlIsNotTold() {
    page.addInitScript(
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})");
    page.navigate(articlePage());

    assertThat(clicksAfter(page)).isEmpty();
  }

  @Test
  void pageRenderedAheadTellsWhenItIsShownAndIsNoPrefetch() {
    String ahead = articlePage();
    String path = URI.create(ahead).getPath();
    page.navigate(site.put(
        "/list-" + article,
        "<script type=speculationrules>{\"prerender\": [{\"source\": \"list\", \"urls\": [\"" + path
            + "\"], \"eagerness\": \"immediate\"}]}</script>",
        "<a href=" + path + ">A story</a>"));
    await().until(() -> site.purposes(path).contains("prefetch;prerender"));

    assertThat(clicksAfter(page)).isEmpty();
    page.evaluate("setTimeout(() => document.querySelector('a').click())");

    assertThat(onlyClick().getSuspect()).isNull();
    assertThat(site.purposes(path)).hasSize(1); // it was not loaded again
  }

  /** Playwright holds every tab in front, so this one says itself that it is behind. */
  @Test
  void pageInABackgroundTabTellsWhenItComesToTheFront() {
    page.addInitScript("window.front = false;"
        + "Object.defineProperty(Document.prototype, 'hidden', {get: () => !window.front})");
    page.navigate(articlePage());

    assertThat(clicksAfter(page)).isEmpty();
    page.evaluate("window.front = true;"
        + "document.dispatchEvent(new Event('visibilitychange', {bubbles: true}));"
        + "document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))");

    onlyClick();
  }

  @Test
  void pageThatComesBackAsItWasLeftIsViewedAgain() {
    String story = articlePage("<script async src=" + script() + "></script>");
    page.navigate(story);
    onlyClick();
    page.evaluate("window.asItWasLeft = true");
    page.navigate(site.put("/elsewhere", "", "<p>Elsewhere</p>"));
    page.goBack(new Page.GoBackOptions().setWaitUntil(WaitUntilState.COMMIT));

    await().untilAsserted(() -> assertThat(clicks()).hasSize(2));
    assertThat(page.evaluate("window.asItWasLeft")).isEqualTo(true);
    assertThat(clicksAfter(page)).extracting(Click::getEventId).hasSize(2).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "'', POST, ping",
    "sendBeacon, POST, fetch",
    "'sendBeacon,fetch', GET, image",
  })
  void browserWithoutTheNewestWaysUsesAnother(String missing, String method, String type) {
    List<Request> requests = new CopyOnWriteArrayList<>();
    page.onRequest(requests::add);
    for (String name : missing.split(",", 0)) {
      page.addInitScript("delete Navigator.prototype." + name + "; delete window." + name);
    }
    page.navigate(articlePage());

    onlyClick();
    page.waitForCondition(() -> requests.stream().anyMatch(r -> r.url().contains("/v1/clicks")));
    assertThat(requests.stream().filter(r -> r.url().contains("/v1/clicks")))
        .hasSize(1)
        .allSatisfy(r -> assertThat(r.method()).isEqualTo(method))
        .allSatisfy(r -> assertThat(r.resourceType()).isEqualTo(type));
  }

  @Test
  void pixelRepeatsWhatCouldNotBeSentUnderTheSameId() {
    List<String> failed = new CopyOnWriteArrayList<>();
    page.addInitScript("Navigator.prototype.sendBeacon = () => false");
    page.route("**/v1/clicks", route -> abort(route, failed));
    page.navigate(articlePage());
    page.waitForCondition(() -> !failed.isEmpty());

    Click click = onlyClick();
    assertThat(failed).hasSize(1).first().asString().contains(click.getEventId());
  }

  private static void abort(Route route, List<String> failed) {
    failed.add(route.request().postData());
    route.abort();
  }

  @Test
  void severalScriptsOnAPageTellOfAnArticleOnce() {
    String once = "<script async src=" + script() + "></script>";
    page.navigate(articlePage(once + once));

    assertThat(onlyClick()).isNotNull();
    assertThat(clicksAfter(page)).hasSize(1);
  }

  @Test
  void scriptsOfSeveralArticlesOnAPageTellOfEach() {
    String other = article + "-below";
    page.navigate(articlePage(
        "<script async src=" + script() + " data-newsfeed-article=" + other + "></script>"));

    onlyClick();
    await().untilAsserted(() -> assertThat(clicksOn(other)).hasSize(1));
  }

  @Test
  void policyThatAllowsTheIntakeIsEnough() {
    String intake = newsfeed.intakeUrl().toString();
    page.navigate(site.put(
        "/strict",
        "<script async src=" + script() + " data-newsfeed-article=" + article + "></script>",
        "<p>A story</p>",
        "default-src 'none'; script-src " + intake + "; connect-src " + intake));

    onlyClick();
  }

  @Test
  void gatewaysOwnPagesTellByTheSameScript() {
    publish("https://news.example/now-" + article, "https://news.example/former-" + article);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> newsfeed.reading().get("/articles/" + article + ".json").status() == 200);
    page.navigate(newsfeed.gatewayUrl() + "/");
    page.navigate(newsfeed.gatewayUrl() + "/articles/" + article);

    assertThat(onlyClick().getSuspect()).isNull();
  }

  // ---- hands and eyes --------------------------------------------------------------------------

  private static String script() {
    return newsfeed.intakeUrl() + "/newsfeed-click.js";
  }

  private String articlePage() {
    return articlePage("");
  }

  private String articlePage(String more) {
    return site.put(
        "/story-" + article,
        "<script async src=" + script() + " data-newsfeed-article=" + article + "></script>" + more,
        "<p>A story</p>");
  }

  private void publish(String url, String formerUrl) {
    var sent = JsonNodeFactory.instance
        .objectNode()
        .put("articleId", article)
        .put("version", 1)
        .put("headline", "A story")
        .put("section", "world")
        .put("url", url);
    sent.putArray("aliases").add(formerUrl);
    assertThat(newsfeed.intake().publish(sent).accepted()).isTrue();
    // the intake knows an address when it has read the article back from the topic
    await().atMost(Duration.ofSeconds(20)).until(() -> knowsAddress(url));
    CLICKS.clear();
  }

  private boolean knowsAddress(String url) {
    int before = clicks().size();
    newsfeed
        .intake()
        .clicks(JsonNodeFactory.instance.objectNode().put("url", url), Reader.number(1));
    marker();
    return clicks().size() > before;
  }

  private List<Click> clicks() {
    return clicksOn(article);
  }

  private static List<Click> clicksOn(String articleId) {
    return CLICKS.stream().filter(c -> c.getArticleId().equals(articleId)).toList();
  }

  private Click onlyClick() {
    await().untilAsserted(() -> assertThat(clicks()).isNotEmpty());
    marker();
    assertThat(clicks()).hasSize(1);
    return clicks().get(0);
  }

  /** The clicks on the article, when others that this page has sent since have arrived. */
  private List<Click> clicksAfter(Page view) {
    for (int i = 0; i < 2; i++) {
      String marker = article + "-marker-" + ++names;
      view.evaluate(
          "([to, articleId]) => fetch(to, {method: 'POST', body: JSON.stringify({articleId})})"
              + ".then(() => true)",
          List.of(newsfeed.intakeUrl() + "/v1/clicks", marker));
      await().until(() -> !clicksOn(marker).isEmpty());
    }
    return clicks();
  }

  /** A click sent now by somebody else has arrived. */
  private static void marker() {
    String marker = "marker-" + ++names;
    newsfeed.intake().click(marker, Reader.number(2));
    await().until(() -> !clicksOn(marker).isEmpty());
  }
}
