package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The examples of running it in containers say nothing that Kubernetes or our processes would not
 * understand: what Kubernetes has is asked of its own description of its objects, what we have of the
 * table of settings and the descriptions of our HTTP addresses.
 */
class DeploymentTest {

  private static final Path ROOT = Path.of("..");
  private static final Path MANIFESTS = ROOT.resolve("deploy/k8s");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, Schema> KUBERNETES = Map.of(
      "ConfigMap", V1ConfigMap::fromJson,
      "Deployment", V1Deployment::fromJson,
      "Job", V1Job::fromJson,
      "Namespace", V1Namespace::fromJson,
      "NetworkPolicy", V1NetworkPolicy::fromJson,
      "PodDisruptionBudget", V1PodDisruptionBudget::fromJson,
      "Secret", V1Secret::fromJson,
      "Service", V1Service::fromJson,
      "StatefulSet", V1StatefulSet::fromJson);

  private static final Set<Integer> PORTS =
      Set.of(8080, 8081, NewsfeedSettings.DEFAULT_HEALTH_PORT);

  /** Reads an object of a kind as Kubernetes describes it. */
  private interface Schema {
    Object read(String json) throws IOException;
  }

  /** An object and the file it is from. */
  record Manifest(String file, JsonNode object) {

    String kind() {
      return object.path("kind").asText();
    }

    String name() {
      return object.path("metadata").path("name").asText();
    }

    /** What it runs; missing with those that run nothing. */
    JsonNode pod() {
      return object.path("spec").path("template").path("spec");
    }

    @Override
    public String toString() {
      return file + " " + kind() + " " + name();
    }
  }

