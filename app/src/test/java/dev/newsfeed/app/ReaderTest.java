package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReaderTest {

  @Test
  void collectorsTellReadersApartByNetworkAndBrowser() {
    long different = IntStream.range(0, 12_800)
        .mapToObj(Reader::number)
        .map(reader -> reader.address().replaceFirst("\\.[0-9]+$", "") + reader.userAgent())
        .distinct()
        .count();

    assertThat(different).isEqualTo(12_800);
  }

  @Test
  void firstReadersDifferEvenBehindOneAddress() {
    assertThat(
            IntStream.range(0, 200).mapToObj(n -> Reader.number(n).userAgent()).distinct())
        .hasSize(200);
  }

  @Test
  void addressesAreThoseSetApartForTrials() {
    assertThat(IntStream.range(0, 2_000).mapToObj(n -> Reader.number(n).address()))
        .allMatch(address -> address.matches("198\\.1[89]\\.[0-9]{1,3}\\.[0-9]{1,3}"));
  }
}
