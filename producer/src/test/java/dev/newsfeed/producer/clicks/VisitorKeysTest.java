package dev.newsfeed.producer.clicks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class VisitorKeysTest {

  private static final Instant LATE = Instant.parse("2026-11-23T22:59:59Z"); // 23:59:59 in Berlin
  private static final String SITE = "news.example";
  private static final String BROWSER = "Mozilla/5.0 Firefox/140.0";

  /** Reckoned with openssl. */
  private static final long KNOWN_VISITOR = 0xb8480d33df2c81a4L;

  private final VisitorKeys keys = keys("0123456789abcdef");

  @Test
  void readerIsTheSameAllDay() {
    assertThat(keys.visitor(LATE.minusSeconds(80_000), SITE, address("203.0.113.7"), BROWSER))
        .isEqualTo(keys.visitor(LATE, SITE, address("203.0.113.7"), BROWSER));
  }

  @Test
  void readerIsAnotherAfterTheNewsroomsMidnight() {
    assertThat(keys.visitor(LATE.plusSeconds(1), SITE, address("203.0.113.7"), BROWSER))
        .isNotEqualTo(keys.visitor(LATE, SITE, address("203.0.113.7"), BROWSER));
  }

  @Test
  void addressesOfOnePrefixAreOneNetwork() {
    assertThat(keys.network(LATE, address("203.0.113.7")))
        .isEqualTo(keys.network(LATE, address("203.0.113.250")))
        .isNotEqualTo(keys.network(LATE, address("203.0.114.7")));
    assertThat(keys.network(LATE, address("2001:db8:1:2::3")))
        .isEqualTo(keys.network(LATE, address("2001:db8:1:ffff::9")))
        .isNotEqualTo(keys.network(LATE, address("2001:db8:2:2::3")));
  }

  @Test
  void browsersOfOneNetworkAreSeveralVisitors() {
    assertThat(keys.visitor(LATE, SITE, address("203.0.113.7"), BROWSER))
        .isNotEqualTo(keys.visitor(LATE, SITE, address("203.0.113.7"), BROWSER + "1"))
        .isNotEqualTo(keys.network(LATE, address("203.0.113.7")));
  }

  @Test
  void readerWithAnIdIsTheSameOnEveryNetworkForADay() {
    assertThat(keys.named(LATE, SITE, "a-consented-first-party-id"))
        .isEqualTo(keys.named(LATE.minusSeconds(80_000), SITE, "a-consented-first-party-id"))
        .isNotEqualTo(keys.named(LATE, SITE, "another-consented-id"))
        .isNotEqualTo(keys.named(LATE.plusSeconds(1), SITE, "a-consented-first-party-id"))
        .isNotEqualTo(keys("fedcba9876543210").named(LATE, SITE, "a-consented-first-party-id"));
  }

  @Test
  void readerIsAnotherOnEachSiteAndInTheSameNetwork() {
    assertThat(keys.visitor(LATE, "blog.example", address("203.0.113.7"), BROWSER))
        .isNotEqualTo(keys.visitor(LATE, SITE, address("203.0.113.7"), BROWSER));
    assertThat(keys.named(LATE, "blog.example", "a-consented-first-party-id"))
        .isNotEqualTo(keys.named(LATE, SITE, "a-consented-first-party-id"));
  }

  @Test
  void daysInAnyOrderHaveTheirOwnKeys() {
    Instant next = LATE.plusSeconds(1);
    long before = keys.network(LATE, address("203.0.113.7"));
    long after = keys.network(next, address("203.0.113.7"));

    assertThat(before).isNotEqualTo(after);
    assertThat(keys.network(LATE, address("203.0.113.7"))).isEqualTo(before);
    assertThat(keys.network(next, address("203.0.113.7"))).isEqualTo(after);
  }

  @Test
  void anotherSecretGivesOtherKeys() {
    assertThat(keys("fedcba9876543210").visitor(LATE, SITE, address("203.0.113.7"), BROWSER))
        .isNotEqualTo(keys.visitor(LATE, SITE, address("203.0.113.7"), BROWSER));
  }

  /** Intakes of one newsroom, of this version and the next, must agree about a reader. */
  @Test
  void keysAreTheSameInEveryIntake() {
    assertThat(keys.visitor(LATE, SITE, address("203.0.113.7"), BROWSER)).isEqualTo(KNOWN_VISITOR);
  }

  private static VisitorKeys keys(String secret) {
    return new VisitorKeys(secret.getBytes(UTF_8), ZoneId.of("Europe/Berlin"));
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
