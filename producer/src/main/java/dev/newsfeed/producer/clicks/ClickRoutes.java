package dev.newsfeed.producer.clicks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.RefusedClick;
import dev.newsfeed.producer.Ack;
import dev.newsfeed.producer.Outbox;
import dev.newsfeed.producer.formats.Json;
import dev.newsfeed.producer.http.Answer;
import dev.newsfeed.producer.http.Call;
import dev.newsfeed.producer.http.Refusal;
import dev.newsfeed.producer.http.RejectedLog;
import dev.newsfeed.producer.http.SeldomLine;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Proxies;
import dev.newsfeed.schemas.Topics;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What readers' pages send: a beacon, {@code navigator.sendBeacon(url, JSON.stringify({articleId}))},
 * which arrives as {@code text/plain} and without a preflight, or a pixel where there is no script. Any
 * origin may send.
 *
 * <pre>
 * understood, whatever becomes of it      204    or the pixel
 * not understood, kept in rejected        400, 413, 415
 * from a network that sends too many      429
 * </pre>
 */
public final class ClickRoutes {

  /** What can become of clicks: the counters of {@link #tally}, but for those that wait. */
  public static final List<String> FATES =
      List.of("taken", "stored", "lost", "noRoom", "unknownUrl", "refused", "tooMany", "optedOut");

  /** The longest body that is read. */
  public static final int BODY_LIMIT = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(ClickRoutes.class);
  private static final Set<String> TYPES = Set.of("", "application/json", "text/plain");
  private static final int MAX_SITE = 253;

  /** What is refused is kept, so that it costs its network as much as a click for each of these. */
  private static final int KEPT_BYTES_OF_A_CLICK = 1_024;

  private final ClickSender sender;
  private final RejectedLog rejected;
  private final ArticleAddresses addresses;
  private final VisitorKeys keys;
  private final Suspicion suspicion;
  private final Proxies proxies;
  private final ClickPace pace;
  private final Clock clock;
  private final ClickTally tally = new ClickTally();
  private final SeldomLine lost = new SeldomLine();

  public ClickRoutes(
      Outbox outbox,
      Topics topics,
      ArticleAddresses addresses,
      VisitorKeys keys,
      Suspicion suspicion,
      Proxies proxies,
      ClickPace pace,
      Clock clock) {
    this.sender = new ClickSender(outbox, topics);
    this.rejected = new RejectedLog(outbox, topics.rejected, clock);
    this.addresses = addresses;
    this.keys = keys;
    this.suspicion = suspicion;
    this.proxies = proxies;
    this.pace = pace;
    this.clock = clock;
  }

  /** {@code POST /v1/clicks}. */
  public CompletionStage<Answer> post(Call call) {
    InetAddress address = reader(call);
    long waitNs = pace.waitNs(pacedBy(address));
    Answer answer;
    if (waitNs > 0) {
      tally.tooMany.increment();
      answer = tooMany(waitNs);
    } else {
      try {
        take(call, address, clicks(call));
        answer = Answer.noContent();
      } catch (Refusal refusal) {
        refuse(refusal, call, address, call.body().bytes());
        answer = refusal.answer();
      }
    }
    return CompletableFuture.completedFuture(anyOrigin(answer));
  }

  /**
   * {@code GET /v1/clicks.gif?article=…}: always the pixel, for a page cannot show an error there. A
   * script can see that its reader does not want to be counted, and sends nothing; here the request
   * says so.
   */
  public CompletionStage<Answer> pixel(Call call) {
    InetAddress address = reader(call);
    if (pace.waitNs(pacedBy(address)) > 0) {
      tally.tooMany.increment();
    } else if (call.header("DNT").equals("1") || call.header("Sec-GPC").equals("1")) {
      tally.optedOut.increment();
    } else {
      try {
        take(call, address, ClickJson.read(ClickJson.ofQuery(call.query())));
      } catch (Refusal refusal) {
        refuse(refusal, call, address, call.query().getBytes(UTF_8));
      }
    }
    return CompletableFuture.completedFuture(anyOrigin(ClickScript.pixel()));
  }

  /** {@code OPTIONS /v1/clicks}: a browser asks whether another site's page may send JSON. */
  public CompletionStage<Answer> preflight(Call call) {
    return CompletableFuture.completedFuture(anyOrigin(Answer.noContent())
        .with("Access-Control-Allow-Methods", "POST")
        .with("Access-Control-Allow-Headers", "Content-Type")
        .with("Access-Control-Max-Age", "86400"));
  }

  /** What became of the clicks, for who looks after the intake. */
  public ObjectNode tally() {
    return tally.json(sender.waiting());
  }

  private static Answer anyOrigin(Answer answer) {
    return answer.with("Access-Control-Allow-Origin", "*");
  }

