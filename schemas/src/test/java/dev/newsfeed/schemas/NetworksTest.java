package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "198.51.100.7, 198.51.100.7, true",
    "198.51.100.7, 198.51.100.8, false",
    "0.0.0.0/0, 203.0.113.1, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "2001:db8:7::/48, 2001:db8:7:ffff::1, true",
    "2001:db8:7::/48, 2001:db8:8::, false",
    "2001:db8::/33, 2001:db8:8000::, false",
    "::1, 0:0:0:0:0:0:0:1, true",
    "192.0.2.0/24, ::ffff:192.0.2.9, true",
  })
  void addressIsInTheNetworkOrNot(String networks, String address, boolean in) {
    assertThat(Networks.parse(networks).contain(AddressLiteral.parse(address))).isEqualTo(in);
  }

  @Test
  void severalAreJoinedByCommas() {
    Networks networks = Networks.parse(" 192.0.2.0/24 ,2001:db8:7::/48, ");

    assertThat(networks.contain(AddressLiteral.parse("192.0.2.1"))).isTrue();
    assertThat(networks.contain(AddressLiteral.parse("2001:db8:7::1"))).isTrue();
    assertThat(networks).hasToString("2");
  }

  @Test
  void nothingIsInNone() {
    assertThat(Networks.NONE.contain(AddressLiteral.parse("192.0.2.1"))).isFalse();
    assertThat(Networks.parse("").contain(AddressLiteral.parse("192.0.2.1"))).isFalse();
    assertThat(Networks.parse("0.0.0.0/0").contain(null)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.0/33",
        "192.0.2.0/",
        "192.0.2.0/-1",
        "192.0.2.0/x",
        "2001:db8::/129",
        "desk.example",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.0/24/24",
        "10.1.2.3/8",
        "2001:db8::1/64",
        ":::",
        "/24",
      })
  void whatIsNoNetworkIsQuoted(String wrong) {
    assertThatThrownBy(() -> Networks.parse("192.0.2.0/24, " + wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + wrong + "\"");
  }

  /** Against arithmetic on whole numbers. */
  @Test
  void everyLengthCutsWhereItSays() throws UnknownHostException {
    long seed = 20261123;
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] first = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(first);
      int bits = first.length * 8;
      int length = random.nextInt(bits + 1);
      BigInteger network =
          new BigInteger(1, first).shiftRight(bits - length).shiftLeft(bits - length);
      // a neighbour that differs in one bit, anywhere
      BigInteger address = new BigInteger(1, first).flipBit(random.nextInt(bits));

      boolean in = Networks.parse(literal(network, bits) + "/" + length)
          .contain(AddressLiteral.parse(literal(address, bits)));

      assertThat(in)
          .as("seed %s, round %s", seed, round)
          .isEqualTo(address.shiftRight(bits - length).equals(network.shiftRight(bits - length)));
    }
  }

  private static String literal(BigInteger number, int bits) throws UnknownHostException {
    byte[] bytes = new byte[bits / 8];
    byte[] digits = number.toByteArray(); // may bear a zero in front
    for (int i = 1; i <= Math.min(bytes.length, digits.length); i++) {
      bytes[bytes.length - i] = digits[digits.length - i];
    }
    return InetAddress.getByAddress(bytes).getHostAddress();
  }
}
