package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** "newsfeed keys", and what the intake does without any. */
class KeysCommandTest {

  @TempDir
  private Path dir;

  @Test
  void keyIsToldOnceListedWithoutItsSecretAndRevoked() {
    CommandRun created = run();
    assertThat(created.execute("keys", "create", "superdesk", "--ids", "sd-")).isZero();
    String token = created.output().strip();
    assertThat(token).matches("nf_[0-9a-f]{10}_[0-9a-f]{64}");
    CommandRun signing = run();
    assertThat(signing.execute("keys", "create", "wire", "--may", "articles", "--signing"))
        .isZero();
    assertThat(signing.output()).startsWith("nfs_");

    CommandRun listed = run();
    assertThat(listed.execute("keys", "list")).isZero();
    assertThat(listed.output())
        .containsPattern(token.substring(3, 13) + " +superdesk +articles,lists +sd-… +bearer")
        .containsPattern("wire +articles +all ids +signing")
        .doesNotContain(token.substring(14));

    CommandRun revoked = run();
    assertThat(revoked.execute("keys", "revoke", token.substring(3, 13))).isZero();
    assertThat(revoked.output()).contains("of superdesk");
    assertThat(run().execute("keys", "revoke", "superdesk")).isEqualTo(1);
  }

  @Test
  void wrongUseIsToldInOneLine() {
    CommandRun name = run();
    assertThat(name.execute("keys", "create", "Not A Name")).isEqualTo(2);
    assertThat(name.errors()).contains("a key's name must be");
    CommandRun none = CommandRun.with(NewsfeedSettings.KEYS, "none");
    assertThat(none.execute("keys", "list")).isEqualTo(2);
    assertThat(none.errors()).contains("NEWSFEED_KEYS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "192.0.2.7", "no.such.host.invalid", "::"})
  void addressThatOthersCanReachNeedsKeys(String host) {
    assertThatThrownBy(() -> settings(host, null).whoMayPublish(dir))
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith("NEWSFEED_KEYS: there are no keys in " + dir.resolve("keys.json"))
        .hasMessageContaining("listen on " + host)
        .hasMessageContaining("newsfeed keys create NAME");
  }

  @Test
  void whoMayPublishIsSaid() {
    assertThat(settings("127.0.0.1", null).whoMayPublish(dir))
        .contains("everybody on this machine");
    assertThat(settings("0.0.0.0", "none").whoMayPublish(dir))
        .contains("everybody who reaches 0.0.0.0")
        .contains("NEWSFEED_KEYS is none");
    assertThat(run().execute("keys", "create", "superdesk")).isZero();
    assertThat(settings("0.0.0.0", null).whoMayPublish(dir)).contains("one of 1 keys");
    assertThat(run().execute("keys", "revoke", "superdesk")).isZero();
    assertThat(settings("127.0.0.1", null).whoMayPublish(dir)).contains("nobody");
  }

  @Test
  void keyOfACommandIsNeverShown() {
    String token = "nf_0123456789_" + "ab".repeat(32);
    assertThat(NewsfeedSettings.from(Map.of(NewsfeedSettings.KEY, token)).toString())
        .doesNotContain("abab");
    CommandRun wrong = CommandRun.with(NewsfeedSettings.KEY, "SECRET");
    assertThat(wrong.execute("withdraw", "a1", "--version", "2", "--reason", "r"))
        .isEqualTo(2);
    assertThat(wrong.errors()).contains("NEWSFEED_KEY").doesNotContain("SECRET");
  }

  private static NewsfeedSettings settings(String host, @Nullable String keys) {
    return NewsfeedSettings.from(
        keys == null
            ? Map.of(NewsfeedSettings.HOST, host)
            : Map.of(NewsfeedSettings.HOST, host, NewsfeedSettings.KEYS, keys));
  }

  private CommandRun run() {
    return CommandRun.with(NewsfeedSettings.DATA, dir.toString());
  }
}
