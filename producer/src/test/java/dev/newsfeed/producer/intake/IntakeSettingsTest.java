package dev.newsfeed.producer.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.producer.TestKafka;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Networks;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntakeSettingsTest {

  private static final String SECRET = "0123456789abcdef";

  @Test
  void secretIsNotShown() {
    assertThat(settings("127.0.0.1", 8081, SECRET).toString())
        .contains("8081")
        .doesNotContain(SECRET);
  }

  @Test
  void secretCannotBeChangedFromOutside() {
    byte[] secret = SECRET.getBytes(UTF_8);
    IntakeSettings settings = settings("127.0.0.1", 0, secret);
    secret[0] = 'x';
    settings.visitorSecret()[1] = 'x';

    assertThat(settings.visitorSecret()).isEqualTo(SECRET.getBytes(UTF_8));
  }

  @Test
  void wrongSettingIsNamed() {
    assertThatThrownBy(() -> settings("127.0.0.1", 70_000, SECRET)).hasMessageContaining("port");
    assertThatThrownBy(() -> settings(" ", 0, SECRET)).hasMessageContaining("host");
    assertThatThrownBy(() -> settings("127.0.0.1", 0, "short")).hasMessageContaining("secret");
    assertThatThrownBy(() -> settings("127.0.0.1", 0, SECRET.getBytes(UTF_8), -1))
        .hasMessageContaining("clicks per minute");
  }

  private static IntakeSettings settings(String host, int port, String secret) {
    return settings(host, port, secret.getBytes(UTF_8));
  }

  private static IntakeSettings settings(String host, int port, byte[] secret) {
    return settings(host, port, secret, IntakeSettings.DEFAULT_CLICKS_PER_MINUTE);
  }

  private static IntakeSettings settings(
      String host, int port, byte[] secret, int clicksPerMinute) {
    return new IntakeSettings(
        host,
        port,
        KafkaSettings.of("localhost:9092"),
        TestKafka.TOPICS,
        secret,
        ZoneOffset.UTC,
        Networks.NONE,
        Networks.NONE,
        Networks.LOOPBACK,
        clicksPerMinute,
        null,
        List.of(),
        Clock.systemUTC());
  }
}