  static List<Manifest> manifests() throws IOException {
    List<Manifest> manifests = new ArrayList<>();
    try (Stream<Path> files = Files.list(MANIFESTS)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (!name.equals("kustomization.yaml")) {
          yaml(file).forEach(object -> manifests.add(new Manifest(name, object)));
        }
      }
    }
    return manifests;
  }

  static List<Manifest> workloads() throws IOException {
    return manifests().stream().filter(m -> m.pod().isObject()).toList();
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void kubernetesKnowsEveryFieldOfAManifest(Manifest manifest) throws IOException {
    assertThat(KUBERNETES).containsKey(manifest.kind());

    check(manifest.object());
  }

  @ParameterizedTest
  @ValueSource(strings = {"replicas", "containerPort", "readOnlyRootFilesystem", "periodSeconds"})
  void mistypedFieldIsFound(String field) throws IOException {
    String text = JSON.writeValueAsString(first("Deployment", "gateway").object());
    JsonNode mistyped = JSON.readTree(text.replaceFirst('"' + field + '"', '"' + field + "s\""));

    assertThatThrownBy(() -> check(mistyped)).hasMessageContaining(field + "s");
  }

  @Test
  void valueOfAnotherTypeIsFound() throws IOException {
    String text = JSON.writeValueAsString(first("Deployment", "gateway").object());

    assertThatThrownBy(
            () -> check(JSON.readTree(text.replace("\"replicas\":2", "\"replicas\":\"two\""))))
        .hasMessageContaining("two");
  }

  private static void check(JsonNode object) throws IOException {
    KUBERNETES.get(object.path("kind").asText()).read(JSON.writeValueAsString(object));
  }

  @Test
  void kustomizationNamesEveryManifestButTheTemplateOfSecrets() throws IOException {
    JsonNode kustomization = yaml(MANIFESTS.resolve("kustomization.yaml")).get(0);
    List<String> named = new ArrayList<>();
    kustomization.path("resources").forEach(resource -> named.add(resource.asText()));
    named.add("secrets.example.yaml");

    assertThat(named)
        .containsExactlyInAnyOrderElementsOf(
            manifests().stream().map(Manifest::file).distinct().toList());
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void podIsConfinedAndEndsInGoodOrder(Manifest manifest) {
    JsonNode pod = manifest.pod();
    assertThat(pod.path("enableServiceLinks").asBoolean(true))
        .as("or a service called newsfeed-gateway would be taken for the setting of that name")
        .isFalse();
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    JsonNode user = pod.path("securityContext");
    assertThat(user.path("runAsNonRoot").asBoolean()).isTrue();
    assertThat(user.path("runAsUser").asInt()).isEqualTo(10_001); // as in the Dockerfile
    assertThat(user.path("seccompProfile").path("type").asText()).isEqualTo("RuntimeDefault");
    if (!manifest.kind().equals("Job")) {
      assertThat(pod.path("terminationGracePeriodSeconds").asLong())
          .isGreaterThan(Lifetime.STOPPED_WITHIN_S + (pod.toString().contains("preStop") ? 5 : 0));
    }
    for (JsonNode container : pod.path("containers")) {
      JsonNode may = container.path("securityContext");
      assertThat(may.path("readOnlyRootFilesystem").asBoolean()).isTrue();
      assertThat(may.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
      assertThat(may.path("capabilities").path("drop").toString()).isEqualTo("[\"ALL\"]");
      assertThat(container.path("resources").path("limits").path("memory").asText())
          .isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void probesAskWhatTheRoleAnswers(Manifest manifest) throws IOException {
    if (manifest.kind().equals("Job")) {
      return;
    }
    JsonNode container = manifest.pod().path("containers").get(0);
    Map<String, Integer> ports = new HashMap<>();
    container
        .path("ports")
        .forEach(p -> ports.put(p.path("name").asText(), p.path("containerPort").asInt()));
    assertThat(PORTS).containsAll(ports.values());
    assertThat(ports).containsEntry("metrics", NewsfeedSettings.DEFAULT_HEALTH_PORT);

    String role = container.path("args").get(0).asText();
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      JsonNode asked = container.path(probe).path("httpGet");
      assertThat(ports).as(probe).containsKey(asked.path("port").asText());
      assertThat(answered(role, ports.get(asked.path("port").asText())))
          .as(probe)
          .contains(asked.path("path").asText());
    }
    assertThat(container.path("livenessProbe").path("httpGet").path("path").asText())
        .isEqualTo("/health/live"); // or a cluster that is away would have it killed
  }

  /** The addresses under {@code /health} that a role answers at a port. */
  private static Set<String> answered(String role, int port) throws IOException {
    Set<String> served = new TreeSet<>();
    String description = Map.of(
            "gateway:8080", "/dev/newsfeed/gateway/http/openapi.json",
            "intake:8081", "/dev/newsfeed/producer/intake/openapi.json")
        .get(role + ":" + port);
    if (description == null) {
      assertThat(port).isEqualTo(NewsfeedSettings.DEFAULT_HEALTH_PORT);
      served.add("/health/live");
      if (Set.of("streams", "watch").contains(role)) {
        served.add("/health/ready");
      }
      return served;
    }
    try (InputStream in = DeploymentTest.class.getResourceAsStream(description)) {
      JSON.readTree(in).path("paths").fieldNames().forEachRemaining(served::add);
    }
    return served;
  }

  @Test
  void servicesBudgetsAndPoliciesSelectPodsThatThereAre() throws IOException {
    Set<String> pods = new TreeSet<>();
    workloads().forEach(m -> pods.add(m.name()));
    for (Manifest manifest : manifests()) {
      JsonNode spec = manifest.object().path("spec");
      JsonNode selected = manifest.kind().equals("Service")
          ? spec.path("selector")
          : spec.path("selector").path("matchLabels");
      if (selected.isObject()) {
        assertThat(pods)
            .as(manifest.toString())
            .contains(selected.path("app.kubernetes.io/name").asText());
        assertThat(selected.path("app.kubernetes.io/name").asText()).isEqualTo(manifest.name());
      }
    }
    for (String twice : List.of("intake", "gateway", "streams")) {
      assertThat(manifests())
          .as(twice)
          .anyMatch(m -> m.kind().equals("PodDisruptionBudget") && m.name().equals(twice));
    }
  }

  @Test
  void whatKubernetesIsToldToSetIsInTheTableOfSettings() throws IOException {
    Set<String> set = new TreeSet<>();
    for (Manifest manifest : manifests()) {
      manifest.object().path("data").fieldNames().forEachRemaining(set::add);
      manifest.object().path("stringData").fieldNames().forEachRemaining(set::add);
      for (JsonNode container : manifest.pod().path("containers")) {
        container.path("env").forEach(variable -> set.add(variable.path("name").asText()));
      }
    }
    set.remove("keys.json"); // a file

    assertThat(set).contains("NEWSFEED_VISITOR_SECRET", "NEWSFEED_PROXIES");
    assertThat(known(set)).isEqualTo(set);
  }

  @Test
  void settingsOfTheExampleAreValidAndItsSecretsAreRefused() throws IOException {
    Map<String, String> settings = texts(first("ConfigMap", "newsfeed").object().path("data"));
    assertThat(NewsfeedSettings.from(settings).publicUrl()).hasHost("news.example");

    for (String secret : List.of("newsfeed-intake", "newsfeed-watch")) {
      Map<String, String> template = texts(first("Secret", secret).object().path("stringData"));
      assertThatThrownBy(() -> NewsfeedSettings.from(template))
          .as(secret)
          .isInstanceOf(BadSettingException.class)
          .hasMessageContaining(template.keySet().iterator().next());
    }
  }

  @Test
  void whatComposeSetsIsInTheTableOfSettingsAndValid() throws IOException {
    JsonNode services = compose().path("services");
    Set<String> roles = new TreeSet<>();
    for (Map.Entry<String, JsonNode> service : services.properties()) {
      if (!service.getValue().path("image").asText().equals("newsfeed:local")) {
        continue;
      }
      roles.add(service.getKey());
      Map<String, String> environment = texts(service.getValue().path("environment"));
      environment.replaceAll((name, value) -> asWithoutVariables(value));
      assertThat(known(environment.keySet())).as(service.getKey()).isEqualTo(environment.keySet());
      NewsfeedSettings settings = NewsfeedSettings.from(environment);
      assertThat(settings.healthPort()).hasValue(NewsfeedSettings.DEFAULT_HEALTH_PORT);
    }
    assertThat(roles).containsExactly("gateway", "intake", "streams", "topics", "watch");
  }

  @Test
  void composeGivesEveryProcessOfOursTimeToEndAndNothingToWriteOn() throws IOException {
    for (JsonNode service : compose().path("services")) {
      if (service.path("image").asText().equals("newsfeed:local")) {
        assertThat(service.path("stop_grace_period").asText()).isEqualTo("30s");
        assertThat(Lifetime.STOPPED_WITHIN_S).isLessThan(30);
        assertThat(service.path("read_only").asBoolean()).isTrue();
        assertThat(service.path("cap_drop").toString()).isEqualTo("[\"ALL\"]");
      }
      assertThat(service.path("mem_limit").asText()).as(service.toString()).isNotEmpty();
      for (JsonNode port : service.path("ports")) {
        assertThat(port.asText()).as("on this machine only").startsWith("127.0.0.1:");
      }
    }
  }

  @Test
  void memoryOfAllContainersTogetherIsLessThanEightGigabytes() throws IOException {
    long megabytes = 0;
    for (JsonNode service : compose().path("services")) {
      String limit = service.path("mem_limit").asText();
      assertThat(limit).matches("[0-9]+m");
      megabytes += Long.parseLong(limit.replace("m", ""))
          * service.path("deploy").path("replicas").asInt(1);
    }

    assertThat(megabytes).isLessThanOrEqualTo(8 * 1024);
  }

  private static JsonNode compose() throws IOException {
    return yaml(ROOT.resolve("docker-compose.yml")).get(0);
  }

  /** What compose makes of a value where none of its variables is set. */
  private static String asWithoutVariables(String value) {
    return Pattern.compile("\\$\\{[A-Z0-9_]+:-([^}]*)}")
        .matcher(value)
        .replaceAll(found -> found.group(1));
  }

  /** Those of the names that the manual has in its table; of Kafka's, all that its clients know. */
  private static Set<String> known(Set<String> names) throws IOException {
    String manual = Files.readString(ROOT.resolve("docs/operations.md"));
    Set<String> known = new TreeSet<>(names);
    known.removeIf(name ->
        !manual.contains("| `" + name + "` |") && !name.equals("KAFKA_NUM_STANDBY_REPLICAS"));
    return known;
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new HashMap<>();
    object.properties().forEach(p -> texts.put(p.getKey(), p.getValue().asText()));
    return texts;
  }

  private static Manifest first(String kind, String name) throws IOException {
    return manifests().stream()
        .filter(m -> m.kind().equals(kind) && m.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<JsonNode> yaml(Path file) throws IOException {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    try (InputStream in = Files.newInputStream(file)) {
      return StreamSupport.stream(yaml.loadAll(in).spliterator(), false)
          .<JsonNode>map(JSON::valueToTree)
          .toList();
    }
  }
}
