package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {

  private final Proxies proxies = new Proxies(Networks.parse("10.0.0.0/8, 2001:db8:7::/48"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.7   |                                  | 203.0.113.7",
        "203.0.113.7   | 6.6.6.6                          | 203.0.113.7",
        "10.0.0.1      |                                  | 10.0.0.1",
        "10.0.0.1      | 203.0.113.7                      | 203.0.113.7",
        "10.0.0.1      | 6.6.6.6, 203.0.113.7             | 203.0.113.7",
        "10.0.0.1      | 6.6.6.6, 203.0.113.7, 10.9.9.9   | 203.0.113.7",
        "10.0.0.1      | 10.6.6.6, 203.0.113.7,10.9.9.9   | 203.0.113.7",
        "10.0.0.1      | 10.0.0.3, 10.0.0.2               | 10.0.0.3",
        "2001:db8:7::1 | 2001:db8:9::5                    | 2001:db8:9::5",
        "10.0.0.1      | 203.0.113.7:51234                | 203.0.113.7",
        "10.0.0.1      | [2001:db8:9::5]:443              | 2001:db8:9::5",
        "10.0.0.1      | [2001:db8:9::5]                  | 2001:db8:9::5",
        "10.0.0.1      | ::ffff:203.0.113.7               | 203.0.113.7",
      })
  void readerIsTheFirstFromTheEndWhoIsNoProxy(String peer, String header, String reader) {
    assertThat(reader(peer, header == null ? List.of() : List.of(header)))
        .isEqualTo(address(reader));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ",", ",,,", "unknown", "_hidden", "news.example", "203.0.113.7, unknown", "999.1.1.1",
        "203.0.113", "1.2.3.4.5", "[::1", "::1]", "[]", "[203.0.113.7", "fe80::1%eth0",
            "for=1.2.3.4",
        "203.0.113.7 10.0.0.1", "0x0a000001", "203.0.113.7:port", "203.0.113.7:", "\u0661.1.1.1"
      })
  void whatIsNoAddressLeavesTheProxyThatSaidSo(String header) {
    assertThat(reader("10.0.0.1", List.of(header))).isEqualTo(address("10.0.0.1"));
  }

  @Test
  void linesOfTheHeaderAreOneList() {
    assertThat(reader("10.0.0.1", List.of("6.6.6.6", "203.0.113.7, 10.0.0.3", "10.0.0.2")))
        .isEqualTo(address("203.0.113.7"));
  }

  /** Whatever a reader invents in front of what proxies write, the answer stays the same. */
  @Test
  void inventionsOfAReaderChangeNothing() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> words =
        List.of("10.0.0.9", "6.6.6.6", "unknown", "", "::1", "2001:db8:7::5", "[", "x,y", ":80");
    for (int run = 0; run < 2_000; run++) {
      List<String> invented = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        invented.add(words.get(random.nextInt(words.size())));
      }
      String proxies = ",10.0.0.4".repeat(random.nextInt(3));
      List<String> header = new ArrayList<>(invented);
      header.add("203.0.113.7" + proxies);

      assertThat(
              reader("10.0.0.1", random.nextBoolean() ? header : List.of(String.join(",", header))))
          .as("seed %d, %s", seed, header)
          .isEqualTo(address("203.0.113.7"));
    }
  }

  @Test
  void withoutAnyProxyTheHeaderIsNeverRead() {
    InetAddress here = address("127.0.0.1");
    List<String> header = List.of("6.6.6.6");

    assertThat(new Proxies(Networks.NONE).reader(here, header)).isEqualTo(here);
    assertThat(new Proxies(Networks.LOOPBACK).reader(here, header)).isEqualTo(address("6.6.6.6"));
  }

  private InetAddress reader(String peer, List<String> header) {
    return proxies.reader(address(peer), header);
  }

  private static InetAddress address(String literal) {
    InetAddress address = AddressLiteral.parse(literal);
    assertThat(address).as(literal).isNotNull();
    return address;
  }
}
