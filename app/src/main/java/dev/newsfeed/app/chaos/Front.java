package dev.newsfeed.app.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * What stands in front of several gateways, so that one of them may go: each request goes to the first
 * that is at work. The page of the books is its own, and is there when no gateway is.
 */
public final class Front implements AutoCloseable {

  private static final long IDLE_MS = 60_000; // four heartbeats of an event stream
  private static final int STREAMS = 1_024;
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'self'";

  private final Server server;
  private final ServerConnector connector;

  /**
   * A gateway.
   *
   * @param open whether it is at work
   */
  public record Site(URI url, BooleanSupplier open) {}

  private Front(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Starts listening.
   *
   * @param port 0: any free one
   * @param zone whose times the page of the books tells
   */
  public static Front start(
      String host, int port, List<Site> sites, Supplier<Standing> standing, ZoneId zone) {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server, 1, 1);
    connector.setHost(host);
    connector.setPort(port);
    connector.setIdleTimeout(IDLE_MS);
    server.addConnector(connector);
    server.setHandler(new Door(sites, standing, new AccountPage(zone)));
    try {
      server.start();
      return new Front(server, connector);
    } catch (Exception e) {
      throw new IllegalStateException("cannot listen on port " + port, e);
    }
  }

  public int port() {
    return connector.getLocalPort();
  }

  private static final class Door extends ProxyHandler.Reverse {
    private final List<Site> sites;
    private final Supplier<Standing> standing;
    private final AccountPage page;
    private final byte[] style = AccountPage.style();

    Door(List<Site> sites, Supplier<Standing> standing, AccountPage page) {
      super(request -> HttpURI.from(request.getHttpURI().asString())); // see rewriteHttpURI
      this.sites = List.copyOf(sites);
      this.standing = standing;
      this.page = page;
    }

    @Override
    protected void configureHttpClient(HttpClient client) {
      super.configureHttpClient(client);
      client.setIdleTimeout(IDLE_MS);
      client.setMaxConnectionsPerDestination(STREAMS);
    }

    @Override
    protected HttpURI rewriteHttpURI(Request request) {
      URI site = open().orElse(sites.get(0)).url();
      return HttpURI.build(request.getHttpURI())
          .scheme(site.getScheme())
          .authority(site.getHost(), site.getPort())
          .asImmutable();
    }

    private Optional<Site> open() {
      return sites.stream().filter(site -> site.open().getAsBoolean()).findFirst();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      return switch (Request.getPathInContext(request)) {
        case "/demo" ->
          answer(response, callback, 200, "text/html; charset=utf-8", page.html(standing.get()));
        case "/demo.json" ->
          answer(
              response, callback, 200, "application/json", standing.get().json().toString());
        case "/demo.css" -> answer(response, callback, "text/css; charset=utf-8", style);
        default -> {
          if (open().isPresent()) {
            yield super.handle(request, response, callback);
          }
          response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
          yield answer(
              response,
              callback,
              HttpStatus.SERVICE_UNAVAILABLE_503,
              "text/plain; charset=utf-8",
              "No gateway is at work for the moment; /demo says why.\n");
        }
      };
    }

    private static boolean answer(
        Response response, Callback callback, int status, String type, String text) {
      response.setStatus(status);
      return answer(response, callback, type, text.getBytes(UTF_8));
    }

    private static boolean answer(Response response, Callback callback, String type, byte[] body) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      response.getHeaders().put("Content-Security-Policy", POLICY);
      response.write(true, ByteBuffer.wrap(body), callback);
      return true;
    }
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the front does not stop", e);
    }
  }
}
