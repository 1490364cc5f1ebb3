package dev.newsfeed.gateway.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.gateway.push.ReadAlsoWatch.Current;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadAlsoWatchTest {

  private final EventLog log = new EventLog("t", 1, Map.of());
  private final Map<String, Current> lists = new ConcurrentHashMap<>();
  private final List<String> computed = new CopyOnWriteArrayList<>();
  private final ReadAlsoWatch watch = new ReadAlsoWatch(log, articleId -> {
    computed.add(articleId);
    return lists.getOrDefault(articleId, list("nothing"));
  });

  @AfterEach
  void close() {
    watch.close();
  }

  private static Current list(String text, String... concerned) {
    return new Current(Set.of(), Set.of(concerned), text.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> told() {
    return log.listsFrom(0).stream()
        .map(event -> new String(event.wire(), StandardCharsets.UTF_8))
        .toList();
  }

  private void follow(String articleId, Current list) {
    lists.put(articleId, list);
    int before = computed.size();
    watch.follow(articleId);
    await().until(() -> computed.size() > before && log.listsFrom(0).size() > 0);
  }

  @Test
  void followerIsToldTheListAsItIs() {
    follow("a7", list("a2 a5"));

    assertThat(told()).containsExactly("event: read-also\ndata: a2 a5\n\n");
  }

  @Test
  void listIsToldAnewWhenSomethingThatConcernsItHasMadeItAnother() {
    follow("a7", list("a2 a5", "a2", "a5", "topic/trade"));
    long before = log.nextList();

    lists.put("a7", list("a2 a6", "a2", "a6", "topic/trade"));
    watch.changed(Set.of("a9", "topic/other"));
    watch.changed(Set.of("a6", "topic/trade"));

    await().until(() -> log.nextList() > before);
    assertThat(told()).containsExactly("event: read-also\ndata: a2 a6\n\n");
    assertThat(computed).hasSize(2);
  }

  @Test
  void listThatComesOutTheSameIsNotToldAgain() {
    follow("a7", list("a2 a5", "a5"));
    long before = log.nextList();

    watch.changed(Set.of("a5"));

    await().until(() -> computed.size() == 2);
    watch.close(); // waits for what is under way
    assertThat(log.nextList()).isEqualTo(before);
  }

  @Test
  void listIsKeptAsLongAsSomeoneFollows() {
    follow("a7", list("a2 a5", "a5"));
    follow("a7", list("a2 a5", "a5"));

    watch.unfollow("a7");
    assertThat(told()).hasSize(1);

    watch.unfollow("a7");
    assertThat(told()).isEmpty();
    watch.changed(Set.of("a5"));
    watch.close();
    assertThat(computed).hasSize(2);
  }
}
