package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VisitorSecretTest {

  private static final int INTAKES = 8;

  @Test
  void intakesThatStartTogetherInOneDirectoryHaveTheSameSecret(@TempDir Path data)
      throws Exception {
    ExecutorService intakes = Executors.newFixedThreadPool(INTAKES);
    try {
      for (int round = 0; round < 50; round++) {
        Path dir = data.resolve("round-" + round);
        CyclicBarrier together = new CyclicBarrier(INTAKES);
        Callable<String> start = () -> {
          together.await();
          return new String(VisitorSecret.of(null, dir), UTF_8);
        };
        Set<String> secrets = new HashSet<>();
        for (Future<String> secret :
            intakes.invokeAll(Stream.generate(() -> start).limit(INTAKES).toList())) {
          secrets.add(secret.get());
        }
        assertThat(secrets).hasSize(1).allMatch(secret -> secret.matches("[0-9a-f]{64}"));
      }
    } finally {
      intakes.shutdownNow();
    }
  }

  @Test
  void onlyItsOwnerCanReadIt(@TempDir Path data) throws Exception {
    VisitorSecret.of(null, data);

    try (Stream<Path> files = Files.list(data)) {
      List<Path> kept = files.toList();
      assertThat(kept).hasSize(1);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept.get(0))))
          .isEqualTo("rw-------");
    }
  }
}
