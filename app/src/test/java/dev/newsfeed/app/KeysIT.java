package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.producer.http.Credentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in processes as they are run. */
class KeysIT {

  @ParameterizedTest
  @ValueSource(strings = {"intake", "up", "demo"})
  void roleThatOthersCouldReachDoesNotStartWithoutKeys(String role, @TempDir Path data)
      throws Exception {
    try (NewsfeedProcess process =
        NewsfeedProcess.start(role, "--host", "0.0.0.0", "--data", data.toString())) {
      assertThat(process.awaitEnd()).isEqualTo(2);
      assertThat(process.lines())
          .filteredOn(line -> line.startsWith("newsfeed: "))
          .singleElement()
          .asString()
          .contains("NEWSFEED_KEYS")
          .contains("0.0.0.0")
          .contains("newsfeed keys create");
    }
    assertThat(Files.exists(data.resolve("kafka"))).isFalse();
  }

  @Test
  void commandsPublishWithTheirKeyAndARunningIntakeKnowsOfEachChange(@TempDir Path data)
      throws Exception {
    try (NewsfeedProcess up = NewsfeedProcess.up(data)) {
      up.awaitLine("may publish: everybody on this machine");
      CommandRun made = CommandRun.with(NewsfeedSettings.DATA, data.toString());
      assertThat(made.execute("keys", "create", "desk")).isZero();
      CommandRun signing = CommandRun.with(NewsfeedSettings.DATA, data.toString());
      assertThat(signing.execute("keys", "create", "wire", "--signing")).isZero();

      IntakeClient stranger = new IntakeClient(up.intakeUrl());
      Awaitility.await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> stranger.publish(article(1)).status() == 401);

      for (String token : new String[] {made.output().strip(), signing.output().strip()}) {
        Map<String, String> environment = Map.of(
            NewsfeedSettings.INTAKE_URL, up.intakeUrl().toString(), NewsfeedSettings.KEY, token);
        CommandRun curate = CommandRun.with(environment);
        assertThat(curate.execute("curate", "top-stories", "bridge"))
            .as(curate.errors())
            .isZero();
        IntakeClient known = IntakeClient.of(NewsfeedSettings.from(environment));
        assertThat(known.publish(article(1)).accepted()).isTrue();
        CommandRun withdraw = CommandRun.with(environment);
        assertThat(withdraw.execute("withdraw", "bridge", "--version", "2", "--reason", "A test"))
            .as(withdraw.errors())
            .isZero();
      }

      CommandRun revoked = CommandRun.with(NewsfeedSettings.DATA, data.toString());
      assertThat(revoked.execute("keys", "revoke", "desk")).isZero();
      IntakeClient former = new IntakeClient(
          up.intakeUrl(), Credentials.Token.parse(made.output().strip()).orElseThrow());
      Awaitility.await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> former.publish(article(3)).status() == 401);
    }
  }

  private static ObjectNode article(long version) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("articleId", "bridge")
        .put("version", version)
        .put("headline", "The bridge");
  }
}
