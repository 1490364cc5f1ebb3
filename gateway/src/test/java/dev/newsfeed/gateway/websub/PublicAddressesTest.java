package dev.newsfeed.gateway.websub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.schemas.AddressLiteral;
import dev.newsfeed.schemas.Networks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressesTest {

  private static final SocketAddressResolver NO_NAMES = (host, port, context, promise) ->
      promise.failed(new IllegalStateException("nobody should be asked"));

  private static InetAddress address(String literal) {
    return Objects.requireNonNull(AddressLiteral.parse(literal), literal);
  }

  private static PublicAddresses allowing(String networks) {
    return new PublicAddresses(NO_NAMES, Networks.parse(networks));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.254",
        "127.0.0.1",
        "127.8.9.10",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:53aa:64c:0:ffff:80ff:fffe",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2002:c0a8:101::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1"
      })
  void strangersCannotMakeUsConnectTo(String literal) {
    assertThat(allowing("").mayReach(address(literal))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
        "2001:200::1",
        "2003::1",
        "2606:4700:4700::1111",
        "2a00:1450::1"
      })
  void subscribersOfTheWorldCanBeReached(String literal) {
    assertThat(allowing("").mayReach(address(literal))).isTrue();
  }

  @Test
  void anIntranetCanBeAllowedAndNothingElseIsWithIt() {
    PublicAddresses addresses = allowing("10.1.0.0/16, fd12::/16");

    assertThat(addresses.mayReach(address("10.1.2.3"))).isTrue();
    assertThat(addresses.mayReach(address("::ffff:10.1.2.3"))).isTrue();
    assertThat(addresses.mayReach(address("fd12::7"))).isTrue();
    assertThat(addresses.mayReach(address("10.2.0.1"))).isFalse();
    assertThat(addresses.mayReach(address("127.0.0.1"))).isFalse();
  }

  @Test
  void ofANameOnlyThePublicAddressesAreUsed() {
    assertThat(resolve(answering("10.0.0.7 1.1.1.1 ::1")))
        .containsExactly(new InetSocketAddress(address("1.1.1.1"), 443));
  }

  @Test
  void nameWithoutAPublicAddressIsLikeNoName() {
    CompletableFuture<List<InetSocketAddress>> found =
        future(new PublicAddresses(answering("192.168.0.1 fe80::1"), Networks.NONE));

    assertThat(found).isCompletedExceptionally();
    assertThat(found.handle((done, e) -> e.getMessage()).join())
        .isEqualTo("hub.example has no public address");
  }

  @Test
  void nameThatChangesItsMindIsLookedAtEachTime() {
    SocketAddressResolver rebinding = answering("1.1.1.1", "127.0.0.1");
    PublicAddresses addresses = new PublicAddresses(rebinding, Networks.NONE);

    assertThat(future(addresses)).isCompleted();
    assertThat(future(addresses)).isCompletedExceptionally();
  }

  /** A name server that gives these answers, one after the other: addresses joined by blanks. */
  static SocketAddressResolver answering(String... answers) {
    Deque<String> left = new ArrayDeque<>(List.of(answers));
    return (host, port, context, promise) ->
        promise.succeeded(Arrays.stream(left.remove().split(" "))
            .map(literal -> new InetSocketAddress(address(literal), port))
            .toList());
  }

  private static List<InetSocketAddress> resolve(SocketAddressResolver names) {
    return future(new PublicAddresses(names, Networks.NONE)).join();
  }

  private static CompletableFuture<List<InetSocketAddress>> future(PublicAddresses addresses) {
    CompletableFuture<List<InetSocketAddress>> found = new CompletableFuture<>();
    addresses.resolve(
        "hub.example", 443, Map.of(), Promise.from(found::complete, found::completeExceptionally));
    return found;
  }
}
