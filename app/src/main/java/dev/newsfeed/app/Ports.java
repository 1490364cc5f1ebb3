package dev.newsfeed.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Asks the operating system about ports before servers need them. */
final class Ports {

  private Ports() {}

  /**
   * Checks that a server could listen here now; port 0 always can.
   *
   * @throws UnavailableException with this message when it could not
   */
  static void requireFree(String host, int port, String otherwise) {
    if (port == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true); // connections of a former server may still be fading out
      probe.bind(new InetSocketAddress(host, port));
    } catch (IOException e) {
      throw new UnavailableException(otherwise, e);
    }
  }

  /** Ports of this machine that nobody listens on, all different. */
  static List<Integer> free(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }
}
