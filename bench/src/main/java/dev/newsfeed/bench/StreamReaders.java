package dev.newsfeed.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Many readers of an event stream, on one thread with a selector. Of what they are sent they
 * understand the status and the marks of events, {@code @00000042}, wherever these are.
 */
final class StreamReaders implements AutoCloseable {

  private static final int DIGITS = 8;
  private static final int PER_ADDRESS = 50;
  private static final int BUFFER_BYTES = 256 << 10;
  private static final String ANSWER = "HTTP/1.1 200 ";
  private static final long PATIENCE_S = 60;

  /** One of them; {@code digits} of a mark have been read, -1: none. */
  private static final class Reader {
    final SocketChannel channel;
    boolean isOpen;
    int digits = -1;
    int number;

    Reader(SocketChannel channel) {
      this.channel = channel;
    }
  }

  private final List<Reader> readers = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private final Selector selector;
  private final Thread thread;
  private final long[] sentAt;
  private final long[] lastAt;
  private final int[] received;
  private final long[] took;
  private final int[] what;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger deliveries = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private volatile @Nullable Exception failure;
  private volatile boolean closed;

  /**
   * Connects, fifty from each loopback address, so that no limit of one address is met.
   *
   * @param events how many there will be, with numbers from 0
   */
  StreamReaders(int port, String path, int count, int events) throws IOException {
    selector = Selector.open();
    sentAt = new long[events];
    lastAt = new long[events];
    received = new int[events];
    took = new long[count * events];
    what = new int[took.length];
    byte[] request = ("GET " + path
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n")
        .getBytes(ISO_8859_1);
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open();
      int home = i / PER_ADDRESS;
      channel.bind(new InetSocketAddress(
          InetAddress.getByAddress(
              new byte[] {127, 1, (byte) (home / 200), (byte) (home % 200 + 1)}),
          0));
      channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.write(ByteBuffer.wrap(request));
      channel.configureBlocking(false);
      Reader reader = new Reader(channel);
      readers.add(reader);
      channel.register(selector, SelectionKey.OP_READ, reader);
    }
    thread = new Thread(this::read, "readers");
    thread.start();
  }

  private void read() {
    try {
      while (!closed) {
        selector.select(key -> {
          try {
            read((Reader) key.attachment());
          } catch (IOException e) {
            failure = e;
            closed = true;
          }
        });
      }
    } catch (IOException | RuntimeException e) {
      failure = e;
    }
  }

  private void read(Reader reader) throws IOException {
    buffer.clear();
    int n = reader.channel.read(buffer);
    long now = System.nanoTime();
    if (n < 0) {
      throw new IOException("the server closed a stream");
    }
    bytes.addAndGet(n);
    byte[] read = buffer.array();
    if (!reader.isOpen) {
      String begin = new String(read, 0, Math.min(n, ANSWER.length()), ISO_8859_1);
      if (!begin.equals(ANSWER)) {
        throw new IOException("refused with " + new String(read, 0, n, ISO_8859_1));
      }
      reader.isOpen = true;
      open.incrementAndGet();
    }
    for (int i = 0; i < n; i++) {
      byte each = read[i];
      if (reader.digits >= 0) {
        reader.number = reader.number * 10 + each - '0';
        reader.digits++;
        if (reader.digits == DIGITS) {
          delivered(reader.number, now);
          reader.digits = -1;
        }
      } else if (each == '@') {
        reader.digits = 0;
        reader.number = 0;
      }
    }
  }

  private void delivered(int event, long now) {
    lastAt[event] = now;
    received[event]++;
    int delivery = deliveries.get();
    took[delivery] = now - sentAt[event];
    what[delivery] = event;
    deliveries.set(delivery + 1); // and with it whoever waits sees the rest
  }

  static String mark(int event) {
    return String.format(Locale.ROOT, "@%0" + DIGITS + "d", event);
  }

  /** Waits until all have been answered. */
  void awaitOpen() throws Exception {
    await(() -> open.get() == readers.size(), "some streams were not opened");
  }

  /** An event is about to be published. */
  void sending(int event) {
    sentAt[event] = System.nanoTime();
  }

  /** Waits until everybody has everything. */
  void awaitAll() throws Exception {
    await(() -> deliveries.get() == took.length, "some events did not arrive");
  }

  private void await(BooleanSupplier reached, String otherwise) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (!reached.getAsBoolean()) {
      Exception failed = failure;
      if (failed != null) {
        throw failed;
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            otherwise + ": " + open + " open, " + deliveries + " of " + took.length);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** Milliseconds until each event was with the last reader, without the first so many events. */
  double[] toTheLast(int without) {
    double[] times = new double[sentAt.length - without];
    for (int i = 0; i < times.length; i++) {
      times[i] = (lastAt[i + without] - sentAt[i + without]) / 1e6;
    }
    return times;
  }

  /** Milliseconds of all deliveries, without those of the first so many events. */
  double[] all(int without) {
    return IntStream.range(0, took.length)
        .filter(i -> what[i] >= without)
        .mapToDouble(i -> took[i] / 1e6)
        .toArray();
  }

  /** Whether each event came to each reader once. */
  boolean exact() {
    for (int each : received) {
      if (each != readers.size()) {
        return false;
      }
    }
    return true;
  }

  long bytes() {
    return bytes.get();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Reader reader : readers) {
      reader.channel.close();
    }
    selector.close();
  }
}
