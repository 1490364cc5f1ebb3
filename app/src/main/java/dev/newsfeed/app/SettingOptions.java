package dev.newsfeed.app;

import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of the commands that serve. Each stands for an environment variable and wins over it. */
final class SettingOptions {

  private final Map<String, String> given = new HashMap<>();

  @Option(
      names = "--gateway-port",
      paramLabel = "PORT",
      description = "Feeds and pages; NEWSFEED_GATEWAY_PORT, default 8080.")
  void gatewayPort(String port) {
    given.put(NewsfeedSettings.GATEWAY_PORT, port);
  }

  @Option(
      names = "--intake-port",
      paramLabel = "PORT",
      description = "Articles and clicks; NEWSFEED_INTAKE_PORT, default 8081.")
  void intakePort(String port) {
    given.put(NewsfeedSettings.INTAKE_PORT, port);
  }

  @Option(
      names = "--broker-port",
      paramLabel = "PORT",
      description = "The embedded Kafka; NEWSFEED_BROKER_PORT, default 9092.")
  void brokerPort(String port) {
    given.put(NewsfeedSettings.BROKER_PORT, port);
  }

  @Option(
      names = "--health-port",
      paramLabel = "PORT",
      description = "Health and metrics; NEWSFEED_HEALTH_PORT, default 8082 with \"streams\" and"
          + " \"watch\", else none.")
  void healthPort(String port) {
    given.put(NewsfeedSettings.HEALTH_PORT, port);
  }

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Where intake and gateway listen; NEWSFEED_HOST, default 127.0.0.1.")
  void host(String host) {
    given.put(NewsfeedSettings.HOST, host);
  }

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "What is kept over restarts; NEWSFEED_DATA.")
  void data(String dir) {
    given.put(NewsfeedSettings.DATA, dir);
  }

  @Option(
      names = "--tag-authority",
      paramLabel = "HOST",
      description =
          "The host name in the ids of feeds and articles; NEWSFEED_TAG_AUTHORITY, default"
              + " what it was before, else the host of NEWSFEED_PUBLIC_URL.")
  void tagAuthority(String host) {
    given.put(NewsfeedSettings.TAG_AUTHORITY, host);
  }

  @Option(
      names = "--drop-folder",
      paramLabel = "DIR",
      description = "Where agencies deliver files of news; NEWSFEED_DROP_FOLDER, default none.")
  void dropFolder(String dir) {
    given.put(NewsfeedSettings.DROP_FOLDER, dir);
  }

  @Option(
      names = "--websub-allow-network",
      paramLabel = "NETWORKS",
      description = "Where WebSub may deliver to although it is not public, as 10.1.0.0/16;"
          + " NEWSFEED_WEBSUB_ALLOW_NETWORK, default nowhere.")
  void callbackNetworks(String networks) {
    given.put(NewsfeedSettings.WEBSUB_ALLOW_NETWORK, networks);
  }

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description = "Whose midnight begins a day; NEWSFEED_ZONE, default the machine's.")
  void zone(String zone) {
    given.put(NewsfeedSettings.ZONE, zone);
  }

  @Option(
      names = "--clock",
      paramLabel = "TIME",
      description = "What the jobs take for now: an instant, or a duration to be off by;"
          + " NEWSFEED_CLOCK.")
  void clock(String clock) {
    given.put(NewsfeedSettings.CLOCK, clock);
  }

  /** All settings. A value given here wins over the environment, and that over the defaults. */
  NewsfeedSettings settings(Map<String, String> environment, Map<String, String> defaults) {
    return NewsfeedSettings.from(variables(environment, defaults));
  }

  /** The same as variables, for other processes. */
  Map<String, String> variables(Map<String, String> environment, Map<String, String> defaults) {
    Map<String, String> all = new HashMap<>(defaults);
    all.putAll(environment);
    all.putAll(given);
    return all;
  }
}
