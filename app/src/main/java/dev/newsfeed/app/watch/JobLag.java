package dev.newsfeed.app.watch;

import dev.newsfeed.app.GenerationGroup;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Jobs;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a job is behind, as the cluster knows it, whether the job lives or not.
 *
 * @param job {@code publication}; of a further generation {@code feeds-g2}
 * @param members processes' threads that share its work; 0: nobody runs it
 * @param records that it has still to process
 */
public record JobLag(String job, int members, long records) {

  /** Of every generation of every job that the cluster knows. */
  public static List<JobLag> all(Admin admin, KafkaSettings kafka, Topics topics) {
    Set<String> groups = GenerationGroup.known(admin);
    return Jobs.names().stream()
        .flatMap(job -> {
          String first = Jobs.applicationId(job, 1, topics);
          Set<String> known = groups.stream()
              .filter(group -> Jobs.isGenerationOf(first, group))
              .collect(Collectors.toCollection(java.util.TreeSet::new));
          known.add(first);
          return known.stream()
              .filter(group -> known.size() == 1 || groups.contains(group))
              .map(group -> of(
                  job + group.substring(first.length()), new GenerationGroup(admin, kafka, group)));
        })
        .toList();
  }

  private static JobLag of(String job, GenerationGroup group) {
    Map<TopicPartition, Long> positions = group.positions();
    Set<String> topics =
        positions.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet());
    return new JobLag(job, group.members(), group.behind(group.ends(topics)));
  }
}
