package dev.newsfeed.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.gateway.page.MostReadBox.Row;
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
  void inAListThatHasOnlyBegunNobodyIsANewcomer() {
    assertThat(MostReadBox.rows(List.of(entry(1, null), entry(2, null))))
        .extracting(Row::move)
        .containsOnly("same");
  }
}
