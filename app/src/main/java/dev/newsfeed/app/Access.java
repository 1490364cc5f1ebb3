package dev.newsfeed.app;

import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import dev.newsfeed.gateway.websub.WebSub;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Jobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.utils.SecurityUtils;

/**
 * Who may do what on the brokers, beside the catalogue of topics: the one place that says it. Rights
 * are printed, given, documented and tested from it.
 *
 * <p>A role may do what its commands do and nothing else. Whoever runs two roles under one name gives
 * that name both. What is not here needs no right: an idempotent producer that may write to a topic
 * may number its records, and a reader without a group commits nothing.
 */
final class Access {

  /** Who connects to the brokers. */
  enum Role {
    intake("newsfeed intake: writes, and reads only what is public anyway"),
    agencies("besides intake, of one with a drop folder: which files were refused already"),
    cms("a CMS that publishes to the topic itself, not through the intake"),
    streams("newsfeed streams: the jobs, their groups and topics of their own"),
    gateway("newsfeed gateway: what is public, and the subscriptions of WebSub"),
    watch("newsfeed watch: what is public, what was refused, how far jobs are"),
    operator(
        "all other commands: topics apply, status, explain, rejected, import, rebuild, recount"),
    partner("a site that reads what is public, in groups that begin with its own name");

    private final String what;

    Role(String what) {
      this.what = what;
    }

    String what() {
      return what;
    }
  }

  /** What may be done to one thing, or to all whose names begin so. */
  record Grant(ResourcePattern on, Set<AclOperation> may) {

    /** As the brokers keep it. */
    List<AclBinding> bindings(KafkaPrincipal who) {
      return may.stream()
          .map(operation -> new AclBinding(
              on, new AccessControlEntry(who.toString(), "*", operation, AclPermissionType.ALLOW)))
          .toList();
    }

    /** read, write, describe configs */
    String words() {
      return may.stream()
          .map(operation -> operation.name().toLowerCase(Locale.ROOT).replace('_', ' '))
          .collect(Collectors.joining(", "));
    }

    /** What Kafka's own kafka-acls takes. */
    String arguments(KafkaPrincipal who) {
      return "--add --allow-principal " + who
          + may.stream()
              .map(operation -> " --operation " + SecurityUtils.operationName(operation))
              .collect(Collectors.joining())
          + " --" + on.resourceType().name().toLowerCase(Locale.ROOT).replace('_', '-') + ' '
          + on.name()
          + (on.patternType() == PatternType.PREFIXED ? " --resource-pattern-type prefixed" : "");
    }
  }

  private final Topics topics;

  Access(Topics topics) {
    this.topics = topics;
  }

  /**
   * What a role may do, each thing once.
   *
   * @param user the name under which it connects; only a partner's rights depend on it
   */
  List<Grant> of(Role role, String user) {
    Grants grants = new Grants();
    switch (role) {
      case intake ->
        grants
            .on(
                List.of(
                    topics.articles,
                    topics.clicks,
                    topics.controls,
                    topics.curated,
                    topics.rejected),
                WRITE)
            // the addresses that clicks name, and the versions that If-Match asks for
            .on(List.of(topics.published), READ);
      case agencies -> grants.on(List.of(topics.rejected), READ);
      case cms -> grants.on(List.of(topics.articles), WRITE);
      case streams -> streams(grants);
      case gateway ->
        grants
            .on(List.of(topics.published, topics.feeds, topics.mostRead), READ)
            .on(List.of(topics.subscriptionRequests, topics.subscriptions), READ, WRITE)
            .literal(ResourceType.GROUP, WebSub.group(topics), READ);
      case watch -> {
        grants
            .on(List.of(topics.published, topics.feeds, topics.mostRead, topics.rejected), READ)
            .on(List.of(topics.articles, topics.clicks, topics.controls, topics.curated), DESCRIBE);
        for (String application : applications()) {
          grants
              .prefixed(ResourceType.TOPIC, application + '-', DESCRIBE)
              .prefixed(ResourceType.GROUP, application, DESCRIBE);
        }
      }
      case operator -> operator(grants);
      case partner ->
        grants
            .on(List.of(topics.published, topics.feeds, topics.mostRead), READ)
            .prefixed(ResourceType.GROUP, user + '-', READ);
    }
    return grants.all();
  }

  /** What somebody with several roles may do, each thing once. */
  List<Grant> of(Collection<Role> roles, String user) {
    Grants grants = new Grants();
    roles.forEach(role -> of(role, user)
        .forEach(grant -> grants.add(grant.on(), grant.may().toArray(AclOperation[]::new))));
    return grants.all();
  }

