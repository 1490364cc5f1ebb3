package dev.newsfeed.producer;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuspicionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0)",
        "facebookexternalhit/1.1",
        "WhatsApp/2.23.20.0",
        "Slackbot-LinkExpanding 1.0",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0.0.0 Safari/537.36",
        "Pingdom.com_bot_version_1.4",
        "kube-probe/1.30",
      })
  void crawlersMonitorsAndPreviewsAreBots(String userAgent) {
    assertThat(Suspicion.of(click("User-Agent", userAgent))).isEqualTo("bot");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile [Pinterest/iOS]",
        "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 Mobile Safari/537.36",
        "curl/8.5.0",
        "Java-http-client/17.0.15",
        "python-requests/2.32",
      })
  void browsersAppsAndPlainClientsAreReaders(String userAgent) {
    assertThat(Suspicion.of(click("User-Agent", userAgent))).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "Sec-Purpose, prefetch",
    "Sec-Purpose, prefetch;prerender",
    "Purpose, prefetch",
    "X-Purpose, preview",
    "X-Moz, prefetch",
  })
  void pageThatNobodyAskedForYetIsNoRead(String header, String value) {
    HttpFields.Mutable headers = HttpFields.build().put("User-Agent", "Firefox").put(header, value);

    assertThat(Suspicion.of(click(headers))).isEqualTo("prefetch");
  }

  @Test
  void clickWithoutUserAgentIsABots() {
    assertThat(Suspicion.of(click(HttpFields.build()))).isEqualTo("bot");
  }

  private static Call click(String header, String value) {
    return click(HttpFields.build().put(header, value));
  }

  private static Call click(HttpFields headers) {
    return new Call("", headers, null, Call.Body.NONE);
  }
}
