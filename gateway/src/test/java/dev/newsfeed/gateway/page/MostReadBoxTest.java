package dev.newsfeed.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.gateway.page.MostReadBox.Row;
import dev.newsfeed.gateway.page.MostReadBox.Tab;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MostReadBoxTest {

  private static MostReadEntry entry(int rank, @Nullable Integer before) {
    return MostReadEntry.newBuilder()
        .setRank(rank)
        .setArticleId("a" + rank)
        .setHeadline("Headline")
        .setKind("article")
        .setFirstPublished(Instant.EPOCH)
        .setReads(1)
        .setPreviousRank(before)
        .build();
  }

  @Test
  void marksSayHowAnArticleHasMoved() {
    assertThat(MostReadBox.rows(List.of(entry(1, 4), entry(2, 1), entry(3, 3), entry(4, null))))
        .extracting(Row::move)
        .containsExactly("up", "down", "same", "new");
  }

  @Test
  void whatEditorsHavePinnedHasNotMoved() {
    MostReadEntry pinned = MostReadEntry.newBuilder(entry(1, 4)).setPinned(true).build();

    assertThat(MostReadBox.rows(List.of(pinned))).extracting(Row::move).containsExactly("pinned");
  }

  @Test
  void aListSaysHowLongItsNowIsAndThatItIsBehindOrStale() {
    MostReadList list = Samples.mostRead("now", "all", "a1");
    MostReadList behind = MostReadList.newBuilder(list)
        .setWidenedToMinutes(180)
        .setCatchingUp(true)
        .build();

    assertThat(Tab.of("now", list, list.getAsOf()).notes()).isEmpty();
    assertThat(Tab.of("now", behind, list.getStaleAfter().plusSeconds(1)).notes())
        .containsExactly("last 3 hours", "still counting", "not up to date");
    assertThat(Tab.of("now", null, list.getAsOf()).asOf()).isNull();
  }

  @Test
  void inAListThatHasOnlyBegunNobodyIsANewcomer() {
    assertThat(MostReadBox.rows(List.of(entry(1, null), entry(2, null))))
        .extracting(Row::move)
        .containsOnly("same");
  }
}
