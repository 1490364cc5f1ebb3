package dev.newsfeed.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a process listens, as Linux itself knows it; elsewhere nothing is known. */
final class ListeningSockets {

  private static final String LISTENING = "0A";

  private ListeningSockets() {}

  /** Where other machines could reach a process. */
  static List<InetSocketAddress> openToOthers(long pid) throws IOException {
    return of(pid).stream()
        .filter(address -> !address.getAddress().isLoopbackAddress())
        .toList();
  }

  private static List<InetSocketAddress> of(long pid) throws IOException {
    Path process = Path.of("/proc", String.valueOf(pid));
    if (!Files.isDirectory(process)) {
      return List.of();
    }
    Set<String> own = sockets(process.resolve("fd"));
    List<InetSocketAddress> listening = new ArrayList<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(process.resolve("net").resolve(table))) {
        // sl  local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …
        String[] columns = line.strip().split("\\s+");
        if (columns[3].equals(LISTENING) && own.contains("socket:[" + columns[9] + "]")) {
          listening.add(address(columns[1]));
        }
      }
    }
    return listening;
  }

  private static Set<String> sockets(Path descriptors) throws IOException {
    try (Stream<Path> files = Files.list(descriptors)) {
      return files
          .map(ListeningSockets::target)
          .filter(target -> target.startsWith("socket:"))
          .collect(Collectors.toSet());
    }
  }

  /** What a descriptor leads to; nothing when it was closed meanwhile. */
  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** {@code 0100007F:1F90}: words of four bytes, the last one first. */
  private static InetSocketAddress address(String hex) {
    String[] parts = hex.split(":");
    byte[] bytes = HexFormat.of().parseHex(parts[0]);
    ByteBuffer turned = ByteBuffer.allocate(bytes.length);
    for (int at = 0; at < bytes.length; at += 4) {
      turned.putInt(ByteBuffer.wrap(bytes, at, 4).order(ByteOrder.LITTLE_ENDIAN).getInt());
    }
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(turned.array()), Integer.parseInt(parts[1], 16));
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }
}
