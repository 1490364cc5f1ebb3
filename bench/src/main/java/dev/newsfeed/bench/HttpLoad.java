package dev.newsfeed.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * As many requests as a server answers, over connections that are kept, one in flight on each: what
 * many pages do, and none of them sends the next before the first is answered. One thread with a
 * selector sends them all, because it takes the least of the two processors that the server needs:
 * nothing is allocated for a request, its bytes are ready but for a number.
 */
final class HttpLoad implements AutoCloseable {

  private final Selector selector;
  private final AtomicLong number;
  private final List<HttpConnection> connections = new ArrayList<>();
  private long answered;

  /**
   * Connects.
   *
   * @param number the last number that was used; no two requests have the same
   */
  HttpLoad(int port, int connections, HttpExchange exchange, AtomicLong number) throws IOException {
    this.selector = Selector.open();
    this.number = number;
    for (int i = 0; i < connections; i++) {
      HttpConnection connection = new HttpConnection(port, exchange);
      this.connections.add(connection);
      connection.channel().configureBlocking(false);
      connection.channel().register(selector, SelectionKey.OP_READ, connection);
    }
  }

  /**
   * Sends until it shall not go on any more, and waits for the last answers.
   *
   * @return how many requests were answered
   * @throws IllegalStateException when one was answered with another status than it should be
   */
  long run(BooleanSupplier goOn) throws IOException {
    answered = 0;
    for (HttpConnection connection : connections) {
      connection.send(number.incrementAndGet());
    }
    int inFlight = connections.size();
    while (inFlight > 0) {
      boolean more = goOn.getAsBoolean();
      int[] ended = {0};
      selector.select(key -> {
        if (isAnswered(key) && !(more && sentAgain(key))) {
          ended[0]++;
        }
      });
      inFlight -= ended[0];
    }
    return answered;
  }

  private boolean isAnswered(SelectionKey key) {
    try {
      boolean whole = ((HttpConnection) key.attachment()).receive();
      answered += whole ? 1 : 0;
      return whole;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean sentAgain(SelectionKey key) {
    try {
      ((HttpConnection) key.attachment()).send(number.incrementAndGet());
      return true;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (HttpConnection connection : connections) {
      connection.close();
    }
    selector.close();
  }
}
