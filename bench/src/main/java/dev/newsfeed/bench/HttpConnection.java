package dev.newsfeed.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/**
 * One connection that is kept, with at most one request in flight. It understands no more of HTTP than
 * the answers here need: a status, and a body of a stated length or none.
 */
final class HttpConnection implements AutoCloseable {

  private static final int LONGEST_ANSWER = 64 * 1024;
  private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

  private final HttpExchange exchange;
  private final byte[] request;
  private final SocketChannel channel;
  private final ByteBuffer answer = ByteBuffer.allocate(LONGEST_ANSWER);

  /** Bytes of the answer under way, head and body; 0: its head is not whole. */
  private int answerBytes;

  HttpConnection(int port, HttpExchange exchange) throws IOException {
    this.exchange = exchange;
    this.request = exchange.request().clone();
    this.channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  SocketChannel channel() {
    return channel;
  }

  /** Sends the request under a number. */
  void send(long number) throws IOException {
    exchange.number(request, number);
    ByteBuffer bytes = ByteBuffer.wrap(request);
    while (bytes.hasRemaining()) {
      channel.write(bytes); // the socket's buffer holds all of it, unless the server reads nothing
    }
  }

  /**
   * Reads what is there, or waits for it where the channel blocks.
   *
   * @return whether the answer is whole
   * @throws IllegalStateException when it is another one than it should be
   */
  boolean receive() throws IOException {
    if (channel.read(answer) < 0) {
      throw new IOException("the server closed a connection");
    }
    if (answerBytes == 0) {
      int head = endOfHead();
      answerBytes = head < 0 ? 0 : head + bodyBytes(head);
    }
    if (answerBytes == 0 || answer.position() < answerBytes) {
      return false;
    }
    int status = digit(9) * 100 + digit(10) * 10 + digit(11); // HTTP/1.1 204
    if (status != exchange.answer()) {
      throw new IllegalStateException(
          "answered with " + new String(answer.array(), 0, answer.position(), UTF_8));
    }
    answer.clear();
    answerBytes = 0;
    return true;
  }

  private int digit(int at) {
    return answer.get(at) - '0';
  }

  /** Where the body begins; -1: the head is not whole. */
  private int endOfHead() {
    for (int at = 0; at <= answer.position() - END_OF_HEAD.length; at++) {
      if (answer.get(at) == '\r' && answer.get(at + 2) == '\r' && answer.get(at + 3) == '\n') {
        return at + END_OF_HEAD.length;
      }
    }
    return -1;
  }

  private int bodyBytes(int head) {
    if (answer.get(11) == '4' && answer.get(9) != '4') {
      return 0; // 204 and 304 have none
    }
    String lines = new String(answer.array(), 0, head, ISO_8859_1).toLowerCase(Locale.ROOT);
    int length = lines.indexOf("content-length:");
    return length < 0
        ? 0
        : Integer.parseInt(lines
            .substring(length + "content-length:".length(), lines.indexOf('\r', length))
            .strip());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
