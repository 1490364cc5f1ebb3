package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.schemas.KafkaSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.Uuid;

/**
 * A broker as {@code deploy/security} has it, made by its files and by the commands of
 * docs/security.md: TLS, SASL/SCRAM, and nobody may do anything that was not given. Every password is
 * another one and begins with {@link #SECRET}.
 */
final class SecureKafka implements KafkaCluster {

  /** What stands in every password, so that it can be looked for. */
  static final String SECRET = "zqsecret";

  private static final Path EXAMPLE = Path.of("../deploy/security");
  private static final String ADMIN = "admin";

  private final Path files;
  private final EmbeddedKafka kafka;
  private final Map<String, String> passwords = new HashMap<>();

  SecureKafka(Path directory) throws Exception {
    files = directory.resolve("etc");
    String keystore = password();
    makeCertificate(keystore);
    Files.writeString(
        files.resolve("broker.secrets"),
        "keystore=" + keystore + "\nscram=" + passwordOf("broker") + "\n");
    Properties example = new Properties();
    // the embedded broker calls its clients' listener by another name
    example.load(new StringReader(
        here("broker.properties").replace("CLIENTS", "PLAINTEXT").replace("clients", "plaintext")));
    Path data = directory.resolve("kafka");
    format(data, example);
    Map<String, String> settings = new HashMap<>();
    example.forEach((name, value) -> settings.put(name.toString(), value.toString()));
    kafka = EmbeddedKafka.start(EmbeddedKafkaSettings.in(data).with(settings));
  }

  private static String password() {
    return SECRET + UUID.randomUUID().toString().replace("-", "");
  }

  private String passwordOf(String user) {
    return passwords.computeIfAbsent(user, u -> password());
  }

  /** A file of the example, with its places here. */
  private String here(String name) throws IOException {
    return Files.readString(EXAMPLE.resolve(name)).replace("/etc/newsfeed", files.toString());
  }

  private void makeCertificate(String keystore) throws Exception {
    ProcessBuilder script = new ProcessBuilder(
            EXAMPLE.resolve("certificates.sh").toString(), files.toString(), "broker", "127.0.0.1")
        .redirectErrorStream(true);
    script.environment().put("KEYSTORE_PASSWORD", keystore);
    script.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = script.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("certificates.sh: " + said);
    }
  }

  /** The first two names and passwords must be there before a broker is. */
  private void format(Path data, Properties example) throws IOException {
    Properties all = new Properties();
    all.putAll(example);
    all.putAll(Map.of(
        "node.id", "1",
        "process.roles", "broker,controller",
        "controller.quorum.voters", "1@127.0.0.1:1",
        "listeners", "PLAINTEXT://127.0.0.1:2,CONTROLLER://127.0.0.1:1",
        "log.dirs", Files.createDirectories(data.resolve("node-1")).toString()));
    Path file = files.resolve("format.properties");
    try (var out = Files.newBufferedWriter(file)) {
      all.store(out, null);
    }
    String cluster = Uuid.randomUuid().toString();
    Files.writeString(data.resolve("cluster.id"), cluster);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int status = StorageTool.execute(
        new String[] {
          "format",
          "-t",
          cluster,
          "-c",
          file.toString(),
          "--add-scram",
          "SCRAM-SHA-512=[name=broker,password=" + passwordOf("broker") + "]",
          "--add-scram",
          "SCRAM-SHA-512=[name=" + ADMIN + ",password=" + passwordOf(ADMIN) + "]"
        },
        new PrintStream(said, true, UTF_8));
    if (status != 0) {
      throw new IllegalStateException("kafka-storage format: " + said.toString(UTF_8));
    }
  }

  /** Makes a user without any rights, or knows it already. */
  void addUser(String user) throws InterruptedException {
    try (Admin admin = Admin.create(settings(ADMIN).with(Map.of()))) {
      admin
          .alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
              user,
              new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096),
              passwordOf(user))))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** The variables with which a user reaches the broker. */
  Map<String, String> credentials(String user) {
    Map<String, String> variables = new HashMap<>();
    try {
      here("client.env")
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("=", 2))
          .forEach(pair -> variables.put(pair[0], pair[1].replaceAll("^'|'$", "")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    variables.put(NewsfeedSettings.BOOTSTRAP_SERVERS, bootstrapServers());
    variables.computeIfPresent(
        "KAFKA_SASL_JAAS_CONFIG",
        (name, line) -> line.replace("USER", user).replace("PASSWORD", passwordOf(user)));
    return variables;
  }

  KafkaSettings settings(String user) {
    return KafkaSettings.from(credentials(user), bootstrapServers());
  }

  /** Of who may do everything. */
  Map<String, String> adminCredentials() {
    return credentials(ADMIN);
  }

  KafkaSettings admin() {
    return settings(ADMIN);
  }

  @Override
  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  @Override
  public void close() {
    kafka.close();
  }
}
