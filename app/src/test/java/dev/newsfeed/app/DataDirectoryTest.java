package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

  @Test
  void othersOnThisMachineCannotLookIntoIt(@TempDir Path temp) throws Exception {
    for (Path given : new Path[] {temp.resolve("kept"), null}) {
      try (DataDirectory data = DataDirectory.of(given)) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.path())))
            .isEqualTo("rwx------");
      }
    }
  }
}
