package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Every user tries everything: each verb on each topic, group and transactional id. What is given it is
 * what docs/security.md has in its table, and not a bit more.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrincipalsIT {

  /** Nobody's, or of a newsroom that shares the brokers. */
  private static final List<String> OTHERS =
      List.of("payroll", "newsfeed.drafts", "newsfeed-feed", "newsfeedx.published");

  private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
  private SecureKafka kafka;

  /** Each refusal is told by the client and by the broker, and refusals are what is tried here. */
  private static void quiet(@Nullable Level level) {
    for (String name : List.of(
        "org.apache.kafka.clients.Metadata",
        "org.apache.kafka.clients.consumer.internals.FetchCollector",
        "kafka.server.KafkaApis")) {
      ((Logger) LoggerFactory.getLogger(name)).setLevel(level);
    }
  }

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    quiet(Level.OFF);
    kafka = new SecureKafka(directory);
    for (Access.Role role : Access.Role.values()) {
      kafka.addUser(role.name());
      CommandRun give = CommandRun.with(kafka.adminCredentials());
      int status = give.execute("topics", "acls", role.name(), "--user", role.name(), "--apply");
      assertThat(status).as(give.output() + give.errors()).isZero();
    }
    CommandRun apply = CommandRun.with(kafka.credentials("operator"));
    assertThat(apply.execute("topics", "apply")).as(apply.errors()).isZero();
    try (Attempts admin = new Attempts(kafka.admin(), kafka.admin())) {
      for (String name : topicNames().toList()) {
        if (!admin.seen().contains(name)) {
          admin.makeTopic(name);
        }
      }
      for (Topic<?> topic : topics.all()) {
        admin.write(topic.name());
      }
    }
  }

  @AfterAll
  void stop() {
    quiet(null);
    kafka.close();
  }

  private Stream<String> topicNames() {
    return Stream.of(
            topics.all().stream().map(Topic::name),
            Stream.of(
                "newsfeed-publication-tried-changelog",
                "newsfeed-feeds-tried-repartition",
                "newsfeed-most-read-g2-tried-changelog"),
            OTHERS.stream())
        .flatMap(names -> names);
  }

  private static List<String> groups() {
    return List.of(
        "newsfeed-publication-g9",
        "newsfeed-feeds-g9",
        "newsfeed-most-read-g9",
        "newsfeed.websub",
        "partner-mirror",
        "partners",
        "payroll");
  }

  private static List<String> transactionalIds() {
    return List.of(
        "newsfeed-publication-7e1c-1",
        "newsfeed-feeds-g2-7e1c-1",
        "newsfeed-most-read-7e1c-1",
        "newsfeed.rebuild-tried",
        "payroll");
  }

  @ParameterizedTest
  @EnumSource(Access.Role.class)
  void eachUserCanDoWhatIsWrittenAndNothingElse(Access.Role role) throws Exception {
    WrittenRights written = WrittenRights.of(role);
    Map<String, Set<AclOperation>> wanted = new TreeMap<>();
    Map<String, Set<AclOperation>> found = new TreeMap<>();

    try (Attempts user = new Attempts(kafka.settings(role.name()), kafka.admin())) {
      for (String topic : topicNames().toList()) {
        wanted.put("topic " + topic, written.on("topic " + topic));
        found.put("topic " + topic, user.topic(topic));
      }
      for (String group : groups()) {
        wanted.put("group " + group, written.on("group " + group));
        found.put("group " + group, user.group(group, topics.published.name()));
      }
      for (String id : transactionalIds()) {
        wanted.put("transactional id " + id, written.on("transactional id " + id));
        found.put("transactional id " + id, user.transactionalId(id));
      }
      wanted.put("cluster", Set.of());
      found.put("cluster", user.cluster());

      assertThat(user.seen())
          .containsExactlyInAnyOrderElementsOf(topicNames()
              .filter(topic -> found.get("topic " + topic).contains(AclOperation.DESCRIBE))
              .collect(Collectors.toSet()));
    }

    assertThat(found).isEqualTo(wanted);
  }
}
