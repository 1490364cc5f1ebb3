package dev.newsfeed.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Topics are the only contract between the roles, and the jobs take their time from outside. Each
 * rule holds in this house, and is broken in the one built for that below {@code violations}.
 */
class ArchitectureTest {

  private static final String HOUSE = "dev.newsfeed";
  private static final String BROKEN_HOUSE = "dev.newsfeed.app.violations";
  private static final List<String> ROLES = List.of("producer", "streams", "gateway");

  private static final JavaClasses CLASSES = new ClassFileImporter().importPackages(HOUSE);
  private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(BROKEN_HOUSE);

  /**
   * A rule.
   *
   * @param in builds it for the packages below a root
   * @param broken where the broken house breaks it: a part of the message
   */
  private record Rule(String name, RuleIn in, String broken) {
    @Override
    public String toString() {
      return name;
    }
  }

  private interface RuleIn {
    ArchRule root(String root);
  }

  static Stream<Rule> rules() {
    Stream<Rule> roles = ROLES.stream()
        .flatMap(role -> ROLES.stream()
            .filter(other -> !other.equals(role))
            .map(other -> new Rule(
                role + " never depends on " + other,
                root -> never(root, role, other),
                role + ".Meddler")));
    return Stream.concat(
        roles,
        Stream.of(
            new Rule(
                "the contract depends on no role",
                ArchitectureTest::contractIsAlone,
                "schemas.Meddler"),
            new Rule(
                "roles never depend on the command",
                ArchitectureTest::commandIsOnTop,
                "gateway.Meddler"),
            new Rule(
                "modules are free of cycles",
                root -> slices().matching(root + ".(*)..").should().beFreeOfCycles(),
                "gateway ->"),
            new Rule(
                "packages of a role are free of cycles",
                root -> slices().matching(root + ".(*).(*)..").should().beFreeOfCycles(),
                "producer - desk ->"),
            new Rule(
                "jobs never ask the system for the milliseconds",
                ArchitectureTest::jobsNeverAskForTheTime,
                "TimeAsker.milliseconds"),
            new Rule(
                "jobs never ask the system for the moment",
                ArchitectureTest::jobsNeverAskForTheTime,
                "TimeAsker.moment"),
            new Rule(
                "jobs never ask the system for its clock",
                ArchitectureTest::jobsNeverAskForTheTime,
                "TimeAsker.clock")));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void ruleHolds(Rule rule) {
    rule.in().root(HOUSE).check(CLASSES);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void ruleIsSeenToBeBroken(Rule rule) {
    EvaluationResult result = rule.in().root(BROKEN_HOUSE).evaluate(BROKEN);

    assertThat(result.getFailureReport().getDetails())
        .anyMatch(detail -> detail.contains(rule.broken()));
  }

  @Test
  void timeOfAClockAtHandMayBeAsked() {
    EvaluationResult result = jobsNeverAskForTheTime(BROKEN_HOUSE).evaluate(BROKEN);

    assertThat(result.getFailureReport().getDetails())
        .noneMatch(detail -> detail.contains("TimeAsker.ofAClockAtHand"));
  }

  private static ArchRule never(String root, String role, String other) {
    return noClasses()
        .that()
        .resideInAPackage(root + "." + role + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(root + "." + other + "..");
  }

  private static ArchRule contractIsAlone(String root) {
    return noClasses()
        .that()
        .resideInAnyPackage(root + ".schemas..", root + ".avro..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            root + ".producer..", root + ".streams..", root + ".gateway..", root + ".app..");
  }

  private static ArchRule commandIsOnTop(String root) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(root + ".app..", root + ".bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(root + ".app..");
  }

  private static ArchRule jobsNeverAskForTheTime(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + ".streams..")
        .should()
        .callMethodWhere(asksTheSystemForTheTime());
  }

  private static DescribedPredicate<JavaMethodCall> asksTheSystemForTheTime() {
    Set<String> clocks = Set.of("systemUTC", "systemDefaultZone", "system", "tick", "tickMillis");
    return DescribedPredicate.describe("asks the system for the time", call -> {
      String owner = call.getTargetOwner().getName();
      String name = call.getTarget().getName();
      boolean clockAtHand = call.getTarget().getRawParameterTypes().stream()
          .anyMatch(t -> t.isEquivalentTo(Clock.class));
      return owner.equals("java.lang.System") && name.equals("currentTimeMillis")
          || owner.startsWith("java.time.") && name.equals("now") && !clockAtHand
          || owner.equals("java.time.Clock") && clocks.contains(name);
    });
  }
}
