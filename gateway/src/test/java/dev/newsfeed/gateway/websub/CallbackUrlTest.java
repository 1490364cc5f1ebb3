package dev.newsfeed.gateway.websub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallbackUrlTest {

  @ParameterizedTest
  @CsvSource({
    "https://hub.example/cb,           hub.example, 443",
    "http://HUB.example/cb?x=1&y=%20,  hub.example, 80",
    "http://hub.example:8080,          hub.example, 8080",
    "HTTPS://[2606:4700::1111]:8443/c, 2606:4700::1111, 8443",
  })
  void addressOfASubscriberIsRead(String text, String host, int port) {
    CallbackUrl callback = CallbackUrl.parse(text);

    assertThat(callback.host()).isEqualTo(host);
    assertThat(callback.port()).isEqualTo(port);
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://hub.example/cb,            http or https",
    "file:///etc/passwd,              http or https",
    "gopher://hub.example/_x,         http or https",
    "/cb,                             http or https",
    "https:///cb,                     host",
    "https:cb,                        host",
    "http://under_score.example/,     host",
    "http://user:pass@hub.example/cb, user",
    "http://1.1.1.1@127.0.0.1/cb,     user",
    "http://hub.example/cb#there,     fragment",
    "http://hub.example:22/cb,        port",
    "http://hub.example:25/cb,        port",
    "http://hub.example:6379999/cb,   port",
    "http://hub.example/a b,          address",
    "http://hub.example/é,            ASCII",
    "http://exämple.org/,             ASCII",
    "http://127.1.example\\@x/,       address",
  })
  void whatIsNoneIsRefusedSayingWhy(String text, String why) {
    assertThatThrownBy(() -> CallbackUrl.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void lengthIsBounded() {
    String longest = "https://hub.example/" + "x".repeat(1_980);

    assertThat(CallbackUrl.parse(longest).uri().toString()).hasSize(2_000);
    assertThatThrownBy(() -> CallbackUrl.parse(longest + "x")).hasMessageContaining("2000");
  }

  @Test
  void queryStaysAsItIsAndMoreComesBehindIt() {
    assertThat(CallbackUrl.parse("http://h.example/cb?a=%2F&b").with("c=1"))
        .hasToString("http://h.example/cb?a=%2F&b&c=1");
    assertThat(CallbackUrl.parse("http://h.example").with("c=1"))
        .hasToString("http://h.example/?c=1");
  }

  /** Ways of writing 127.0.0.1 that some libraries understand: for us they are names, or nothing. */
  @ParameterizedTest
  @CsvSource({"http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/"})
  void oddlyWrittenAddressIsNoPublicOne(String text) {
    try {
      CallbackUrl callback = CallbackUrl.parse(text);
      var literal = callback.literal();
      assertThat(literal == null || !literal.getHostAddress().startsWith("127."))
          .isTrue();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("host");
    }
  }
}
