package dev.newsfeed.app;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Only the embedded broker, for trials and benchmarks with roles in processes of their own. */
@Command(
    name = "broker",
    description = "Runs only the embedded Kafka. Nothing is kept, unless --data says where.")
final class BrokerCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin
  private final SettingOptions options = new SettingOptions();

  BrokerCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    NewsfeedSettings settings = options.settings(shell.environment(), Map.of());
    AllInOne.requirePort(
        "127.0.0.1", settings.brokerPort(), "--broker-port", NewsfeedSettings.BROKER_PORT);
    EmbeddedKafkaSettings kafka = settings.data() == null
        ? EmbeddedKafkaSettings.temporary()
        : EmbeddedKafkaSettings.in(settings.data().resolve("kafka"));
    Lifetime lifetime = Lifetime.begin();
    return lifetime.run(
        () -> {
          try (EmbeddedKafka broker = EmbeddedKafka.start(kafka.onPort(settings.brokerPort()))) {
            shell.out().println("Kafka ready at " + broker.bootstrapServers());
            return lifetime.awaitStop(() -> null);
          }
        },
        shell);
  }
}
