package dev.newsfeed.app;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the controller give up a single broker that was killed, before that broker starts again.
 *
 * <pre>
 *                        without                          with
 * killed                 leader 1                         leader 1
 * controller starts      leader 1                         leader none
 * broker starts          finishes transactions as leader
 * session times out      leader none: markers dropped
 * broker registers       leader 1                         leader 1, finishes transactions
 * </pre>
 *
 * The cluster's metadata still calls a killed broker the leader of everything. When it is back before
 * its session has timed out, its transaction coordinator takes up the commits that the kill cut
 * short, and is in the midst of them when the controller gives the former self up. Kafka 4.3.1 takes
 * a partition without a leader for a deleted one there: it calls the transaction complete without
 * its markers. Offsets of that transaction stay undecided for ever, and the job that waits for them
 * never starts. Seen in one of about ten kills under load.
 */
final class FormerSelf {

  private static final Logger LOG = LoggerFactory.getLogger(FormerSelf.class);

  /** Long enough for the controller to have a look; nobody can answer it. */
  private static final String SESSION_MS = "100";

  private static final String HEARTBEAT_MS = "50"; // must be half of it at most
  private static final long GIVEN_UP_WITHIN_S = 10;

  private FormerSelf() {}

  /**
   * Runs the controller alone until it has given the broker up. Costs about a second, and only where
   * the last end was not a clean one.
   *
   * @param configs of the node, which is broker and controller in one
   */
  static void giveUp(Properties configs, Path logs) {
    if (!wasKilled(logs)) {
      return;
    }
    Properties alone = new Properties();
    alone.putAll(configs);
    alone.put("process.roles", "controller");
    alone.put("listeners", configs.getProperty("listeners").replaceFirst("^PLAINTEXT:[^,]*,", ""));
    alone.put("broker.session.timeout.ms", SESSION_MS);
    alone.put("broker.heartbeat.interval.ms", HEARTBEAT_MS);
    KafkaRaftServer controller =
        new KafkaRaftServer(KafkaConfig.fromProps(alone, false), Time.SYSTEM);
    try {
      controller.startup();
      awaitGivenUp();
    } finally {
      controller.shutdown();
      controller.awaitShutdown();
    }
  }

  /** A broker leaves a note when it goes, and removes it when it comes. */
  private static boolean wasKilled(Path logs) {
    return Files.exists(logs.resolve("__cluster_metadata-0"))
        && !Files.exists(logs.resolve(".kafka_cleanshutdown"));
  }

  private static void awaitGivenUp() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GIVEN_UP_WITHIN_S);
    try {
      while (count("FencedBrokerCount") != 1 || count("ActiveBrokerCount") != 0) {
        if (System.nanoTime() > end) {
          // killed before the controller had ever heard of it
          LOG.warn("the controller knows of no broker to give up after a kill");
          return;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the controller started", e);
    }
  }

  private static int count(String gauge) {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    try {
      return (Integer) beans.getAttribute(
          new ObjectName("kafka.controller:type=KafkaController,name=" + gauge), "Value");
    } catch (InstanceNotFoundException e) {
      return -1; // not there yet
    } catch (JMException e) {
      throw new IllegalStateException("the controller does not tell its " + gauge, e);
    }
  }
}
