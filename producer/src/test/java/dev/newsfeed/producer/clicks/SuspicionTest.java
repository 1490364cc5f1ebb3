package dev.newsfeed.producer.clicks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.producer.http.Call;
import dev.newsfeed.schemas.AddressLiteral;
import dev.newsfeed.schemas.Networks;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuspicionTest {

  private static final String FIREFOX =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
  private static final String CRAWLER =
      "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

  private final Suspicion suspicion = new Suspicion(
      Networks.parse("192.0.2.0/24, 2001:db8:7::/48"),
      Networks.parse("192.0.2.9, 198.51.100.0/24"));

  @Test
  void browserFromAnywhereIsAReader() {
    assertThat(reason(agent(FIREFOX), "203.0.113.7")).isNull();
    assertThat(reason(agent(FIREFOX), null)).isNull();
  }

  @Test
  void crawlerIsABot() {
    assertThat(reason(agent(CRAWLER), "203.0.113.7")).isEqualTo("bot");
  }

  @Test
  void clickWithoutUserAgentIsABots() {
    assertThat(reason(HttpFields.build(), "203.0.113.7")).isEqualTo("bot");
  }

  /** As browsers send them, several at once included. */
  @ParameterizedTest
  @CsvSource({
    "Sec-Purpose, prefetch",
    "Sec-Purpose, prefetch;prerender",
    "Sec-Purpose, prefetch;anonymous-client-ip",
    "sec-purpose, Prefetch",
    "Purpose, prefetch",
    "Purpose, preview",
    "X-Purpose, preview",
    "X-Moz, prefetch",
  })
  void pageThatNobodyAskedForYetIsNoRead(String header, String value) {
    assertThat(reason(agent(FIREFOX).put(header, value), null)).isEqualTo("prefetch");
  }

  @Test
  void everyLineOfAPurposeIsLookedAt() {
    HttpFields.Mutable headers =
        agent(FIREFOX).add("Sec-Purpose", "speculative").add("Sec-Purpose", "prefetch;prerender");

    assertThat(reason(headers, null)).isEqualTo("prefetch");
  }

  /** What Chrome sends once the reader has come to the page that it rendered ahead. */
  @Test
  void beaconOfAPageThatIsShownAfterAllIsARead() {
    HttpFields.Mutable headers = agent(FIREFOX)
        .put("Sec-Fetch-Dest", "empty")
        .put("Sec-Fetch-Mode", "no-cors")
        .put("Sec-Fetch-Site", "cross-site")
        .put("Content-Type", "text/plain;charset=UTF-8");

    assertThat(reason(headers, null)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"Sec-Purpose, prefetchless", "Purpose, reading", "X-Moz, livebookmarks"})
  void otherPurposesAreNoReasonToDoubt(String header, String value) {
    assertThat(reason(agent(FIREFOX).put(header, value), null)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, staff",
    "2001:db8:7:1::1, staff",
    "198.51.100.1, monitor",
    "192.0.2.9, monitor", // a probe in the newsroom's own network
    "203.0.113.1, ",
  })
  void networkOfTheHouseIsKnown(String address, @Nullable String reason) {
    assertThat(reason(agent(FIREFOX), address)).isEqualTo(reason);
  }

  @Test
  void networkSaysMoreThanTheName() {
    assertThat(reason(agent(CRAWLER), "192.0.2.7")).isEqualTo("staff");
    assertThat(reason(agent(CRAWLER).put("Purpose", "prefetch"), null)).isEqualTo("bot");
  }

  private @Nullable String reason(HttpFields headers, @Nullable String address) {
    Call click = new Call("POST", "/v1/clicks", "", "", headers, null, Call.Body.NONE);
    return suspicion.of(click, address == null ? null : AddressLiteral.parse(address));
  }

  private static HttpFields.Mutable agent(String userAgent) {
    return HttpFields.build().put("User-Agent", userAgent);
  }
}