  private static Answer tooMany(long waitNs) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(waitNs) + 1;
    return Answer.problem(
            HttpStatus.TOO_MANY_REQUESTS_429, "too many clicks from this network", List.of())
        .with("Retry-After", String.valueOf(seconds));
  }

  private @Nullable InetAddress reader(Call call) {
    return proxies.reader(call.peer(), call.headers().getValuesList("X-Forwarded-For"));
  }

  /** A proxy that does not say for whom it asks stands for everybody behind it: it is let through. */
  private @Nullable InetAddress pacedBy(@Nullable InetAddress address) {
    return proxies.believed().contain(address) ? null : address;
  }

  private void refuse(Refusal refusal, Call call, @Nullable InetAddress address, byte[] sent) {
    tally.refused.increment();
    pace.count(pacedBy(address), 1 + sent.length / KEPT_BYTES_OF_A_CLICK);
    Instant now = clock.instant();
    Click.Builder click =
        click(call, now, address).setVisitor(visitor(call, now, site(call), address, null));
    rejected.keep(refusal.summary(), null, call, ClickJson.withoutReader(sent), known(click));
  }

  /** What all clicks of a request have in common; not yet who clicked on which article. */
  private Click.Builder click(Call call, Instant now, @Nullable InetAddress address) {
    return Click.newBuilder()
        .setArticleId("")
        .setReceivedAtMs(now.toEpochMilli())
        .setNetwork(address == null ? null : keys.network(now, address))
        .setSuspect(suspicion.of(call, address));
  }

  private static RefusedClick known(Click.Builder click) {
    return new RefusedClick(
        click.getReceivedAtMs(), click.getVisitor(), click.getNetwork(), click.getSuspect());
  }

  private static List<ClickJson.Reported> clicks(Call call) throws Refusal {
    if (!TYPES.contains(call.mediaType()) || call.encoded()) {
      throw Refusal.wrongType("clicks are application/json or text/plain, not encoded");
    }
    if (call.body().cut()) {
      throw Refusal.tooLarge("the body is longer than " + BODY_LIMIT + " bytes");
    }
    try {
      return ClickJson.read(Json.read(call.body().bytes()));
    } catch (Json.Malformed e) {
      throw Refusal.malformed(e);
    }
  }

  private void take(Call call, @Nullable InetAddress address, List<ClickJson.Reported> reported) {
    Instant now = clock.instant();
    String page = site(call);
    pace.count(pacedBy(address), reported.size());
    Click.Builder click = click(call, now, address);
    for (ClickJson.Reported each : reported) {
      String articleId = each.url() == null ? each.articleId() : addresses.articleId(each.url());
      String site = each.site() == null ? page : each.site().toLowerCase(Locale.ROOT);
      click.setVisitor(visitor(call, now, site, address, each.visitor()));
      if (articleId == null) {
        tally.unknownUrl.increment();
        rejected.keep(
            new Problem("unknown-url", "url", "no published article has this address"),
            null,
            call,
            ClickJson.withoutReader(Json.bytes(each.json())),
            known(click));
      } else {
        send(click.setArticleId(articleId).setEventId(each.eventId()).build());
      }
    }
  }

  private @Nullable Long visitor(
      Call call, Instant now, String site, @Nullable InetAddress address, @Nullable String id) {
    if (id != null) {
      return keys.named(now, site, id);
    }
    return address == null ? null : keys.visitor(now, site, address, call.header("User-Agent"));
  }

  private void send(Click click) {
    CompletionStage<Ack> ack = sender.send(click);
    if (ack.toCompletableFuture().isCompletedExceptionally()) {
      tally.noRoom.increment();
      ack.exceptionally(this::tellLost);
      return;
    }
    tally.taken.increment();
    ack.whenComplete((stored, failure) -> {
      if (failure == null) {
        tally.stored.increment();
      } else {
        tally.lost.increment();
        tellLost(failure);
      }
    });
  }

  private @Nullable Ack tellLost(Throwable failure) {
    long count = lost.count(clock.millis());
    if (count > 0) {
      LOG.warn("clicks not taken by Kafka sinceStart={} cause={}", count, failure.toString());
    }
    return null;
  }

  /** Host of the page that a browser says it sends from; empty where it says none. */
  private static String site(Call call) {
    String origin = call.header("Origin");
    String page = origin.isEmpty() || origin.equals("null") ? call.header("Referer") : origin;
    try {
      String host = page.isEmpty() ? null : new URI(page).getHost();
      return host == null || host.length() > MAX_SITE ? "" : host.toLowerCase(Locale.ROOT);
    } catch (URISyntaxException e) {
      return ""; // no browser's
    }
  }
}
