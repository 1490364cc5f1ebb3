package dev.newsfeed.app;

import dev.newsfeed.gateway.GatewaySettings;
import dev.newsfeed.producer.http.Credentials;
import dev.newsfeed.producer.http.KeyFile;
import dev.newsfeed.producer.intake.IntakeSettings;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Networks;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.SchemaIds;
import dev.newsfeed.schemas.SchemaRegistry;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.mostread.Edition;
import dev.newsfeed.streams.mostread.ListRules;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import dev.newsfeed.streams.mostread.NewsroomCalendar.Week;
import dev.newsfeed.streams.mostread.ReadRules;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set, from environment variables; command line options stand for the
 * variable of the same name and win over it. No connection is made before all of it is valid.
 *
 * @param host the address that intake and gateway listen on; the embedded broker never leaves this
 *     machine
 * @param gatewayPort 0: any free one; so with the other ports
 * @param healthPort where a process tells how it is and its metrics; empty: {@code streams} and
 *     {@code watch} do on 8082, others do not
 * @param data where a kept state lives; null: the command's default
 * @param calendar the newsroom's, whose midnight begins a new day in most-read
 * @param reads which clicks count
 * @param lists what stands in most-read, and in which editions
 * @param clock what the jobs take for now
 * @param streamThreads of each job
 * @param readyLag how many records a job may have to fetch for {@code streams} to be ready
 * @param visitorSecret keys the hashes of visitors; null: made on first use and kept in {@code data}
 * @param staff networks of the newsroom, whose clicks are marked and not counted
 * @param monitors networks of probes, whose clicks are so, too
 * @param dropFolder where agencies deliver files of news; null: nowhere
 * @param dropSettle how long such a file must be unchanged to be taken for whole
 * @param proxies networks of proxies whose {@code X-Forwarded-For} intake and gateway believe
 * @param eventStreams that may be open at once
 * @param eventStreamsPerAddress that one address may have open; 0: no limit
 * @param clickRate clicks a minute that a network may send; 0: no limit
 * @param keys where the keys of those who publish are kept; null: in {@code data}; {@code none}: nobody
 *     needs one
 * @param key what commands show the intake; null: nothing
 * @param title the newsroom's name
 * @param sections slugs of the sections in the order of the navigation
 * @param publicUrl where readers reach the gateway; null: where it listens
 * @param tagAuthority who names articles in feeds; null: see {@link TagAuthority}
 * @param intakeUrl where pages and commands reach the intake
 * @param callbackNetworks where WebSub may deliver to although it is not public
 * @param registryUrl a schema registry; null: the schemas shipped with this program
 */
