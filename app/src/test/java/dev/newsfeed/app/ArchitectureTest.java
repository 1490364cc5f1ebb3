package dev.newsfeed.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Topics are the only contract between the roles, and the jobs take their time from outside. */
class ArchitectureTest {

  private static final JavaClasses CLASSES = new ClassFileImporter().importPackages("dev.newsfeed");

  @Test
  void producerStreamsAndGatewayNeverDependOnEachOther() {
    for (String[] pair : new String[][] {
      {"producer", "streams"},
      {"producer", "gateway"},
      {"streams", "producer"},
      {"streams", "gateway"},
      {"gateway", "producer"},
      {"gateway", "streams"},
    }) {
      noClasses()
          .that()
          .resideInAPackage("dev.newsfeed." + pair[0] + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.newsfeed." + pair[1] + "..")
          .check(CLASSES);
    }
  }

  @Test
  void contractDependsOnNoRole() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.newsfeed.schemas..", "dev.newsfeed.avro..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.newsfeed.producer..",
            "dev.newsfeed.streams..",
            "dev.newsfeed.gateway..",
            "dev.newsfeed.app..")
        .check(CLASSES);
  }

  @Test
  void rolesNeverDependOnTheCommand() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.newsfeed.app..", "dev.newsfeed.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.newsfeed.app..")
        .check(CLASSES);
  }

  @Test
  void jobsNeverAskTheSystemForTheTime() {
    noClasses()
        .that()
        .resideInAPackage("dev.newsfeed.streams..")
        .should()
        .callMethodWhere(asksTheSystemForTheTime())
        .check(CLASSES);
  }

  @Test
  void modulesAreFreeOfCycles() {
    slices().matching("dev.newsfeed.(*)..").should().beFreeOfCycles().check(CLASSES);
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
