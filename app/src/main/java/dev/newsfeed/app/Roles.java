package dev.newsfeed.app;

import dev.newsfeed.gateway.Gateway;
import dev.newsfeed.gateway.GatewaySettings;
import dev.newsfeed.producer.files.DropFolder;
import dev.newsfeed.producer.files.DropSettings;
import dev.newsfeed.producer.intake.Intake;
import dev.newsfeed.producer.intake.IntakeSettings;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.StreamsSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts each role with its share of the settings. */
final class Roles {

  private final NewsfeedSettings settings;
  private final Path data;
  private final Clock clock;

  /** Roles that keep what they keep below {@code data}, each in a directory of its own. */
  Roles(NewsfeedSettings settings, Path data, Clock clock) {
    this.settings = settings;
    this.data = data;
    this.clock = clock;
  }

  Intake intake() {
    return Intake.start(new IntakeSettings(
        settings.host(),
        settings.intakePort(),
        settings.kafka(),
        settings.topics(),
        VisitorSecret.of(settings.visitorSecret(), data),
        settings.zone(),
        settings.staff(),
        settings.monitors(),
        settings.proxies(),
        settings.clickRate(),
        settings.keyFile(data),
        settings.sections(),
        clock));
  }

  /**
   * Starts watching the drop folder.
   *
   * @return null: there is none
   * @throws BadSettingException when it cannot be one
   */
  @Nullable
  DropFolder dropFolder() {
    if (settings.dropFolder() == null) {
      return null;
    }
    try {
      return DropFolder.start(new DropSettings(
          settings.kafka(),
          settings.topics(),
          settings.dropFolder(),
          settings.dropSettle(),
          clock));
    } catch (IllegalArgumentException e) {
      throw new BadSettingException(NewsfeedSettings.DROP_FOLDER + ": " + e.getMessage());
    }
  }

  /**
   * Starts the jobs.
   *
   * @param more settings of Kafka Streams that win over all others
   */
  Jobs streams(Map<String, Object> more) {
    return Jobs.start(new StreamsSettings(
        settings.kafka(),
        settings.topics(),
        data.resolve("streams"),
        settings.calendar(),
        settings.reads(),
        settings.lists(),
        settings.clock(),
        settings.streamThreads(),
        more));
  }

  /**
   * Starts a gateway.
   *
   * @param intake where its pages send clicks
   * @param media class path folder with pictures to serve
   */
  Gateway gateway(URI intake, @Nullable String media) {
    return Gateway.start(new GatewaySettings(
        settings.host(),
        settings.gatewayPort(),
        publicUrl(),
        settings.kafka(),
        settings.topics(),
        data.resolve("gateway"),
        settings.title(),
        intake.toString(),
        clock,
        settings.zone(),
        settings.sections(),
        media,
        settings.eventStreams(),
        GatewaySettings.DEFAULT_ERASE_EVERY,
        settings.eventStreamsPerAddress(),
        settings.proxies(),
        TagAuthority.of(settings.tagAuthority(), settings.publicUrl(), data),
        settings.callbackNetworks()));
  }

  /** On one's own machine the short address is the one that people type. */
  private @Nullable URI publicUrl() {
    boolean local = settings.host().equals("127.0.0.1") && settings.gatewayPort() > 0;
    return settings.publicUrl() == null && local
        ? NewsfeedSettings.localhost(settings.gatewayPort())
        : settings.publicUrl();
  }
}
