package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.app.chaos.Account;
import dev.newsfeed.app.chaos.Balance;
import dev.newsfeed.app.chaos.Blows;
import dev.newsfeed.app.chaos.Books;
import dev.newsfeed.app.chaos.Company;
import dev.newsfeed.app.chaos.Front;
import dev.newsfeed.app.chaos.Probes;
import dev.newsfeed.app.chaos.Recovery;
import dev.newsfeed.app.chaos.RoleProcess;
import dev.newsfeed.app.chaos.Standing;
import dev.newsfeed.app.chaos.Visitor;
import dev.newsfeed.app.watch.Canary;
import dev.newsfeed.schemas.KafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
 */
final class ChaosDemo implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ChaosDemo.class);
  private static final DateTimeFormatter TO_THE_SECOND = DateTimeFormatter.ofPattern("HH:mm:ss");

  private static final String BROKER = "broker";
  private static final String INTAKE = "intake";

  private static final Duration RECOVERED_WITHIN = Duration.ofMinutes(2);
  private static final Duration CLOSED_WITHIN = Duration.ofMinutes(1);
  private static final Duration HURRIED_WITHIN = Duration.ofSeconds(6);

  private static final int STORY_EVERY_MS = 5_000;
  private static final int CLICK_EVERY_MS = 50;
  private static final int DRIFT_EVERY_MS = 5_000;
  private static final int LOOK_EVERY_MS = 200;
  private static final int ROUND_EVERY_MS = 500;
  private static final int PROBE_EVERY_MS = 250;
  private static final int REPORT_EVERY_MS = 10_000;
  private static final int TOLD = 30;

  private final NewsfeedSettings settings;
  private final Shell shell;
  private final Lifetime lifetime;
  private final Path data;
  private final long seed;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<ScheduledExecutorService> threads = new ArrayList<>();
  private final List<ScheduledExecutorService> senders = new ArrayList<>();
  private final Deque<String> told = new ArrayDeque<>();
  private final URI intakeUrl;
  private final URI gatewayUrl;
  private final Company company;
  private final Front front;
  private final Account account;
  private final Visitor visitor;

  private @Nullable CarefulClicks clicks;
  private @Nullable DemoNewsroom newsroom;
  private volatile @Nullable Books books;
  private volatile @Nullable Instant wellSince;
  private volatile @Nullable String victim;

  private ChaosDemo(
      NewsfeedSettings settings,
      Map<String, String> variables,
      Shell shell,
      Lifetime lifetime,
      Path data,
      long seed)
      throws IOException {
    List<Integer> ports = new ArrayList<>(Ports.free(7));
    int brokerPort = settings.brokerPort() == 0 ? ports.remove(0) : settings.brokerPort();
    int intakePort = settings.intakePort() == 0 ? ports.remove(0) : settings.intakePort();
    this.settings = settings.with(KafkaSettings.of("127.0.0.1:" + brokerPort));
    this.shell = shell;
    this.lifetime = lifetime;
    this.data = data;
    this.seed = seed;
    this.account = new Account(settings.reads().slot());
    this.intakeUrl = NewsfeedSettings.localhost(intakePort);
    int frontPort = settings.gatewayPort() == 0 ? ports.remove(0) : settings.gatewayPort();
    this.gatewayUrl = NewsfeedSettings.localhost(frontPort);
    List<Integer> gateways = List.of(ports.remove(0), ports.remove(0));
    this.visitor = new Visitor(gatewayUrl);
    Map<String, String> environment = environment(variables);
    this.company = new Company(List.of(
        DemoRole.process(
            BROKER,
            "256m",
            List.of("broker", "--broker-port", String.valueOf(brokerPort)),
            environment,
            data,
            () -> Probes.listens(brokerPort)),
        http(INTAKE, "128m", "--intake-port", intakePort, environment),
        http("streams-1", "224m", "--health-port", ports.remove(0), environment),
        http("streams-2", "224m", "--health-port", ports.remove(0), environment),
        http("gateway-1", "160m", "--gateway-port", gateways.get(0), environment),
        http("gateway-2", "160m", "--gateway-port", gateways.get(1), environment)));
    this.front = Front.start(
        settings.host(),
        frontPort,
        List.of(
            new Front.Site(local(gateways.get(0)), () -> company.isOpen("gateway-1")),
            new Front.Site(local(gateways.get(1)), () -> company.isOpen("gateway-2"))),
        this::standing,
        settings.zone());
  }

  private Map<String, String> environment(Map<String, String> variables) {
    Map<String, String> environment = new HashMap<>(variables);
    environment.keySet().removeIf(name -> name.startsWith("KAFKA_"));
    environment.keySet().removeAll(List.of(NewsfeedSettings.HEALTH_PORT, NewsfeedSettings.DATA));
    environment.put(NewsfeedSettings.HOST, "127.0.0.1"); // others come in by the front
    environment.put(NewsfeedSettings.BOOTSTRAP_SERVERS, settings.kafka().bootstrapServers());
    environment.put(NewsfeedSettings.INTAKE_URL, intakeUrl.toString());
    environment.putIfAbsent(NewsfeedSettings.PUBLIC_URL, gatewayUrl.toString());
    return environment;
  }

  /** A role, in a process of this name, that tells its health on a port. */
  private RoleProcess http(
      String name, String heap, String portOption, int port, Map<String, String> environment) {
    URI ready = local(port).resolve("/health/ready");
    return DemoRole.process(
        name,
        heap,
        List.of(name.replaceAll("-.*", ""), portOption, String.valueOf(port)),
        environment,
        data,
        () -> Probes.answers(ready));
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
    try {
      company.start(List.of(BROKER));
      Pipeline.applyTopics(settings);
      List<String> all = company.names();
      company.start(all.subList(1, all.size()));
    } catch (IllegalStateException e) {
      throw new UnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  URI gatewayUrl() {
    return gatewayUrl;
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
    Books kept = new Books(account, settings.kafka(), settings.topics(), shell.clock());
    books = kept;
    say("  publishing the sample news ...");
    say("  %d articles published".formatted(editors.publishSample()));
    editors.setLists();
    linkToBooks(desk);
    if (!news.isEmpty()) {
      Demo.importNews(settings, news, shell);
    }
    say("");
    say("  front page  " + gatewayUrl());
    say("  the books   " + gatewayUrl + "/demo");
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
    every(ROUND_EVERY_MS, () -> round(kept));
    every(PROBE_EVERY_MS, this::probeAll);
    every(PROBE_EVERY_MS, visitor::visit);
    every(REPORT_EVERY_MS, () -> say(time() + ' ' + kept.balance()));
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
            .put("url", gatewayUrl + "/demo")
            .put("source", "This demo");
        desk.curate("in-other-media", list);
      }
    }
  }

  private void round(Books kept) {
    Balance open = kept.round(wellSince);
    if (open != null) {
      tell(time() + " THE BOOKS DO NOT CLOSE: " + open);
    }
  }

  private void probeAll() {
    boolean well = true;
    for (String name : company.names()) {
      well &= company.probe(name);
      RoleProcess role = company.role(name);
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

  // ---- blows

  /**
   * Kills and restarts until it is told to stop.
   *
   * @param atMost blows; 0: for ever
   * @return why it ended by itself; null: it was told to, or there were all of the blows
   */
  @Nullable
  Throwable strike(int atMost) throws InterruptedException {
    Blows chance = new Blows(company.names(), seed);
    for (int n = 1; (atMost == 0 || n <= atMost) && !lifetime.stopping(); n++) {
      Blows.Blow blow = chance.next();
      if (Company.await(blow.rest(), lifetime::stopping)) {
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
    visitor.begin();
    if (name.equals(INTAKE)) {
      Objects.requireNonNull(clicks).intakeIsGone();
    }
    company.kill(name);
    Recovery recovery = new Recovery(
        name,
        shell.clock().instant(),
        company,
        Objects.requireNonNull(books),
        this::publishCanary,
        visitor::longestSilenceNanos);
    String killed = "%s killed %s (SIGKILL)".formatted(time(), name);
    say(killed);
    if (Company.await(blow.down(), lifetime::stopping)) {
      return null;
    }
    restart(name);
    boolean recovered =
        Company.await(RECOVERED_WITHIN, () -> recovery.look() || lifetime.stopping());
    victim = null;
    String outcome = killed + " \u00b7 " + recovery;
    tell(outcome);
    return recovered ? null : "no recovery within two minutes: " + outcome;
  }

  private void restart(String name) {
    if (name.equals(INTAKE)) {
      Objects.requireNonNull(clicks).intakeIsGone();
    }
    company.role(name).start();
  }

  /** An article that readers do not meet: in which way it goes is what is looked at. */
  private boolean publishCanary(long version) {
    try {
      return new IntakeClient(intakeUrl, settings.key())
          .publish(Canary.article(version))
          .accepted();
    } catch (UnavailableException e) {
      return false; // it is sent again
    }
  }

  /**
   * Nobody sends any more, and what is under way arrives, or is lost; somebody who stops the demo does
   * not wait for that, and is told how much it was.
   */
  private @Nullable Throwable closeBooks() throws InterruptedException {
    closing.countDown();
    senders.forEach(ScheduledExecutorService::shutdown);
    Books kept = Objects.requireNonNull(books);
    Instant stopped = shell.clock().instant();
    BooleanSupplier drained =
        () -> kept.balance().at().isAfter(stopped) && kept.balance().underWay() == 0;
    if (!Company.await(CLOSED_WITHIN, () -> lifetime.stopping() || drained.getAsBoolean())
        || lifetime.stopping()) {
      Company.await(HURRIED_WITHIN, drained);
    }
    if (!lifetime.stopping()) {
      Instant judged = shell.clock().instant();
      kept.isDue(judged);
      Company.await(
          CLOSED_WITHIN, () -> kept.balance().at().isAfter(judged) || lifetime.stopping());
    }
    Balance last = kept.balance();
    say(time() + " the books: " + last);
    return last.closes() ? null : new IllegalStateException("the books do not close");
  }

  // ---- who watches

  private Standing standing() {
    Books kept = books;
    Balance balance = kept == null ? Balance.opening(shell.clock().instant()) : kept.balance();
    synchronized (told) {
      return new Standing(settings.title(), seed, balance, company.standing(), List.copyOf(told));
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

  @Override
  public void close() {
    closing.countDown();
    threads.forEach(ScheduledExecutorService::shutdownNow);
    if (newsroom != null) {
      newsroom.close();
    }
    Books kept = books;
    if (kept != null) {
      kept.close();
    }
    front.close();
    company.close();
  }
}
