package dev.newsfeed.bench;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** The topic from which the counts of the most-read job come back after a loss. */
record Changelog(BrokerProcess broker, String group) {

  String topic() {
    return group + "-counts-changelog";
  }

  /** What it takes on the broker's disk now. */
  long bytesStored() throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(broker.kafka().with(Map.of()))) {
      return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
          .flatMap(directories -> directories.values().stream())
          .flatMap(directory -> directory.replicaInfos().entrySet().stream())
          .filter(replica -> replica.getKey().topic().equals(topic()))
          .mapToLong(replica -> replica.getValue().size())
          .sum();
    }
  }
}
