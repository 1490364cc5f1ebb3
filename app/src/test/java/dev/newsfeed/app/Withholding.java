package dev.newsfeed.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network between clients and a server in which answers can be held back: requests arrive, and whoever
 * sent them learns nothing, until the server is gone.
 */
final class Withholding implements AutoCloseable {

  private final ServerSocket door;
  private final int server;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile boolean holding;

  /** In front of a port of this machine, on one of its own. */
  Withholding(int server) throws IOException {
    this.server = server;
    this.door = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    run(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /** From now on no answer passes; those that were held back never will. */
  void hold(boolean from) {
    holding = from;
  }

  private void accept() throws IOException {
    while (!door.isClosed()) {
      Socket client = door.accept();
      open.add(client);
      run(() -> {
        try (client;
            Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server)) {
          open.add(upstream);
          Thread requests = run(() -> pump(client, upstream, false));
          pump(upstream, client, true);
          client.close();
          requests.join();
        }
      });
    }
  }

  private void pump(Socket from, Socket to, boolean answers) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] some = new byte[8192];
    for (int read = in.read(some); read >= 0; read = in.read(some)) {
      if (!answers || !holding) {
        out.write(some, 0, read);
        out.flush();
      }
    }
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static Thread run(Work work) {
    Thread thread = new Thread(
        () -> {
          try {
            work.run();
          } catch (IOException e) {
            // one of both has hung up
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        "withholding");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
