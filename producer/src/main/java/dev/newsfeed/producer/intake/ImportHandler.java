package dev.newsfeed.producer.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.producer.Ack;
import dev.newsfeed.producer.formats.Json;
import dev.newsfeed.producer.http.AccessKey;
import dev.newsfeed.producer.http.AccessKey.Right;
import dev.newsfeed.producer.http.Answer;
import dev.newsfeed.producer.http.BodyReader;
import dev.newsfeed.producer.http.Call;
import dev.newsfeed.producer.http.Doorkeeper;
import dev.newsfeed.producer.http.Gzip;
import dev.newsfeed.producer.http.Lines;
import dev.newsfeed.producer.http.Refusal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.ZipException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/articles}: any number of articles, one a line ({@code application/x-ndjson}), and for
 * each a line that says what became of it, in order and as soon as it is known.
 *
 * <pre>
 * request                                    response
 * {"articleId": "a1", "version": 1, …}       {"line":1,"status":201,"articleId":"a1","version":1,"topic":…}
 * {"articleId": "a2", "headlin": "…"}        {"line":2,"status":422,"detail":"…","errors":[…]}
 * {"articleId": "a3", "version": 1, …}       {"line":3,"status":201,"articleId":"a3", …}
 *                                            {"lines":3,"taken":2,"refused":1,"complete":true}
 * </pre>
 *
 * <p>Memory is bounded however long the body is: at most {@link #LINES} lines and {@link #BYTES} are on
 * their way to the broker, and nothing more is read meanwhile, so the sender is held up by TCP. A line
 * that is refused does not stop the rest. A broker that does not answer does: what was not taken is told
 * by the last line, {@code "complete":false}, and by 503 where it was the very first.
 */
final class ImportHandler extends Handler.Abstract.NonBlocking {

  private static final Logger LOG = LoggerFactory.getLogger(ImportHandler.class);

  static final String PATH = "/v1/articles";
  static final String MEDIA_TYPE = "application/x-ndjson";
  private static final int IMPORTS = 3;
  private static final int LINES = 500;
  private static final int BYTES = 6 << 20; // three imports fill half of the producer's buffer

  private final NewsroomRoutes newsroom;
  private final Doorkeeper door;
  private final Duration ackWithin;
  private final Duration patience;
  private final Semaphore imports = new Semaphore(IMPORTS);
  private final ExecutorService threads =
      Executors.newCachedThreadPool(task -> new Thread(task, "intake-import"));
  private volatile boolean stopping;

  ImportHandler(NewsroomRoutes newsroom, Doorkeeper door, Duration ackWithin, Duration patience) {
    this.newsroom = newsroom;
    this.door = door;
    this.ackWithin = ackWithin;
    this.patience = patience;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (!Request.getPathInContext(request).equals(PATH)) {
      return false;
    }
    AccessKey key;
    try {
      if (!request.getMethod().equals("POST")) {
        throw new Unfit(Answer.problem(
                HttpStatus.METHOD_NOT_ALLOWED_405, "this path does not take the method", List.of())
            .with("Allow", "POST"));
      }
      key = key(request);
      requireReadable(request);
      if (stopping || !imports.tryAcquire()) {
        throw new Unfit(IntakeHandler.busy());
      }
    } catch (Doorkeeper.Denied denied) {
      IntakeHandler.refuse(denied.answer(), patience, request, response, callback);
      return true;
    } catch (Unfit unfit) {
      IntakeHandler.refuse(unfit.answer, patience, request, response, callback);
      return true;
    }
    Import run = new Import(key, request, response, callback);
    threads.execute(run::write);
    return true;
  }

  /** Ends what is running at the next line; nothing more begins. */
  void stop(Duration within) throws InterruptedException {
    stopping = true;
    threads.shutdown();
    if (!threads.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS)) {
      threads.shutdownNow();
    }
  }

  private static final class Unfit extends Exception {
    private final transient Answer answer;

    private Unfit(Answer answer) {
      super("answered with " + answer.status());
      this.answer = answer;
    }
  }

  private @Nullable AccessKey key(Request request) throws Doorkeeper.Denied {
    Doorkeeper.Guest guest = door.atTheDoor(request.getHeaders(), Right.articles);
    if (guest.signature() != null) {
      throw Doorkeeper.Denied.lacks(
          "an import cannot be signed, because its end is not known when its first line is sent");
    }
    return guest.key();
  }

  private static void requireReadable(Request request) throws Unfit {
    if (!Call.mediaType(request.getHeaders()).equals(MEDIA_TYPE)) {
      throw new Unfit(
          Refusal.wrongType("the content type must be " + MEDIA_TYPE).answer());
    }
    String encoding = Call.encoding(request.getHeaders());
    if (!encoding.isEmpty() && !encoding.equals("gzip")) {
      throw new Unfit(
          Refusal.wrongType("the content encoding must be gzip or none").answer());
    }
  }

  /** What became of a line, or will. */
  private sealed interface Outcome {

    /** On its way: what it says, the ack to come, and since when. */
    record Sent(long line, NewsroomRoutes.Sent sent, long sinceNs, int bytes) implements Outcome {}

    /** Refused: what it is told, whether it is kept, which is to come, and since when. */
    record Refused(long line, ObjectNode why, CompletionStage<Boolean> kept, long sinceNs)
        implements Outcome {}

    /** The last one: how far it was read, and what ended it early. */
    record End(long lines, int status, @Nullable String why) implements Outcome {}
  }

  /** One body: a thread reads it, another one writes what became of it. */
  private final class Import {

    private final @Nullable AccessKey key;
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final BlockingQueue<Outcome> outcomes = new ArrayBlockingQueue<>(LINES);
    private final Semaphore room = new Semaphore(BYTES);
    private volatile boolean ended;
    private long taken;
    private long refused;
    private @Nullable OutputStream out;
    private @Nullable Answer unavailable;

    Import(@Nullable AccessKey key, Request request, Response response, Callback callback) {
      this.key = key;
      this.request = request;
      this.response = response;
      this.callback = callback;
    }

    /** Reads to the end, or until the writer has seen that it is of no use. */
    private void read() {
      Outcome.End end;
      Lines lines = null;
      try {
        lines = new Lines(opened(), NewsroomRoutes.BODY_LIMIT, patience);
        end = readAll(lines);
      } catch (Lines.TooSlow e) {
        end = broken(lines, HttpStatus.REQUEST_TIMEOUT_408, "the sender is too slow");
      } catch (Gzip.BombException e) {
        end = broken(lines, HttpStatus.PAYLOAD_TOO_LARGE_413, String.valueOf(e.getMessage()));
      } catch (ZipException e) {
        end = broken(lines, HttpStatus.BAD_REQUEST_400, "the body is not valid gzip");
      } catch (IOException e) {
        end = broken(lines, HttpStatus.BAD_REQUEST_400, "the body did not arrive whole");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return; // the writer has been interrupted as well
      } catch (RuntimeException e) {
        LOG.error("an import failed", e);
        end = broken(lines, HttpStatus.INTERNAL_SERVER_ERROR_500, "something went wrong here");
      }
      try {
        outcomes.put(end);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private InputStream opened() throws IOException {
      InputStream in = Content.Source.asInputStream(request);
      return Call.encoding(request.getHeaders()).isEmpty() ? in : Gzip.unpacked(in);
    }

    private Outcome.End broken(@Nullable Lines lines, int status, String why) {
      return new Outcome.End(lines == null ? 0 : lines.number(), status, why);
    }

    private Outcome.End readAll(Lines lines) throws IOException, InterruptedException {
      while (!ended && !stopping) {
        Call.Body line = lines.next();
        if (line == null) {
          return new Outcome.End(lines.number(), HttpStatus.OK_200, null);
        }
        outcomes.put(take(lines.number(), line));
      }
      return new Outcome.End(
          lines.number(),
          HttpStatus.SERVICE_UNAVAILABLE_503,
          ended ? "Kafka has not confirmed in time" : "the intake is stopping");
    }

    private Outcome take(long number, Call.Body line) throws InterruptedException {
      int bytes = line.bytes().length;
      room.acquire(bytes);
      long since = System.nanoTime(); // Kafka's client may take a while to take it
      try {
        return new Outcome.Sent(number, newsroom.line(line, key), since, bytes);
      } catch (Refusal refusal) {
        room.release(bytes);
        ObjectNode why = refusal.body();
        NewsroomRoutes.Kept kept = newsroom.keep(refusal, line, key);
        if (kept.articleId() != null) {
          why.put("articleId", kept.articleId());
        }
        return new Outcome.Refused(number, why, kept.kept(), since);
      }
    }

    /** Writes what became of each line until all are done. */
    private void write() {
      try {
        threads.execute(this::read);
        while (true) {
          Outcome outcome = outcomes.take();
          if (outcome instanceof Outcome.End end) {
            finish(end);
            return;
          }
          write(outcome);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        callback.failed(e);
      } catch (RejectedExecutionException e) {
        IntakeHandler.write(IntakeHandler.busy(), response, callback); // it is stopping
      } finally {
        imports.release();
      }
    }

    private void write(Outcome outcome) throws InterruptedException {
      ObjectNode line = Json.object();
      if (outcome instanceof Outcome.Refused bad) {
        refused++;
        awaitKept(bad);
        line.put("line", bad.line()).setAll(bad.why());
      } else if (outcome instanceof Outcome.Sent sent) {
        Answer none = await(sent, line.put("line", sent.line()));
        room.release(sent.bytes());
        if (none != null) {
          ended = true;
          unavailable = out == null ? none : unavailable;
          line.put("status", none.status())
              .put("articleId", sent.sent().what().path("articleId").asText())
              .put("detail", "Kafka has not confirmed in time; send the same again");
        } else {
          taken++;
        }
      }
      if (unavailable == null) {
        print(line);
      }
    }

    /** Adds where the line stands; null: it does, otherwise why not. */
    private @Nullable Answer await(Outcome.Sent sent, ObjectNode line) throws InterruptedException {
      try {
        Ack stored = await(sent.sent().ack(), sent.sinceNs());
        line.put("status", sent.sent().status()).setAll(NewsroomRoutes.stored(sent.sent(), stored));
        return null;
      } catch (ExecutionException | TimeoutException e) {
        return NewsroomRoutes.unavailable(e);
      }
    }

    /** Its sender will not send it again; when it cannot be kept, that is logged elsewhere. */
    private void awaitKept(Outcome.Refused bad) throws InterruptedException {
      try {
        var unused = await(bad.kept(), bad.sinceNs());
      } catch (ExecutionException | TimeoutException e) {
        LOG.debug("Kafka has not confirmed in time that a refused line is kept", e);
      }
    }

    private <T> T await(CompletionStage<T> stage, long sinceNs)
        throws InterruptedException, ExecutionException, TimeoutException {
      CompletableFuture<T> result = stage.toCompletableFuture();
      long waited = System.nanoTime() - sinceNs;
      if (!result.isDone()) {
        flush();
      }
      return result.get(Math.max(ackWithin.toNanos() - waited, 1), TimeUnit.NANOSECONDS);
    }

    /** A sender that does not listen does not keep its lines from being taken. */
    private void print(ObjectNode line) {
      try {
        OutputStream to = out;
        if (to == null) {
          response.setStatus(HttpStatus.OK_200);
          response.getHeaders().put(HttpHeader.CONTENT_TYPE, MEDIA_TYPE);
          response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
          to = new BufferedOutputStream(Content.Sink.asOutputStream(response), 16 * 1024);
          out = to;
        }
        to.write((line + "\n").getBytes(UTF_8));
        if (outcomes.isEmpty()) {
          to.flush();
        }
      } catch (IOException e) {
        LOG.debug("an import's sender does not listen any more", e);
        ended = true;
      }
    }

    private void flush() {
      try {
        if (out != null) {
          out.flush();
        }
      } catch (IOException e) {
        ended = true;
      }
    }

    private void finish(Outcome.End end) {
      if (unavailable != null) {
        IntakeHandler.refuse(unavailable, patience, request, response, callback);
        return;
      }
      ObjectNode last = Json.object()
          .put("lines", end.lines())
          .put("taken", taken)
          .put("refused", refused)
          .put("complete", end.why() == null);
      if (end.why() != null) {
        last.put("status", end.status())
            .put("detail", end.why() + "; send every line without a status of its own again");
      }
      print(last);
      flush();
      if (end.why() == null) {
        close();
      } else {
        // a sender that is still writing would see a broken connection and not the last line
        BodyReader.read(request, 0, patience).whenComplete((dropped, failure) -> close());
      }
    }

    private void close() {
      try {
        if (out != null) {
          out.close();
        }
        callback.succeeded();
      } catch (IOException e) {
        callback.failed(e);
      }
    }
  }
}
