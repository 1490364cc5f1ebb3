package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.app.Ledger.Entry;
import dev.newsfeed.app.Ledger.Fate;
import dev.newsfeed.app.Ledger.Found;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.producer.clicks.ClickSender;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Job;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.StreamsSettings;
import dev.newsfeed.streams.mostread.MostRead;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import dev.newsfeed.streams.publication.Publication;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 50,000 good and bad events, an intake that is killed twice in the midst of them, and in the end
 * every one of them accounted for.
 *
 * <p>What counts as accepted is what the sender was told. Of articles: an answer, which comes when the
 * brokers have the record, of the article or of its refusal. Whoever got none sends the same again.
 * Of clicks: the answer says nothing, so a click, or the refusal of one, is safe once {@code
 * /health/ready} has said after it that nothing waits. After a kill a careful sender sends the others
 * again, under the same event id; what was lost of them is no more than health said could be.
 */
class LedgerIT {

  private static final int EVENTS = 50_000;
  private static final int KILLS = 2;
  private static final int WORKERS = 8;
  private static final int SCRIPTS = 600; // of articles, one request after the other
  private static final int IMPORTS = 100; // of several scripts each
  private static final int SCRIPTS_OF_IMPORT = 35;
  private static final int BATCHES = 400;
  private static final int BATCH = 50;
  private static final int LATE = 500;
  private static final int LOOKS = 20; // at health, between two moments without clicks
  private static final int CLICKED = 500;
  private static final int FIRST_SINGLE = 400; // readers: batches have those below
  private static final int FIRST_OTHER = 11_000; // who sends others' event ids
  private static final int OTHERS = 1_700;
  private static final String PREFIX = "ledger.";
  private static final String STAFF_NETWORK = "192.0.2.0/24";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Topics topics = new Topics(PREFIX, SchemaCatalogue.shipped());
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Ledger ledger = new Ledger();
  private final ConcurrentLinkedDeque<Task> tasks = new ConcurrentLinkedDeque<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final Random random = new Random(20_261_128);

