package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TagAuthorityTest {

  private static final URI OLD = URI.create("https://Old.example:8443");
  private static final URI NEW = URI.create("https://new.example");

  @TempDir
  Path directory;

  @Test
  void idsKeepTheHostOfTheFirstPublicAddress() {
    assertThat(TagAuthority.of(null, OLD, directory)).isEqualTo("old.example");

    assertThat(TagAuthority.of(null, NEW, directory)).isEqualTo("old.example");
    assertThat(TagAuthority.of(null, null, directory)).isEqualTo("old.example");
  }

  @Test
  void addressAtWhichItMerelyListensIsNotRemembered() {
    assertThat(TagAuthority.of(null, null, directory)).isNull();
    assertThat(TagAuthority.of(null, URI.create("http://[::1]:8080"), directory))
        .isNull();
    assertThat(directory).isEmptyDirectory();

    assertThat(TagAuthority.of(null, NEW, directory)).isEqualTo("new.example");
  }

  @Test
  void settingWinsAndIsRemembered() {
    TagAuthority.of(null, OLD, directory);

    assertThat(TagAuthority.of("wire.example", NEW, directory)).isEqualTo("wire.example");
    assertThat(TagAuthority.of(null, NEW, directory)).isEqualTo("wire.example");
  }

  @Test
  void damagedMemoryIsNotOverwritten() throws Exception {
    Path file = Files.writeString(directory.resolve("tag-authority"), "");

    assertThatThrownBy(() -> TagAuthority.of(null, NEW, directory))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContaining("tag-authority");
    assertThat(file).isEmptyFile();
  }
}
