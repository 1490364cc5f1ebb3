package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ListeningSocketsTest {

  @Test
  void socketForEverybodyIsSeenAndOneForThisMachineIsNot() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "no /proc here");
    try (ServerSocket forEverybody = new ServerSocket(0);
        ServerSocket here = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThat(ListeningSockets.openToOthers(ProcessHandle.current().pid()))
          .extracting(InetSocketAddress::getPort)
          .contains(forEverybody.getLocalPort())
          .doesNotContain(here.getLocalPort());
    }
  }
}