  /** What each role may do to each thing, as a table in Markdown; a partner is called NAME. */
  String markdown() {
    List<String> headings = new ArrayList<>(List.of("what"));
    Map<ResourcePattern, Map<Role, String>> cells = new TreeMap<>(Access::inOrder);
    for (Role role : Role.values()) {
      headings.add(role.name());
      of(role, "NAME")
          .forEach(grant -> cells
              .computeIfAbsent(grant.on(), thing -> new EnumMap<>(Role.class))
              .put(role, grant.words()));
    }
    List<List<String>> rows = new ArrayList<>();
    cells.forEach((on, may) -> {
      List<String> row = new ArrayList<>(List.of(words(on)));
      for (Role role : Role.values()) {
        row.add(may.getOrDefault(role, ""));
      }
      rows.add(row);
    });
    return TopicTable.markdown(headings, rows);
  }

  /** The same for a terminal, role by role. */
  String text() {
    List<List<String>> lines = new ArrayList<>();
    for (Role role : Role.values()) {
      lines.add(List.of(role.name(), "", role.what()));
      of(role, "NAME").forEach(grant -> lines.add(List.of("", words(grant.on()), grant.words())));
    }
    return Columns.text(lines);
  }

  private static String words(ResourcePattern on) {
    return on.resourceType().name().toLowerCase(Locale.ROOT).replace('_', ' ')
        + ' '
        + on.name()
        + (on.patternType() == PatternType.PREFIXED ? "…" : "");
  }

  private void streams(Grants grants) {
    grants
        .on(
            List.of(
                topics.articles,
                topics.clicks,
                topics.controls,
                topics.curated,
                topics.published,
                topics.jobs),
            READ)
        .on(List.of(topics.published, topics.feeds, topics.mostRead, topics.rejected), WRITE)
        // jobs do not start on topics that are not as in the catalogue
        .on(topics.all(), DESCRIBE, DESCRIBE_CONFIGS);
    for (String application : applications()) {
      grants
          // what a repartition topic has passed on is deleted from it
          .prefixed(ResourceType.TOPIC, application + '-', READ, WRITE, CREATE, DELETE)
          .prefixed(ResourceType.GROUP, application, READ)
          .prefixed(ResourceType.TRANSACTIONAL_ID, application + '-', WRITE);
    }
  }

  private void operator(Grants grants) {
    List<Topic<?>> open = new ArrayList<>(topics.all());
    open.removeAll(List.of(topics.subscriptionRequests, topics.subscriptions)); // have secrets
    grants
        .on(topics.all(), CREATE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS)
        .on(open, READ)
        // rejected replay, import, import-clicks
        .on(
            List.of(
                topics.articles, topics.clicks, topics.controls, topics.curated, topics.rejected),
            WRITE)
        // rebuild, recount
        .on(List.of(topics.jobs, topics.feeds, topics.mostRead), WRITE)
        .prefixed(ResourceType.TRANSACTIONAL_ID, GenerationLog.writers(topics), WRITE);
    for (String application : applications()) {
      grants
          .prefixed(ResourceType.TOPIC, application + '-', READ, DELETE)
          .prefixed(ResourceType.GROUP, application, READ, DELETE);
    }
  }

  /** The jobs' groups, in their first generations; those of later ones begin so. */
  private List<String> applications() {
    return Jobs.names().stream().map(job -> Jobs.applicationId(job, 1, topics)).toList();
  }

  /** Grants as they are collected. */
  private static final class Grants {

    private final Map<ResourcePattern, Set<AclOperation>> all = new TreeMap<>(Access::inOrder);

    Grants on(List<? extends Topic<?>> some, AclOperation... may) {
      some.forEach(topic -> literal(ResourceType.TOPIC, topic.name(), may));
      return this;
    }

    Grants literal(ResourceType type, String name, AclOperation... may) {
      return add(new ResourcePattern(type, name, PatternType.LITERAL), may);
    }

    Grants prefixed(ResourceType type, String name, AclOperation... may) {
      return add(new ResourcePattern(type, name, PatternType.PREFIXED), may);
    }

    private Grants add(ResourcePattern on, AclOperation... may) {
      all.computeIfAbsent(on, thing -> new TreeSet<>()).addAll(Arrays.asList(may));
      return this;
    }

    /** Who may read, write or delete may look as well. */
    List<Grant> all() {
      all.values().stream()
          .filter(may -> may.contains(READ) || may.contains(WRITE) || may.contains(DELETE))
          .forEach(may -> may.remove(DESCRIBE));
      return all.entrySet().stream()
          .map(e -> new Grant(e.getKey(), e.getValue()))
          .toList();
    }
  }

  /** Topics, groups, transactional ids; each by name, those that stand for many last. */
  private static int inOrder(ResourcePattern one, ResourcePattern other) {
    int byType = one.resourceType().compareTo(other.resourceType());
    int byPattern = one.patternType().compareTo(other.patternType());
    return byType != 0 ? byType : byPattern != 0 ? byPattern : one.name().compareTo(other.name());
  }
}