public record NewsfeedSettings(
    KafkaSettings kafka,
    Topics topics,
    String host,
    int gatewayPort,
    int intakePort,
    int brokerPort,
    OptionalInt healthPort,
    @Nullable Path data,
    NewsroomCalendar calendar,
    ReadRules reads,
    ListRules lists,
    JobClock clock,
    int streamThreads,
    int readyLag,
    @Nullable String visitorSecret,
    Networks staff,
    Networks monitors,
    @Nullable Path dropFolder,
    Duration dropSettle,
    Networks proxies,
    int eventStreams,
    int eventStreamsPerAddress,
    int clickRate,
    @Nullable Path keys,
    Credentials.@Nullable Token key,
    String title,
    List<String> sections,
    @Nullable URI publicUrl,
    @Nullable String tagAuthority,
    URI intakeUrl,
    Networks callbackNetworks,
    @Nullable URI registryUrl) {

  static final String HOST = "NEWSFEED_HOST";
  static final String GATEWAY_PORT = "NEWSFEED_GATEWAY_PORT";
  static final String INTAKE_PORT = "NEWSFEED_INTAKE_PORT";
  static final String BROKER_PORT = "NEWSFEED_BROKER_PORT";
  static final String HEALTH_PORT = "NEWSFEED_HEALTH_PORT";
  static final String DATA = "NEWSFEED_DATA";
  static final String TOPIC_PREFIX = "NEWSFEED_TOPIC_PREFIX";
  static final String PARTITIONS = "NEWSFEED_PARTITIONS";
  static final String ZONE = "NEWSFEED_ZONE";
  static final String FIRST_DAY_OF_WEEK = "NEWSFEED_FIRST_DAY_OF_WEEK";
  static final String WEEK = "NEWSFEED_WEEK";
  static final String EDITIONS = "NEWSFEED_EDITIONS";
  static final String NOW_AT_LEAST = "NEWSFEED_NOW_AT_LEAST";
  static final String READ_SLOT = "NEWSFEED_READ_SLOT";
  static final String VISITOR_READS = "NEWSFEED_VISITOR_READS";
  static final String NETWORK_READS = "NEWSFEED_NETWORK_READS";
  static final String NETWORK_PERCENT = "NEWSFEED_NETWORK_PERCENT";
  static final String CLOCK = "NEWSFEED_CLOCK";
  static final String STREAM_THREADS = "NEWSFEED_STREAM_THREADS";
  static final String READY_LAG = "NEWSFEED_READY_LAG";
  static final String VISITOR_SECRET = "NEWSFEED_VISITOR_SECRET";
  static final String STAFF_NETWORKS = "NEWSFEED_STAFF_NETWORKS";
  static final String MONITOR_NETWORKS = "NEWSFEED_MONITOR_NETWORKS";
  static final String DROP_FOLDER = "NEWSFEED_DROP_FOLDER";
  static final String DROP_SETTLE = "NEWSFEED_DROP_SETTLE";
  static final String PROXIES = "NEWSFEED_PROXIES";
  static final String EVENT_STREAMS = "NEWSFEED_EVENT_STREAMS";
  static final String EVENT_STREAMS_PER_ADDRESS = "NEWSFEED_EVENT_STREAMS_PER_ADDRESS";
  static final String CLICK_RATE = "NEWSFEED_CLICK_RATE";
  static final String KEYS = "NEWSFEED_KEYS";
  static final String KEY = "NEWSFEED_KEY";
  static final String TITLE = "NEWSFEED_TITLE";
  static final String SECTIONS = "NEWSFEED_SECTIONS";
  static final String PUBLIC_URL = "NEWSFEED_PUBLIC_URL";
  static final String TAG_AUTHORITY = "NEWSFEED_TAG_AUTHORITY";
  static final String INTAKE_URL = "NEWSFEED_INTAKE_URL";
  static final String WEBSUB_ALLOW_NETWORK = "NEWSFEED_WEBSUB_ALLOW_NETWORK";
  static final String REGISTRY_URL = "SCHEMA_REGISTRY_URL";

  static final String BOOTSTRAP_SERVERS = "KAFKA_BOOTSTRAP_SERVERS";

  static final int DEFAULT_HEALTH_PORT = 8082;

  private static final Path NO_KEYS = Path.of("none");
  private static final int MIN_SECRET = 16;
  private static final int MAX_STREAM_THREADS = 64;
  private static final int DEFAULT_READY_LAG = 100_000;
  private static final int MAX_READY_LAG = 100_000_000;
  private static final int MAX_PARTITIONS = 1_000;
  private static final int MAX_EVENT_STREAMS = 1_000_000;

  public NewsfeedSettings {
    sections = List.copyOf(sections);
  }

  /**
   * Reads and checks the variables.
   *
   * @throws BadSettingException naming the first one that cannot be used
   */
  public static NewsfeedSettings from(Map<String, String> environment) {
    Variables v = new Variables(environment);
    int brokerPort = v.port(BROKER_PORT, 9092);
    int intakePort = v.port(INTAKE_PORT, 8081);
    URI registry = v.webAddress(REGISTRY_URL);
    URI intake = v.webAddress(INTAKE_URL);
    return new NewsfeedSettings(
        v.kafka("127.0.0.1:" + brokerPort),
        new Topics(
            v.topicPrefix(),
            schemaIds(registry),
            v.number(PARTITIONS, Topics.DEFAULT_PARTITIONS, 1, MAX_PARTITIONS)),
        v.text(HOST, "127.0.0.1"),
        v.port(GATEWAY_PORT, 8080),
        intakePort,
        brokerPort,
        v.value(HEALTH_PORT) == null
            ? OptionalInt.empty()
            : OptionalInt.of(v.port(HEALTH_PORT, DEFAULT_HEALTH_PORT)),
        v.path(DATA),
        v.calendar(),
        v.reads(),
        v.lists(),
        v.clock(),
        v.streamThreads(),
        v.number(READY_LAG, DEFAULT_READY_LAG, 0, MAX_READY_LAG),
        v.secret(),
        v.networks(STAFF_NETWORKS),
        v.networks(MONITOR_NETWORKS),
        v.path(DROP_FOLDER),
        v.dropSettle(),
        v.value(PROXIES) == null ? Networks.LOOPBACK : v.networks(PROXIES),
        v.number(EVENT_STREAMS, GatewaySettings.DEFAULT_MAX_SUBSCRIBERS, 1, MAX_EVENT_STREAMS),
        v.number(
            EVENT_STREAMS_PER_ADDRESS,
            GatewaySettings.DEFAULT_MAX_PER_ADDRESS,
            0,
            MAX_EVENT_STREAMS),
        v.number(
            CLICK_RATE,
            IntakeSettings.DEFAULT_CLICKS_PER_MINUTE,
            0,
            IntakeSettings.MAX_CLICKS_PER_MINUTE),
        v.path(KEYS),
        v.key(),
        v.text(TITLE, "Newsfeed"),
        v.slugs(SECTIONS),
        v.webAddress(PUBLIC_URL),
        v.tagAuthority(),
        intake == null ? localhost(intakePort) : intake,
        v.networks(WEBSUB_ALLOW_NETWORK),
        registry);
  }

  /** The same with another Kafka. */
  public NewsfeedSettings with(KafkaSettings otherKafka) {
    return new NewsfeedSettings(
        otherKafka,
        topics,
        host,
        gatewayPort,
        intakePort,
        brokerPort,
        healthPort,
        data,
        calendar,
        reads,
        lists,
        clock,
        streamThreads,
        readyLag,
        visitorSecret,
        staff,
        monitors,
        dropFolder,
        dropSettle,
        proxies,
        eventStreams,
        eventStreamsPerAddress,
        clickRate,
        keys,
        key,
        title,
        sections,
        publicUrl,
        tagAuthority,
        intakeUrl,
        callbackNetworks,
        registryUrl);
  }

  /** The newsroom's own. */
  public ZoneId zone() {
    return calendar.zone();
  }

  /**
   * The file of keys.
   *
   * @param dataDirectory where it is when nothing else is said
   * @return null: nobody needs a key, wherever the intake listens
   */
  @Nullable
  KeyFile keyFile(Path dataDirectory) {
    if (keys == null) {
      return new KeyFile(dataDirectory.resolve("keys.json"));
    }
    return keys.equals(NO_KEYS) ? null : new KeyFile(keys);
  }

  /**
   * Who may publish where the intake is about to listen, in one line.
   *
   * @throws BadSettingException when it would be everybody, from anywhere
   */
  String whoMayPublish(Path dataDirectory) {
    KeyFile file = keyFile(dataDirectory);
    if (file == null) {
      return "everybody who reaches " + host + ", because " + KEYS + " is " + NO_KEYS;
    }
    int live = file.list().size();
    if (live > 0) {
      return "who has one of " + live + " keys in " + file.path();
    }
    if (!IntakeSettings.isLoopback(host)) {
      throw new BadSettingException(KEYS + ": there are no keys in " + file.path()
          + ", and the intake would listen on " + host
          + "; make one with \"newsfeed keys create NAME\", or listen on 127.0.0.1 (" + HOST + ")");
    }
    return Files.exists(file.path())
        ? "nobody: " + file.path() + " has no key in it"
        : "everybody on this machine, and nobody else can reach it: there are no keys";
  }

  /** For start-up lines: secrets are masked. */
  @Override
  public String toString() {
    return "host=" + host + " gateway=" + gatewayPort + " intake=" + intakePort + " zone="
        + calendar.zone()
        + " week=" + calendar.week() + "/" + calendar.firstDayOfWeek() + " editions="
        + lists.editions().size() + " topics="
        + topics.prefix() + "*" + " visitorSecret="
        + (visitorSecret == null ? "own" : "***") + " staffNetworks=" + staff
        + " monitorNetworks=" + monitors + " proxies=" + proxies
        + " eventStreams=" + eventStreams + " eventStreamsPerAddress=" + eventStreamsPerAddress
        + " clickRate=" + clickRate
        + " dropFolder=" + (dropFolder == null ? "none" : dropFolder)
        + " callbackNetworks=" + callbackNetworks
        + " keys=" + (keys == null ? "own" : keys) + " registry="
        + (registryUrl == null ? "shipped" : registryUrl) + " kafka=" + kafka;
  }

  /** Where a gateway is reached. */
  URI gatewayUrl() {
    return publicUrl == null ? localhost(gatewayPort) : publicUrl;
  }

  static URI localhost(int port) {
    return URI.create("http://localhost:" + port);
  }

  private static SchemaIds schemaIds(@Nullable URI registry) {
    return registry == null
        ? SchemaCatalogue.shipped()
        : new SchemaRegistry(registry.toString().replaceAll("/+$", ""));
  }

  /** The variables that are set, an empty one being as good as none. */
  private record Variables(Map<String, String> environment) {

    @Nullable
    String value(String name) {
      String value = environment.get(name);
      return value == null || value.isBlank() ? null : value.strip();
    }

    String text(String name, String otherwise) {
      String value = value(name);
      return value == null ? otherwise : value;
    }

    int port(String name, int otherwise) {
      String value = value(name);
      if (value == null) {
        return otherwise;
      }
      if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > 65_535) {
        throw bad(name, "must be a port from 0 to 65535", value);
      }
      return Integer.parseInt(value);
    }

    @Nullable
    Path path(String name) {
      String value = value(name);
      try {
        return value == null ? null : Path.of(value);
      } catch (InvalidPathException e) {
        throw bad(name, "must be a directory", value);
      }
    }

    @Nullable
    URI webAddress(String name) {
      String value = value(name);
      if (value == null) {
        return null;
      }
      if (value.contains("@")) { // nobody would be sent it, but it would stand in start-up lines
        throw new BadSettingException(name + " must not have a user or a password in it");
      }
      try {
        URI uri = new URI(value);
        if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
            && uri.getHost() != null) {
          return uri;
        }
      } catch (URISyntaxException e) {
        throw bad(name, "must be an http or https address", value);
      }
      throw bad(name, "must be an http or https address", value);
    }

    KafkaSettings kafka(String bootstrap) {
      String servers = text(BOOTSTRAP_SERVERS, bootstrap);
      if (!servers.matches("[^\\s,]+:[0-9]{1,5}(\\s*,\\s*[^\\s,]+:[0-9]{1,5})*")) {
        throw bad(BOOTSTRAP_SERVERS, "must be host:port, several joined by commas", servers);
      }
      return KafkaSettings.from(environment, bootstrap);
    }

    String topicPrefix() {
      String prefix = environment.getOrDefault(TOPIC_PREFIX, Topics.DEFAULT_PREFIX);
      if (!prefix.matches("[A-Za-z0-9._-]{0,100}")) {
        throw bad(TOPIC_PREFIX, "must be at most 100 of A-Z a-z 0-9 . _ -", prefix);
      }
      return prefix;
    }

    ZoneId zone() {
      String value = value(ZONE);
      try {
        return value == null ? ZoneId.systemDefault() : ZoneId.of(value);
      } catch (DateTimeException e) {
        throw bad(ZONE, "must be a time zone such as Europe/Berlin", value);
      }
    }

    DayOfWeek firstDayOfWeek() {
      String value = text(FIRST_DAY_OF_WEEK, "monday");
      try {
        return DayOfWeek.valueOf(value.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw bad(FIRST_DAY_OF_WEEK, "must be a day such as monday", value);
      }
    }

    Week week() {
      String value = text(WEEK, "calendar");
      try {
        return Week.valueOf(value.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw bad(WEEK, "must be calendar or rolling7", value);
      }
    }

    NewsroomCalendar calendar() {
      ZoneId zone = zone();
      DayOfWeek firstDay = firstDayOfWeek();
      Week week = week();
      try {
        return new NewsroomCalendar(zone, firstDay, week);
      } catch (IllegalArgumentException e) {
        throw new BadSettingException(ZONE + ": " + e.getMessage());
      }
    }

    ReadRules reads() {
      Duration slot;
      try {
        slot = Duration.parse(text(READ_SLOT, "PT30M"));
      } catch (DateTimeParseException e) {
        throw bad(READ_SLOT, "must be a duration such as PT30M", value(READ_SLOT));
      }
      int visitor = number(VISITOR_READS, 12, 1, 1_440);
      int network = number(NETWORK_READS, 20, 1, 1_000_000);
      int percent = number(NETWORK_PERCENT, 10, 0, 100);
      try {
        return new ReadRules(slot, visitor, network, percent);
      } catch (IllegalArgumentException e) {
        throw new BadSettingException(READ_SLOT + ": " + e.getMessage());
      }
    }

    ListRules lists() {
      ListRules usual = ListRules.DEFAULT.withNowAtLeast(nowAtLeast());
      Week week = week();
      try {
        return usual.withEditions(Edition.parse(text(EDITIONS, ""), week));
      } catch (IllegalArgumentException e) {
        throw new BadSettingException(EDITIONS + ": " + e.getMessage());
      }
    }

    /** As many as pages show, unless something else is set. */
    int nowAtLeast() {
      return number(NOW_AT_LEAST, 7, 0, ListRules.DEFAULT.size());
    }

    JobClock clock() {
      try {
        return JobClock.parse(text(CLOCK, ""));
      } catch (IllegalArgumentException e) {
        throw new BadSettingException(CLOCK + ": " + e.getMessage());
      }
    }

    int streamThreads() {
      return number(STREAM_THREADS, 1, 1, MAX_STREAM_THREADS);
    }

    int number(String name, int usual, int least, int most) {
      String value = text(name, String.valueOf(usual));
      if (!value.matches("[0-9]{1,9}")
          || Integer.parseInt(value) < least
          || Integer.parseInt(value) > most) {
        throw bad(name, "must be " + least + " to " + most, value);
      }
      return Integer.parseInt(value);
    }

    @Nullable
    String secret() {
      String value = value(VISITOR_SECRET);
      if (value != null && value.length() < MIN_SECRET) {
        throw new BadSettingException(
            VISITOR_SECRET + " must have at least " + MIN_SECRET + " characters");
      }
      return value;
    }

    @Nullable
    String tagAuthority() {
      String value = value(TAG_AUTHORITY);
      if (value != null && !GatewaySettings.isTagAuthority(value)) {
        throw bad(TAG_AUTHORITY, "must be a host name in small letters like news.example", value);
      }
      return value;
    }

    /** Its value is secret, so the message does not show it. */
    Credentials.@Nullable Token key() {
      String value = value(KEY);
      if (value == null) {
        return null;
      }
      return Credentials.Token.parse(value)
          .orElseThrow(() -> new BadSettingException(
              KEY + " must be a key as \"newsfeed keys create\" tells it: nf_…"));
    }

    Networks networks(String name) {
      try {
        return Networks.parse(text(name, ""));
      } catch (IllegalArgumentException e) {
        throw new BadSettingException(name + ": " + e.getMessage());
      }
    }

    /** A second is the least that a clock of files can tell apart everywhere. */
    Duration dropSettle() {
      String value = text(DROP_SETTLE, "PT5S");
      try {
        Duration settle = Duration.parse(value);
        if (settle.toSeconds() >= 1 && settle.toHours() < 1) {
          return settle;
        }
      } catch (DateTimeParseException e) {
        throw bad(DROP_SETTLE, "must be a duration such as PT5S", value);
      }
      throw bad(DROP_SETTLE, "must be at least PT1S and less than PT1H", value);
    }

    List<String> slugs(String name) {
      List<String> slugs = Arrays.stream(text(name, "").split(","))
          .map(String::strip)
          .filter(slug -> !slug.isEmpty())
          .toList();
      for (String slug : slugs) {
        if (!ArticleRules.isSlug(slug)) {
          throw bad(name, "must be slugs of sections, joined by commas", slug);
        }
      }
      return slugs;
    }

    private static BadSettingException bad(String name, String rule, @Nullable String value) {
      return new BadSettingException(name + " " + rule + ", is \"" + value + "\"");
    }
  }
}
