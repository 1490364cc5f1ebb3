package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

  @Test
  void everyKafkaVariableReachesTheClientsUnderTheirOwnName() {
    KafkaSettings settings = KafkaSettings.from(
        Map.of(
            "KAFKA_BOOTSTRAP_SERVERS", "b:1",
            "KAFKA_SECURITY_PROTOCOL", "SASL_SSL",
            "PATH", "/bin"),
        "localhost:9092");

    assertThat(settings.client())
        .containsOnly(
            Map.entry("bootstrap.servers", "b:1"), Map.entry("security.protocol", "SASL_SSL"));
  }

  @Test
  void secretsAreMaskedWhereSettingsArePrinted() {
    KafkaSettings settings = KafkaSettings.from(
        Map.of(
            "KAFKA_SASL_JAAS_CONFIG", "hunter2",
            "KAFKA_SSL_KEYSTORE_PASSWORD", "hunter3"),
        "localhost:9092");

    assertThat(settings.toString()).doesNotContain("hunter").contains("localhost:9092");
  }

  @Test
  void noBrokerIsAnErrorThatNamesTheVariable() {
    assertThatThrownBy(() -> KafkaSettings.from(Map.of("KAFKA_BOOTSTRAP_SERVERS", " "), "x:1"))
        .hasMessageContaining("KAFKA_BOOTSTRAP_SERVERS");
  }
}
