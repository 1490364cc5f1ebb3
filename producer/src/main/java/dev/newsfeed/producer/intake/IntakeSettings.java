package dev.newsfeed.producer.intake;

import dev.newsfeed.producer.http.KeyFile;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Networks;
import dev.newsfeed.schemas.Topics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the intake needs to know.
 *
 * @param host the address to listen on
 * @param port 0: any free one
 * @param visitorSecret keys the hashes of visitors; at least 16 bytes, the same on every intake of a
 *     newsroom, or one reader counts once per intake
 * @param zone the newsroom's, in which visitor keys change at midnight
 * @param staff networks of the newsroom, whose clicks are no reads
 * @param monitors networks of probes, whose clicks are none either
 * @param proxies networks of proxies whose {@code X-Forwarded-For} is believed
 * @param clicksPerMinute that one network may send; 0: as many as it likes
 * @param keys who may publish; null: everybody who can reach the intake
 * @param sections the newsroom's; empty: any will do
 * @param clock says when a click was received
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copied on the way in and out
public record IntakeSettings(
    String host,
    int port,
    KafkaSettings kafka,
    Topics topics,
    byte[] visitorSecret,
    ZoneId zone,
    Networks staff,
    Networks monitors,
    Networks proxies,
    int clicksPerMinute,
    @Nullable KeyFile keys,
    List<String> sections,
    Clock clock) {

  /** A hundred a second: what a carrier's readers behind one address hardly reach. */
  public static final int DEFAULT_CLICKS_PER_MINUTE = 6_000;

  public static final int MAX_CLICKS_PER_MINUTE = 1_000_000;

  private static final int MIN_SECRET_BYTES = 16;

  public IntakeSettings {
    if (host.isBlank()) {
      throw new IllegalArgumentException("intake host must be an address to listen on");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("intake port must be 0 to 65535, is " + port);
    }
    if (visitorSecret.length < MIN_SECRET_BYTES) {
      throw new IllegalArgumentException("visitor secret must have at least " + MIN_SECRET_BYTES
          + " bytes, has " + visitorSecret.length);
    }
    if (clicksPerMinute < 0 || clicksPerMinute > MAX_CLICKS_PER_MINUTE) {
      throw new IllegalArgumentException(
          "clicks per minute must be 0 to " + MAX_CLICKS_PER_MINUTE + ", is " + clicksPerMinute);
    }
    visitorSecret = visitorSecret.clone();
    sections = List.copyOf(sections);
  }

  /** Whether only this machine can reach the intake, in which case it may do without keys. */
  public boolean isLocal() {
    return isLoopback(host);
  }

  /** Whether only this machine can reach who listens on the host. */
  public static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  @Override
  public byte[] visitorSecret() {
    return visitorSecret.clone();
  }

  /** For start-up lines: secrets are masked. */
  @Override
  public String toString() {
    return "intake host=" + host + " port=" + port + " zone=" + zone + " staffNetworks=" + staff
        + " monitorNetworks=" + monitors + " proxies=" + proxies + " clicksPerMinute="
        + clicksPerMinute + " keys=" + (keys == null ? "none" : keys.path())
        + " visitorSecret=*** kafka=" + kafka;
  }
}