  @Test
  void everyEventHasOneEndAndTheSumsMatchThoughTheIntakeIsKilledTwice(@TempDir Path data)
      throws Exception {
    try (KafkaCluster cluster = KafkaCluster.embedded()) {
      KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
      try (TopicAdmin admin = new TopicAdmin(kafka)) {
        admin.apply(topics.all());
      }
      prepare();
      try (Jobs jobs = jobs(kafka, data.resolve("streams"));
          ShownLists lists = new ShownLists(kafka, topics)) {
        jobs.awaitRunning(Duration.ofMinutes(1));
        sendLate(kafka);

        for (int kill = 1; kill <= KILLS; kill++) {
          int until = EVENTS * kill / (KILLS + 1);
          try (NewsfeedProcess intake = start(kafka, data)) {
            Shift shift = new Shift(url(intake));
            shift.awaitAnswered(until);
            shift.kill(intake);
            shift.account(Ledger.find(kafka, topics));
          }
        }
        try (NewsfeedProcess intake = start(kafka, data)) {
          new Shift(url(intake)).finish();
          assertThat(intake.stop()).isZero();
        }

        assertThat(tasks).isEmpty();
        Found found = Ledger.find(kafka, topics);
        long articleRecords = found.articles.values().stream().mapToLong(n -> n).sum();
        long clickRecords = found.clickRecords();
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> sum(verdicts()) >= articleRecords && counted(lists) >= clickRecords);
        found = Ledger.find(kafka, topics);
        ledger.assertEachHasEnded(found);
        assertThat(verdicts()).isEqualTo(ledger.verdicts(found));
        assertThat(sum(verdicts())).isEqualTo(articleRecords);
        MostReadList list = lists.list("today/all");
        assertThat(Ledger.clicks(list)).isEqualTo(ledger.clicks(found));
        assertThat(sum(Ledger.clicks(list))).isEqualTo(clickRecords);
      }
    }
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(count -> count).sum();
  }

  private static long counted(ShownLists lists) {
    MostReadList list = lists.list("today/all");
    return list == null ? 0 : sum(Ledger.clicks(list));
  }

  // ---- what is sent

  private void prepare() {
    List<Task> all = new ArrayList<>();
    int article = 0;
    for (int n = 0; n < SCRIPTS; n++) {
      all.add(new Requests(script(article++)));
    }
    for (int n = 0; n < IMPORTS; n++) {
      List<Step> lines = new ArrayList<>();
      for (int i = 0; i < SCRIPTS_OF_IMPORT; i++) {
        lines.addAll(script(article++));
      }
      all.add(new Import(lines));
    }
    for (int n = 0; n < BATCHES; n++) {
      all.add(batch(n));
    }
    int room = EVENTS - LATE - ledger.events();
    for (int n = 0; room > 0; n++) {
      int before = ledger.events();
      all.addAll(single(n, room > 1));
      room -= ledger.events() - before;
      assertThat(FIRST_SINGLE + n).as("readers are different ones").isLessThan(FIRST_OTHER);
    }
    Collections.shuffle(all, random);
    tasks.addAll(all);
  }

  /**
   * A request or a line of an import.
   *
   * @param entry whose event it is
   * @param line what an import has for it
   */
  private record Step(
      Entry entry, String method, String path, String body, String line, int status) {}

  /** What happens to one article, in order. */
  private List<Step> script(int n) {
    String id = "ledger-" + n;
    List<Step> steps = new ArrayList<>();
    boolean twice = random.nextInt(3) == 0;
    Step first = article(id, 1, ledger.open(Fate.APPLIED, "", twice ? 2 : 1), 201);
    steps.add(first);
    if (twice) { // not byte for byte, which the intake would answer without sending it again
      steps.add(new Step(
          first.entry(), first.method(), first.path(), first.body() + ' ', first.line(), 201));
    }
    if (random.nextBoolean()) {
      steps.add(article(id, 3, ledger.open(Fate.APPLIED, "", 1), 201));
      steps.add(article(id, 2, ledger.open(Fate.STALE, "", 1), 201));
      steps.add(article(id, 3, ledger.open(Fate.CONFLICT, "publication version-conflict", 1), 201));
    }
    steps.add(
        switch (random.nextInt(3)) {
          case 0 -> article(id, 0, ledger.open(Fate.INVALID, "intake invalid-field", 1), 422);
          case 1 -> {
            Entry entry = ledger.open(Fate.INVALID, "intake unknown-field", 1);
            yield put(id, json(id, 4, entry).put("headlin", "?"), entry, 422);
          }
          default -> {
            Entry entry = ledger.open(Fate.INVALID, "intake malformed-json", 1);
            String cut = "{\"version\": 4, \"headline\": \"" + entry.token();
            yield new Step(entry, "PUT", path(id), cut, cut, 400);
          }
        });
    if (random.nextInt(4) == 0) {
      steps.add(withdrawal(id, 5));
      steps.add(article(id, 6, ledger.open(Fate.WITHDRAWN, "publication withdrawn", 1), 201));
      if (random.nextBoolean()) {
        Entry entry = ledger.open(Fate.APPLIED, "", 1);
        steps.add(put(id, json(id, 7, entry).put("restore", true), entry, 201));
      }
    }
    return steps;
  }

  private static ObjectNode json(String id, long version, Entry entry) {
    return object()
        .put("articleId", id)
        .put("version", version)
        .put("headline", "Story " + entry.token())
        .put("section", "world");
  }

  private static Step article(String id, long version, Entry entry, int status) {
    return put(id, json(id, version, entry), entry, status);
  }

  private static Step put(String id, ObjectNode json, Entry entry, int status) {
    return new Step(entry, "PUT", path(id), json.toString(), json.toString(), status);
  }

  private Step withdrawal(String id, long version) {
    Entry entry = ledger.openWithdrawal();
    ObjectNode body = object().put("version", version).put("reason", entry.token());
    ObjectNode line =
        object().put("articleId", id).put("version", version).put("status", "canceled");
    line.putObject("withdrawal").put("reason", entry.token());
    return new Step(entry, "POST", path(id) + "/withdraw", body.toString(), line.toString(), 201);
  }

  private static String path(String id) {
    return "/v1/articles/" + id;
  }

  private Task batch(int n) {
    boolean broken = n % 20 == 7;
    Fate fate = n % 10 == 3 ? Fate.BOT : n % 10 == 5 ? Fate.STAFF : Fate.READ;
    ArrayNode body = JsonNodeFactory.instance.arrayNode();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      boolean unknown = i == 11 && !broken;
      Entry entry = broken
          ? ledger.open(Fate.INVALID, "intake invalid-field", 1)
          : unknown ? ledger.open(Fate.INVALID, "intake unknown-url", 1) : ledger.open(fate, "", 1);
      entries.add(entry);
      ObjectNode click = click(entry, n * BATCH + i);
      if (unknown) {
        click.remove("articleId");
        click.put("url", "https://news.example/nowhere");
      }
      body.add(broken && i == 30 ? click.put("articleId", "no id!") : click);
    }
    return new Clicks(entries, body.toString(), reader(fate, n), broken ? 400 : 204);
  }

  private List<Task> single(int n, boolean roomForTwo) {
    Reader reader = reader(Fate.READ, FIRST_SINGLE + n);
    switch (n % 10) {
      case 0 -> {
        if (roomForTwo) {
          Entry entry = ledger.open(Fate.READ, "", 2);
          String body = click(entry, n).toString();
          Reader other = Reader.number(FIRST_OTHER + n % OTHERS);
          return List.of(
              new Clicks(List.of(entry), body, reader, 204),
              new Clicks(List.of(entry), body, other, 204));
        }
      }
      case 1, 2 -> {
        Fate fate = n % 10 == 1 ? Fate.BOT : Fate.STAFF;
        Entry entry = ledger.open(fate, "", 1);
        return List.of(
            new Clicks(List.of(entry), click(entry, n).toString(), reader(fate, n), 204));
      }
      case 3 -> {
        Entry entry = ledger.open(Fate.INVALID, "intake unknown-url", 1);
        ObjectNode click =
            object().put("url", "https://news.example/nowhere?id=7").put("eventId", entry.token());
        return List.of(new Clicks(List.of(entry), click.toString(), reader, 204));
      }
      case 4 -> {
        Entry entry = ledger.open(Fate.INVALID, "intake malformed-json", 1);
        String cut = "{\"eventId\": \"" + entry.token() + "\", \"articleId\":";
        return List.of(new Clicks(List.of(entry), cut, reader, 400));
      }
      default -> {}
    }
    Entry entry = ledger.open(Fate.READ, "", 1);
    return List.of(new Clicks(List.of(entry), click(entry, n).toString(), reader, 204));
  }

  private static ObjectNode click(Entry entry, int n) {
    return object().put("articleId", "ledger-" + n % CLICKED).put("eventId", entry.token());
  }

  private static Reader reader(Fate fate, int n) {
    return switch (fate) {
      case BOT -> Reader.crawler(n);
      case STAFF -> new Reader("192.0.2." + (1 + n % 200), Reader.number(n).userAgent());
      default -> Reader.number(n);
    };
  }

  /** Out of an old log, straight to Kafka: over HTTP a click is as old as its request. */
  private void sendLate(KafkaSettings kafka) throws Exception {
    try (ClickSender sender = ClickSender.patient(kafka, topics)) {
      for (int n = 0; n < LATE; n++) {
        Entry entry = ledger.open(Fate.LATE, "", 1);
        entry.tried();
        sender
            .send(Click.newBuilder()
                .setArticleId("ledger-" + n % CLICKED)
                .setReceivedAtMs(Instant.now().minus(Duration.ofDays(9)).toEpochMilli())
                .setEventId(entry.token())
                .build())
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
        answered.incrementAndGet();
      }
    }
    assertThat(ledger.events()).isEqualTo(EVENTS);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  // ---- how it is sent

  /** Something to send that goes on where it was when the intake went away. */
  private interface Task {

    /**
     * Sends what is not answered yet.
     *
     * @return whether all of it is; otherwise it was told to come again
     * @throws UnavailableException when the intake is gone
     */
    boolean send(Shift shift);
  }

  /** One request after the other, each when the one before was answered. */
  private final class Requests implements Task {
    private final List<Step> steps;
    private int next;

    Requests(List<Step> steps) {
      this.steps = steps;
    }

    @Override
    public boolean send(Shift shift) {
      for (; next < steps.size(); next++) {
        Step step = steps.get(next);
        step.entry().tried();
        IntakeClient.Answer answer = shift.intake.again(
            step.method(), step.path(), "application/json", step.body().getBytes(UTF_8));
        if (answer.status() == 503) {
          return false;
        }
        assertThat(answer.status()).as("%s %s", step, answer.body()).isEqualTo(step.status());
        answered.incrementAndGet();
      }
      return true;
    }
  }

  /** All lines in one request; those that were not answered in another. */
  private final class Import implements Task {
    private final List<Step> lines;
    private int next;

    Import(List<Step> lines) {
      this.lines = lines;
    }

    @Override
    public boolean send(Shift shift) {
      List<Step> left = lines.subList(next, lines.size());
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      left.forEach(step -> {
        step.entry().tried();
        body.writeBytes((step.line() + '\n').getBytes(UTF_8));
      });
      HttpRequest request = HttpRequest.newBuilder(shift.url.resolve("/v1/articles"))
          .header("Content-Type", "application/x-ndjson")
          .timeout(Duration.ofSeconds(60))
          .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
          .build();
      try {
        HttpResponse<InputStream> response =
            http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader results =
            new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
          return response.statusCode() == 200 && read(results);
        }
      } catch (IOException e) {
        throw new UnavailableException("the import broke", e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private boolean read(BufferedReader results) throws IOException {
      for (String line = results.readLine(); line != null; line = results.readLine()) {
        JsonNode result = JSON.readTree(line);
        if (result.has("complete")) {
          return result.path("complete").asBoolean();
        }
        if (result.path("status").asInt() == 503) {
          return false;
        }
        assertThat(result.path("status").asInt())
            .as("%s %s", lines.get(next), line)
            .isEqualTo(lines.get(next).status());
        next++;
        answered.incrementAndGet();
      }
      throw new IOException("it ended without a last line");
    }
  }

  /** One request with one click or many. */
  private final class Clicks implements Task {
    private final List<Entry> entries;
    private final String body;
    private final Reader reader;
    private final int status;
    private boolean counted;

    Clicks(List<Entry> entries, String body, Reader reader, int status) {
      this.entries = entries;
      this.body = body;
      this.reader = reader;
      this.status = status;
    }

    @Override
    public boolean send(Shift shift) {
      entries.forEach(Entry::tried);
      assertThat(shift.post(this)).as(body).isEqualTo(status);
      if (!counted) {
        counted = true;
        answered.addAndGet(entries.size());
      }
      return true;
    }

    /** How many records it makes: a body that is not understood is kept as one. */
    int records() {
      return status == 204 ? entries.size() : 1;
    }

    long missing(Found found) {
      return entries.stream()
          .limit(records())
          .filter(entry -> !found.has(entry))
          .count();
    }
  }

  /** From a start of the intake to its end. */
  private final class Shift {
    final URI url;
    final IntakeClient intake;

    /** Requests of clicks that were answered, in order of the answers. */
    final List<Clicks> clicks = Collections.synchronizedList(new ArrayList<>());

    private final ReadWriteLock clicking = new ReentrantReadWriteLock(true);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger broken = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean killed;

    // what health has said: of the requests before the first number nothing was missing; of those
    // before the second at most so many records
    private volatile int safe;
    private volatile int seen;
    private volatile int waiting;

    Shift(URI url) {
      this.url = url;
      this.intake = new IntakeClient(url);
      for (int n = 0; n < WORKERS; n++) {
        threads.add(new Thread(this::work, "ledger-" + n));
      }
      Thread watch = new Thread(this::watch, "ledger-watch");
      threads.add(watch);
      threads.forEach(Thread::start);
    }

    private void work() {
      try {
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
          boolean done = false;
          try {
            done = task.send(this);
          } finally {
            if (!done) {
              tasks.addLast(task);
            }
          }
          if (killed) {
            return;
          }
        }
      } catch (UnavailableException e) {
        broken.incrementAndGet();
        if (!killed) {
          failure.compareAndSet(null, e);
        }
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      }
    }

    int post(Clicks click) {
      Reader reader = click.reader;
      HttpRequest request = HttpRequest.newBuilder(url.resolve("/v1/clicks"))
          .header("Content-Type", "text/plain")
          .header("User-Agent", reader.userAgent())
          .header("X-Forwarded-For", reader.address())
          .timeout(Duration.ofSeconds(30))
          .POST(HttpRequest.BodyPublishers.ofString(click.body))
          .build();
      clicking.readLock().lock();
      try {
        int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        clicks.add(click);
        return status;
      } catch (IOException e) {
        throw new UnavailableException("a click broke", e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      } finally {
        clicking.readLock().unlock();
      }
    }

    private void watch() {
      try {
        while (!killed) {
          makeSafe();
          for (int n = 0; n < LOOKS && !killed; n++) {
            look();
          }
        }
      } catch (IOException e) {
        if (!killed) {
          failure.compareAndSet(null, e);
        }
      } catch (InterruptedException e) {
        failure.compareAndSet(null, e);
      }
    }

    /** Lets nobody click until health says that nothing waits. */
    private void makeSafe() throws IOException, InterruptedException {
      clicking.writeLock().lock();
      try {
        while (!killed && safe < clicks.size()) {
          look();
        }
      } finally {
        clicking.writeLock().unlock();
      }
    }

    private void look() throws IOException, InterruptedException {
      int before = clicks.size();
      JsonNode told = JSON.readTree(http.send(
              HttpRequest.newBuilder(url.resolve("/health/ready")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body());
      seen = before;
      waiting = told.at("/clicks/waiting").asInt(-1);
      safe = waiting == 0 ? before : safe;
    }

    void awaitAnswered(int events) {
      await()
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> failure.get() != null || answered.get() >= events);
    }

    void kill(NewsfeedProcess process) throws InterruptedException {
      killed = true;
      process.kill();
      join();
      assertThat(broken).as("there was something to kill").hasPositiveValue();
    }

    private void join() throws InterruptedException {
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(60));
        assertThat(thread.isAlive()).isFalse();
      }
      assertThat(failure.get()).isNull();
    }

    /** Holds what is there against what health has said, and sends again what is not safe. */
    void account(Found found) {
      assertThat(safe).as("health has said that nothing waits").isPositive();
      assertThat(waiting).isNotNegative();
      long missing = 0;
      for (Clicks request : clicks.subList(0, safe)) {
        missing += request.missing(found);
      }
      assertThat(missing).as("of what was safe").isZero();
      for (Clicks request : clicks.subList(safe, clicks.size())) {
        missing += request.missing(found);
        tasks.addFirst(request);
      }
      int after =
          clicks.subList(seen, clicks.size()).stream().mapToInt(Clicks::records).sum();
      assertThat(missing).as("lost in the kill").isLessThanOrEqualTo(waiting + after);
    }

    /** Sends all that is left, until all of it is safe. */
    void finish() throws InterruptedException {
      await()
          .atMost(Duration.ofSeconds(120))
          .until(() -> failure.get() != null
              || threads.subList(0, WORKERS).stream().noneMatch(Thread::isAlive));
      int all = clicks.size();
      await().atMost(Duration.ofSeconds(30)).until(() -> failure.get() != null || safe == all);
      killed = true;
      join();
    }
  }

  // ---- what sends and judges it

  private Jobs jobs(KafkaSettings kafka, Path state) {
    OffsetDateTime noon = MostReadJob.noon(Instant.now());
    NewsroomCalendar calendar =
        new NewsroomCalendar(noon.getOffset(), noon.getDayOfWeek().minus(4));
    StreamsSettings settings = StreamsSettings.of(kafka, topics, state, calendar);
    List<Job> jobs = Jobs.all(settings).stream()
        .filter(job -> job instanceof Publication || job instanceof MostRead)
        .toList();
    return Jobs.start(settings, jobs);
  }

  /** What the publication job has counted, over all of its tasks. */
  private static Map<String, Long> verdicts() throws Exception {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    Map<String, Long> verdicts = new TreeMap<>();
    for (ObjectName task :
        beans.queryNames(new ObjectName("kafka.streams:type=stream-publication-metrics,*"), null)) {
      if (task.getKeyProperty("thread-id").startsWith("ledger-")) {
        for (String verdict : List.of("applied", "stale", "duplicate", "refused")) {
          double count = (Double) beans.getAttribute(task, verdict + "-total");
          verdicts.merge(verdict, (long) count, Long::sum);
        }
      }
    }
    return verdicts;
  }

  private static NewsfeedProcess start(KafkaSettings kafka, Path data) throws IOException {
    return NewsfeedProcess.start(
        Map.of(
            NewsfeedSettings.BOOTSTRAP_SERVERS,
            kafka.bootstrapServers(),
            NewsfeedSettings.TOPIC_PREFIX,
            PREFIX,
            NewsfeedSettings.STAFF_NETWORKS,
            STAFF_NETWORK,
            NewsfeedSettings.CLICK_RATE,
            "0"), // what is malformed comes from here, all of it
        "intake",
        "--intake-port",
        "0",
        "--data",
        data.resolve("intake").toString());
  }

  private static URI url(NewsfeedProcess intake) {
    return URI.create("http://127.0.0.1:" + intake.awaitLine("listening on port ([0-9]+)"));
  }
}
