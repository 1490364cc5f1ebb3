package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.app.Access.Role;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

  private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
  private final Access access = new Access(topics);

  /** The topics of the catalogue on which a role may do something, by their short names. */
  private Set<String> topics(Role role, AclOperation operation) {
    Map<String, String> shortNames =
        topics.all().stream().collect(Collectors.toMap(t -> t.name(), t -> t.shortName()));
    return access.of(role, "echo").stream()
        .filter(grant -> grant.may().contains(operation))
        .map(grant -> shortNames.get(grant.on().name()))
        .filter(name -> name != null)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void intakeWritesAndReadsOnlyWhatIsPublic() {
    assertThat(topics(Role.intake, AclOperation.WRITE))
        .containsExactly("articles", "clicks", "controls", "curated", "rejected");
    assertThat(topics(Role.intake, AclOperation.READ)).containsExactly("published");
  }

  @Test
  void partnerReadsWhatIsPublicInItsOwnGroupsAndDoesNothingElse() {
    assertThat(topics(Role.partner, AclOperation.READ))
        .containsExactly("feeds", "most-read", "published");
    assertThat(access.of(Role.partner, "echo"))
        .allMatch(grant -> grant.may().equals(Set.of(AclOperation.READ)))
        .filteredOn(grant -> grant.on().resourceType() != ResourceType.TOPIC)
        .singleElement()
        .satisfies(grant -> {
          assertThat(grant.on().resourceType()).isEqualTo(ResourceType.GROUP);
          assertThat(grant.on().patternType()).isEqualTo(PatternType.PREFIXED);
          assertThat(grant.on().name()).isEqualTo("echo-");
        });
  }

  @Test
  void onlyJobsWriteWhatIsPublished() {
    for (Role role : EnumSet.complementOf(EnumSet.of(Role.streams))) {
      assertThat(topics(role, AclOperation.WRITE)).as(role.name()).doesNotContain("published");
    }
  }

  @Test
  void subscribersSecretsAreTheGatewaysAlone() {
    for (Role role : EnumSet.complementOf(EnumSet.of(Role.gateway))) {
      for (AclOperation operation : List.of(AclOperation.READ, AclOperation.WRITE)) {
        assertThat(topics(role, operation))
            .as(role.name())
            .doesNotContain("subscriptions", "subscription-requests");
      }
    }
  }

  @Test
  void nobodyRulesTheClusterOrDeletesATopicOfTheCatalogue() {
    for (Role role : Role.values()) {
      assertThat(access.of(role, "echo"))
          .as(role.name())
          .noneMatch(grant -> grant.on().resourceType() == ResourceType.CLUSTER)
          .noneMatch(grant -> grant.may().contains(AclOperation.ALL))
          .noneMatch(grant -> grant.may().contains(AclOperation.ALTER));
      assertThat(topics(role, AclOperation.DELETE)).as(role.name()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "newsfeed.", "desk-", "desk.feeds-"})
  void internalTopicsOfJobsAreNoTopicsOfTheCatalogue(String prefix) {
    Topics others = new Topics(prefix, SchemaCatalogue.shipped());

    for (Role role : Role.values()) {
      for (Access.Grant grant : new Access(others).of(role, "echo")) {
        boolean many = grant.on().resourceType() == ResourceType.TOPIC
            && grant.on().patternType() == PatternType.PREFIXED;
        assertThat(others.all())
            .noneMatch(topic -> many && topic.name().startsWith(grant.on().name()));
      }
    }
  }

  @Test
  void rightsArePrintedAsKafkaTakesThem() {
    CommandRun run = CommandRun.with(NewsfeedSettings.TOPIC_PREFIX, "desk.");

    assertThat(run.execute("topics", "acls", "cms", "partner", "--user", "echo"))
        .isZero();

    assertThat(run.output().lines())
        .contains(
            "--add --allow-principal User:echo --operation Write --topic desk.articles",
            "--add --allow-principal User:echo --operation Read --topic desk.feeds",
            "--add --allow-principal User:echo --operation Read --group echo-"
                + " --resource-pattern-type prefixed");
  }

  @Test
  void rolesWithoutAUserAreRefusedInOneLine() {
    CommandRun run = CommandRun.plain();

    assertThat(run.execute("topics", "acls", "gateway")).isEqualTo(2);
    assertThat(run.errors()).startsWith("newsfeed: --user").hasLineCount(1);
  }
}
