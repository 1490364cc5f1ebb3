package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.app.chaos.Account;
import dev.newsfeed.app.chaos.Balance;
import dev.newsfeed.app.chaos.Blows;
import dev.newsfeed.app.chaos.Front;
import dev.newsfeed.app.chaos.RoleProcess;
import dev.newsfeed.app.chaos.Standing;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.TopicFollower;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demo with every role in a process of its own, of which one after the other is killed and started
 * again, while the books of {@link Account} are kept in front of everybody.
 *
 * <pre>
 * newsroom, readers ──▶ intake ──▶ broker ◀──▶ streams-1, streams-2
 *        │                           │
 *        ▼                           ├──▶ gateway-1, gateway-2 ──▶ front ──▶ who watches
 *     account ◀── reads the topics ──┘                              │
 *        └──────────────────────── /demo ───────────────────────────┘
 * </pre>
 *
 * What is due is what was accepted before the last quarter of a minute in which all was well: a role that
 * is away delays things, and that is no loss.
 */
final class ChaosDemo implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ChaosDemo.class);
  private static final DateTimeFormatter TO_THE_SECOND = DateTimeFormatter.ofPattern("HH:mm:ss");

  private static final List<String> ROLES =
      List.of("broker", "intake", "streams-1", "streams-2", "gateway-1", "gateway-2");

  private static final Duration READY_WITHIN = Duration.ofMinutes(2);
  private static final Duration RECOVERED_WITHIN = Duration.ofMinutes(2);
  private static final Duration GRACE = Duration.ofSeconds(12);
  private static final Duration ROUND_WITHIN = Duration.ofSeconds(3);
  private static final Duration PROBE_WITHIN = Duration.ofSeconds(2);
  private static final Duration CLOSED_WITHIN = Duration.ofMinutes(1);
  private static final Duration HURRIED_WITHIN = Duration.ofSeconds(6);
  private static final long STOPPED_WITHIN_MS = 4_000;

  private static final int STORY_EVERY_MS = 5_000;
  private static final int CLICK_EVERY_MS = 50;
  private static final int DRIFT_EVERY_MS = 5_000;
  private static final int LOOK_EVERY_MS = 200;
  private static final int ROUND_EVERY_MS = 500;
  private static final int PROBE_EVERY_MS = 250;
  private static final int REPORT_EVERY_MS = 10_000;
  private static final int TOLD = 30;
  private static final String CANARY = "newsfeed-canary";

  private final NewsfeedSettings settings;
  private final Shell shell;
  private final Lifetime lifetime;
  private final Path data;
  private final long seed;
  private final Map<String, RoleProcess> roles = new LinkedHashMap<>();
  private final Map<String, Boolean> ready = new HashMap<>();
  private final Map<String, Integer> blows = new ConcurrentHashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<ScheduledExecutorService> threads = new ArrayList<>();
  private final List<ScheduledExecutorService> senders = new ArrayList<>();
  private final HttpClient http = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(PROBE_WITHIN)
      .build();
  private final Deque<String> told = new ArrayDeque<>();
  private final URI intakeUrl;
  private final Front front;
  private final Account account;

  private @Nullable CarefulClicks clicks;
  private @Nullable DemoNewsroom newsroom;
  private @Nullable TopicFollower books;
  private volatile Balance balance;
  private volatile Instant due = Instant.EPOCH;
  private volatile @Nullable Instant wellSince;
  private volatile long canarySeen;
  private volatile @Nullable String victim;
  private volatile long answeredAtNanos;
  private volatile long longestSilenceNanos;

  private ChaosDemo(
      NewsfeedSettings settings,
      Map<String, String> variables,
      Shell shell,
      Lifetime lifetime,
      Path data,
      long seed)
      throws IOException {
    List<Integer> ports = new ArrayList<>(Ports.free(6));
    int brokerPort = settings.brokerPort() == 0 ? ports.remove(0) : settings.brokerPort();
    int intakePort = settings.intakePort() == 0 ? ports.remove(0) : settings.intakePort();
    this.settings = settings.with(KafkaSettings.of("127.0.0.1:" + brokerPort));
    this.shell = shell;
    this.lifetime = lifetime;
    this.data = data;
    this.seed = seed;
    this.account = new Account(settings.reads().slot());
    this.balance = Balance.opening(shell.clock().instant());
    this.intakeUrl = NewsfeedSettings.localhost(intakePort);
    int gatewayOne = ports.remove(0);
    int gatewayTwo = ports.remove(0);
    this.front = Front.start(
        settings.host(),
        settings.gatewayPort(),
        List.of(
            new Front.Site(local(gatewayOne), () -> isOpen("gateway-1")),
            new Front.Site(local(gatewayTwo), () -> isOpen("gateway-2"))),
        this::standing,
        settings.zone());
    Map<String, String> environment = new HashMap<>(variables);
    environment.keySet().removeIf(name -> name.startsWith("KAFKA_"));
    environment.keySet().removeAll(List.of(NewsfeedSettings.HEALTH_PORT, NewsfeedSettings.DATA));
    environment.put(NewsfeedSettings.HOST, "127.0.0.1"); // others come in by the front
    environment.put(NewsfeedSettings.BOOTSTRAP_SERVERS, this.settings.kafka().bootstrapServers());
    environment.put(NewsfeedSettings.INTAKE_URL, intakeUrl.toString());
    environment.putIfAbsent(NewsfeedSettings.PUBLIC_URL, gatewayUrl().toString());
    Start start = new Start(environment);
    start.role(
        "broker",
        "256m",
        List.of("broker", "--broker-port", String.valueOf(brokerPort)),
        () -> listens(brokerPort));
    start.role(
        "intake",
        "128m",
        List.of("intake", "--intake-port", String.valueOf(intakePort)),
        () -> answers(local(intakePort).resolve("/health/ready")));
    for (String name : List.of("streams-1", "streams-2")) {
      int port = ports.remove(0);
      start.role(
          name,
          "224m",
          List.of("streams", "--health-port", String.valueOf(port)),
          () -> answers(local(port).resolve("/health/ready")));
    }
    start.gateway("gateway-1", gatewayOne);
    start.gateway("gateway-2", gatewayTwo);
  }

  /** What the processes of the roles have in common. */
  private final class Start {
    private final Map<String, String> environment;

    Start(Map<String, String> environment) {
      this.environment = environment;
    }

    void gateway(String name, int port) {
      role(
          name,
          "160m",
          List.of("gateway", "--gateway-port", String.valueOf(port)),
          () -> answers(local(port).resolve("/health/ready")));
    }

    /** Six of them share a laptop: little heap, and a compiler that is done soon. */
    void role(String name, String heap, List<String> arguments, RoleProcess.Probe probe) {
      List<String> all = new ArrayList<>(arguments);
      all.addAll(List.of("--data", data.resolve(name).toString()));
      List<String> java = List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xmx" + heap,
          "--enable-native-access=ALL-UNNAMED");
      Path log = data.resolve(name + ".log");
      roles.put(name, new RoleProcess(name, java, DemoRole.class, all, environment, log, probe));
    }
  }

  private static URI local(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  /**
   * Starts every role and returns when the page is up.
   *
   * @param variables the settings as variables, for the processes of the roles
   */
  static ChaosDemo start(
      NewsfeedSettings settings,
      Map<String, String> variables,
      Shell shell,
      Lifetime lifetime,
      Path data,
      long seed)
      throws InterruptedException {
    long begun = System.nanoTime();
    ChaosDemo demo;
    try {
      demo = new ChaosDemo(settings, variables, shell, lifetime, data, seed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      demo.startRoles();
      demo.say("  ready after %.1f s".formatted((System.nanoTime() - begun) / 1e9));
      return demo;
    } catch (RuntimeException | InterruptedException e) {
      demo.close();
      throw e;
    }
  }

  private void startRoles() throws InterruptedException {
    say("  starting Kafka, intake, two streams and two gateways, each in a process of its own ...");
    role("broker").start();
    awaitReady(List.of("broker"));
    Pipeline.applyTopics(settings);
    List<String> others = ROLES.subList(1, ROLES.size());
    others.forEach(name -> role(name).start());
    awaitReady(others);
  }

  private RoleProcess role(String name) {
    return Objects.requireNonNull(roles.get(name), name);
  }

  private void awaitReady(List<String> names) throws InterruptedException {
    for (String name : names) {
      if (!await(READY_WITHIN, () -> probe(name) || !role(name).isAlive()) || !probe(name)) {
        throw new UnavailableException(name + " does not start: " + role(name).lastWords(), null);
      }
    }
  }

  URI gatewayUrl() {
    return NewsfeedSettings.localhost(front.port());
  }

  // ---- what goes on

  /** Publishes the sample and these files of news, and sets the rest going. */
  void begin(List<Path> news) throws InterruptedException {
    IntakeClient intake = new IntakeClient(intakeUrl, settings.key());
    PatientDesk desk = new PatientDesk(intake, account, shell.clock(), closing);
    String run = Long.toString(shell.clock().millis(), Character.MAX_RADIX);
    CarefulClicks careful =
        new CarefulClicks(intake, intakeUrl, account, shell.clock(), run, closing);
    clicks = careful;
    DemoReaders people = new DemoReaders(careful::send, new Random(seed));
    DemoNewsroom editors = new DemoNewsroom(settings, desk, people, shell.clock(), this::say);
    newsroom = editors;
    books = follow();
    say("  publishing the sample news ...");
    say("  %d articles published".formatted(editors.publishSample()));
    editors.setLists();
    linkToBooks(desk);
    if (!news.isEmpty()) {
      Demo.importNews(settings, news, shell);
    }
    say("");
    say("  front page  " + gatewayUrl());
    say("  the books   " + gatewayUrl() + "/demo");
    say("  publish to  " + intakeUrl + "/v1/articles/{id}");
    say("  Kafka       " + settings.kafka().bootstrapServers());
    say("  seed        " + seed + " (--seed " + seed + " deals the same blows)");
    say("  what roles say goes to " + data.resolve("*.log"));
    say("  stop with Ctrl-C");
    say("");
    senders.add(every(STORY_EVERY_MS, () -> editors.publishNext().ifPresent(editors::putOnTop)));
    ScheduledExecutorService clicking = every(CLICK_EVERY_MS, people::clickOnce);
    var unused = clicking.schedule(() -> guarded(people::seed), 0, TimeUnit.MILLISECONDS);
    senders.add(clicking);
    senders.add(every(DRIFT_EVERY_MS, people::drift));
    every(LOOK_EVERY_MS, careful::look);
    every(ROUND_EVERY_MS, this::round);
    every(PROBE_EVERY_MS, this::probeAll);
    answeredAtNanos = System.nanoTime();
    every(PROBE_EVERY_MS, this::visit);
    every(REPORT_EVERY_MS, () -> say(time() + ' ' + balance));
  }

  /** An editor points readers to the page of the books, as she would to another medium. */
  private void linkToBooks(Desk desk) {
    for (ObjectNode list : DemoNews.lists()) {
      if (list.path("name").asText().equals("in-other-media")) {
        list.remove("name");
        list.withArray("entries")
            .insertObject(0)
            .putObject("link")
            .put("title", "What is being killed behind this page, and that nothing is lost")
            .put("url", gatewayUrl() + "/demo")
            .put("source", "This demo");
        desk.curate("in-other-media", list);
      }
    }
  }

  private TopicFollower follow() {
    var topics = settings.topics();
    return TopicFollower.of(settings.kafka(), "newsfeed-demo-books")
        .on(topics.articles, (place, article) -> {
          if (article != null) {
            account.written(article);
          }
        })
        .on(topics.published, (place, article) -> {
          if (article != null) {
            account.published(article, shell.clock().instant());
          }
        })
        .on(topics.clicks, (place, click) -> {
          if (click != null) {
            account.written(click, shell.clock().instant());
          }
        })
        .on(topics.feeds, (place, feed) -> {
          if (feed != null && Account.FEED.equals(place.key())) {
            account.feed(feed);
          } else if (feed != null && FeedIds.CANARY.equals(place.key())) {
            feed.getEntries().forEach(e -> canarySeen = Math.max(canarySeen, e.getVersion()));
          }
        })
        .on(topics.mostRead, (place, list) -> {
          if (list != null && Account.LIST.equals(place.key())) {
            account.list(list);
          }
        })
        .start();
  }

  /** Reads all topics to their ends and draws the balance; while Kafka is away there is none. */
  private void round() {
    account.takeList();
    Instant at = shell.clock().instant();
    try {
      Objects.requireNonNull(books)
          .readUpToNow()
          .get(ROUND_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the books cannot be kept any more", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    Instant well = wellSince;
    Instant inTime = at.minus(GRACE);
    if (well != null && well.isBefore(inTime) && due.isBefore(inTime)) {
      due = inTime;
    }
    Balance drawn = account.balance(at, due);
    if (!drawn.closes() && balance.closes()) {
      tell(time() + " THE BOOKS DO NOT CLOSE: " + drawn);
    }
    balance = drawn;
  }

  private void probeAll() {
    boolean well = true;
    for (String name : ROLES) {
      well &= probe(name);
      RoleProcess role = role(name);
      if (!role.isAlive() && !name.equals(victim) && !lifetime.stopping()) {
        tell("%s %s has ended by itself with %d, and is started again"
            .formatted(time(), name, role.status()));
        role.lastWords().forEach(this::say);
        restart(name);
      }
    }
    if (!well || victim != null) {
      wellSince = null;
    } else if (wellSince == null) {
      wellSince = shell.clock().instant();
    }
  }

  private boolean probe(String name) {
    boolean passes = role(name).isReady();
    synchronized (ready) {
      ready.put(name, passes);
    }
    return passes;
  }

  private boolean isOpen(String name) {
    synchronized (ready) {
      return role(name).isAlive() && ready.getOrDefault(name, false);
    }
  }

  private boolean answers(URI address) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(address).timeout(PROBE_WITHIN).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false; // that is the answer
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int)
          PROBE_WITHIN.toMillis());
      return true;
    } catch (IOException e) {
      return false; // that is the answer
    }
  }

  /** A reader who looks at the front page all the time. */
  private void visit() {
    boolean answered = answers(gatewayUrl());
    long now = System.nanoTime();
    longestSilenceNanos = Math.max(longestSilenceNanos, now - answeredAtNanos);
    if (answered) {
      answeredAtNanos = now;
    }
  }

  // ---- blows

  /**
   * Kills and restarts until it is told to stop.
   *
   * @param atMost blows; 0: for ever
   * @return why it ended by itself; null: it was told to, or there were all of the blows
   */
  @Nullable
  Throwable strike(int atMost) throws InterruptedException {
    Blows chance = new Blows(ROLES, seed);
    for (int n = 1; (atMost == 0 || n <= atMost) && !lifetime.stopping(); n++) {
      Blows.Blow blow = chance.next();
      if (await(blow.rest(), lifetime::stopping)) {
        break;
      }
      String failure = strike(blow);
      if (failure != null) {
        return new IllegalStateException(failure);
      }
    }
    return closeBooks();
  }

  /** Returns what did not recover; null: all has. */
  private @Nullable String strike(Blows.Blow blow) throws InterruptedException {
    String name = blow.role();
    victim = name;
    wellSince = null;
    longestSilenceNanos = 0;
    if (name.equals("intake")) {
      Objects.requireNonNull(clicks).intakeIsGone();
    }
    role(name).kill();
    probe(name);
    Instant at = shell.clock().instant();
    long atNanos = System.nanoTime();
    blows.merge(name, 1, Integer::sum);
    String killed = "%s killed %s (SIGKILL)".formatted(time(), name);
    say(killed);
    if (await(blow.down(), lifetime::stopping)) {
      return null;
    }
    restart(name);
    Recovery recovery = new Recovery(name, at, atNanos);
    boolean recovered = await(RECOVERED_WITHIN, () -> recovery.look() || lifetime.stopping());
    victim = null;
    String outcome = killed + " \u00b7 " + recovery;
    tell(outcome);
    return recovered ? null : "no recovery within two minutes: " + outcome;
  }

  private void restart(String name) {
    if (name.equals("intake")) {
      Objects.requireNonNull(clicks).intakeIsGone();
    }
    role(name).start();
  }

  /** How long things were away after a blow. */
  private final class Recovery {
    private final String name;
    private final Instant at;
    private final long atNanos;
    private final long canary;
    private boolean sent;
    private double backAfterS = -1;
    private double listsAfterS = -1;
    private double articleAfterS = -1;

    Recovery(String name, Instant at, long atNanos) {
      this.name = name;
      this.at = at;
      this.atNanos = atNanos;
      this.canary = at.toEpochMilli();
    }

    /** Whether all of it is back. */
    boolean look() {
      sent = sent || sendCanary();
      if (backAfterS < 0 && probe(name)) {
        backAfterS = sinceS();
      }
      if (listsAfterS < 0 && account.listAsOf().isAfter(at)) {
        listsAfterS = sinceS();
      }
      if (articleAfterS < 0 && canarySeen >= canary) {
        articleAfterS = sinceS();
      }
      return backAfterS >= 0
          && listsAfterS >= 0
          && articleAfterS >= 0
          && ROLES.stream().allMatch(ChaosDemo.this::isOpen);
    }

    /** An article that readers do not meet: in which way it goes is what is looked at. */
    private boolean sendCanary() {
      try {
        return new IntakeClient(intakeUrl, settings.key())
            .publish(JsonNodeFactory.instance
                .objectNode()
                .put("articleId", CANARY)
                .put("version", canary)
                .put("kind", FeedIds.CANARY_KIND)
                .put("headline", "Canary " + canary)
                .put("mostReadEligible", false))
            .accepted();
      } catch (UnavailableException e) {
        return false; // it is sent again
      }
    }

    private double sinceS() {
      return (System.nanoTime() - atNanos) / 1e9;
    }

    @Override
    public String toString() {
      return "lists went on after %s, an article was in its feed after %s, %s was back after %s, %s"
          .formatted(
              seconds(listsAfterS),
              seconds(articleAfterS),
              name,
              seconds(backAfterS),
              longestSilenceNanos < TimeUnit.SECONDS.toNanos(2)
                  ? "the site answered all the time"
                  : "the site was silent for " + seconds(longestSilenceNanos / 1e9));
    }

    private static String seconds(double seconds) {
      return seconds < 0 ? "(not yet)" : String.format(Locale.ROOT, "%.1f s", seconds);
    }
  }

  /**
   * Nobody sends any more, and what is under way arrives, or is lost; somebody who stops the demo does
   * not wait for that, and is told how much it was.
   */
  private @Nullable Throwable closeBooks() throws InterruptedException {
    closing.countDown();
    senders.forEach(ScheduledExecutorService::shutdown);
    Instant stopped = shell.clock().instant();
    BooleanSupplier drained = () -> balance.at().isAfter(stopped) && balance.underWay() == 0;
    if (!await(CLOSED_WITHIN, () -> lifetime.stopping() || drained.getAsBoolean())
        || lifetime.stopping()) {
      await(HURRIED_WITHIN, drained);
    }
    if (!lifetime.stopping()) {
      due = shell.clock().instant();
      Instant judged = due;
      await(CLOSED_WITHIN, () -> balance.at().isAfter(judged) || lifetime.stopping());
    }
    Balance last = balance;
    say(time() + " the books: " + last);
    return last.closes() ? null : new IllegalStateException("the books do not close");
  }

  // ---- who watches

  private Standing standing() {
    List<Standing.Role> states = new ArrayList<>();
    for (String name : ROLES) {
      String state = !role(name).isAlive() ? "down" : isOpen(name) ? "up" : "starting";
      states.add(new Standing.Role(name, state, blows.getOrDefault(name, 0)));
    }
    synchronized (told) {
      return new Standing(settings.title(), seed, balance, states, List.copyOf(told));
    }
  }

  /** A line for the terminal and for the page. */
  private void tell(String line) {
    say(line);
    synchronized (told) {
      told.addFirst(line);
      while (told.size() > TOLD) {
        told.removeLast();
      }
    }
  }

  private void say(String line) {
    shell.out().println(line);
  }

  private String time() {
    return LocalTime.now(shell.clock().withZone(settings.zone())).format(TO_THE_SECOND);
  }

  /** Each task has a thread of its own: some of them wait for roles that are away. */
  private ScheduledExecutorService every(int delayMs, Runnable task) {
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(runnable -> {
      Thread daemon = new Thread(runnable, "chaos");
      daemon.setDaemon(true);
      return daemon;
    });
    threads.add(thread);
    var unused =
        thread.scheduleWithFixedDelay(() -> guarded(task), delayMs, delayMs, TimeUnit.MILLISECONDS);
    return thread;
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      if (closing.getCount() > 0) {
        LOG.warn("a part of the demo failed, it is tried again", e);
      }
    }
  }

  /** Whether it comes to be within the time. */
  private static boolean await(Duration atMost, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return true;
  }

  @Override
  public void close() {
    closing.countDown();
    threads.forEach(ScheduledExecutorService::shutdownNow);
    if (newsroom != null) {
      newsroom.close();
    }
    if (books != null) {
      books.close();
    }
    front.close();
    try {
      List<String> first = ROLES.subList(1, ROLES.size());
      for (String name : first) {
        role(name).tellToStop();
      }
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOPPED_WITHIN_MS);
      for (String name : first) {
        role(name).awaitEnd(Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
      }
      role("broker").tellToStop();
      role("broker").awaitEnd(STOPPED_WITHIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
