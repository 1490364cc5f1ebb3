package dev.newsfeed.producer.intake;

import static dev.newsfeed.producer.TestKafka.NOW;
import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.records;
import static dev.newsfeed.producer.intake.TestIntake.body;
import static dev.newsfeed.producer.intake.TestIntake.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.producer.http.AccessKey;
import dev.newsfeed.producer.http.AccessKey.Right;
import dev.newsfeed.producer.http.Credentials;
import dev.newsfeed.producer.http.KeyFile;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has a key may do what it is for, and nobody else. */
class KeysTest {

  private static final String ARTICLE = "{\"version\": 1, \"headline\": \"h\"}";
  private static final Set<Right> ALL = EnumSet.allOf(Right.class);

  @TempDir
  private Path dir;

  private KeyFile keys;
  private TestIntake intake;

  @BeforeEach
  void start() {
    keys = new KeyFile(dir.resolve("keys.json"));
    intake = TestIntake.behind(keys);
  }

  @AfterEach
  void stop() {
    intake.close();
  }

  @Test
  void withoutAFileEverybodyOnThisMachineMayPublish() {
    assertThat(intake.put("/v1/articles/a1", ARTICLE).statusCode()).isEqualTo(201);
  }

  @Test
  void webPageIsNotEverybodyEvenIfItsNamePointsToThisMachine() {
    HttpResponse<String> response = intake.send(intake
        .request("/v1/articles/a1")
        .header("Content-Type", "application/json")
        .header("Origin", "http://rebound.example")
        .PUT(body(ARTICLE)));

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(intake.articles.history()).isEmpty();
  }

  @Test
  void whoComesThroughAProxyOfThisMachineIsNotOnIt() {
    for (String header : List.of("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")) {
      HttpResponse<String> response = intake.send(intake
          .request("/v1/articles/a1")
          .header("Content-Type", "application/json")
          .header(header, "198.51.100.7")
          .PUT(body(ARTICLE)));

      assertThat(response.statusCode()).as(header).isEqualTo(403);
    }
    assertThat(intake.articles.history()).isEmpty();
  }

  @Test
  void firstKeyClosesTheDoorOfARunningIntakeAndOpensIt() {
    String token = create("superdesk", ALL, "");
    awaitStatus(401, "");

    HttpResponse<String> refused = put("a1", "");
    assertThat(refused.headers().firstValue("WWW-Authenticate"))
        .hasValueSatisfying(v -> assertThat(v).startsWith("Bearer"));
    assertThat(put("a1", "Bearer " + token).statusCode()).isEqualTo(201);
    assertThat(header(records(intake.articles, TOPICS.articles).get(0), "key"))
        .isEqualTo("superdesk");
  }

  @Test
  void revokedKeyOpensNothingWithinASecondAndItsSuccessorDoes() {
    String old = create("superdesk", ALL, "");
    String next = create("superdesk", ALL, "");
    awaitStatus(201, "Bearer " + old);
    awaitStatus(201, "Bearer " + next);
    assertThatThrownBy(() -> create("superdesk", ALL, "")).hasMessageContaining("two keys");

    assertThat(keys.revoke(old.substring(3, 13))).hasSize(1);

    await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> put("a1", "Bearer " + old).statusCode() == 401);
    assertThat(put("a1", "Bearer " + next).statusCode()).isEqualTo(201);

    keys.revoke("superdesk");
    awaitStatus(401, "Bearer " + next);
    awaitStatus(401, ""); // a file without keys is not the same as no file
  }

  @Test
  void keyIsForWhatItWasMadeFor() {
    String publisher = create("wordpress", EnumSet.of(Right.articles), "wp-");
    String editor = create("desk", EnumSet.of(Right.lists), "");
    awaitStatus(401, "");

    assertThat(put("wp-1", "Bearer " + publisher).statusCode()).isEqualTo(201);
    assertThat(put("sd-1", "Bearer " + publisher).statusCode()).isEqualTo(403);
    assertThat(put("wp-1", "Bearer " + editor).statusCode()).isEqualTo(403);
    assertThat(send(
                "POST", "/v1/articles/sd-1/withdraw", "{\"version\":2,\"reason\":\"r\"}", publisher)
            .statusCode())
        .isEqualTo(403);
    String list = "{\"by\": \"b\", \"entries\": []}";
    assertThat(send("PUT", "/v1/curated/top-stories", list, publisher).statusCode())
        .isEqualTo(403);
    assertThat(send("PUT", "/v1/curated/top-stories", list, editor).statusCode())
        .isEqualTo(201);
    assertThat(send("DELETE", "/v1/curated/top-stories", "", editor).statusCode())
        .isEqualTo(200);
    String control = "{\"excluded\": true, \"by\": \"b\"}";
    assertThat(send("PUT", "/v1/controls/sd-1", control, editor).statusCode()).isEqualTo(201);
    assertThat(send("PUT", "/v1/controls/sd-1", control, publisher).statusCode())
        .isEqualTo(403);
    assertThat(json(put("sd-1", "Bearer " + publisher)).path("detail").asText())
        .contains("wordpress")
        .contains("wp-");
  }

  @Test
  void clicksAndHealthNeedNoKey() {
    create("superdesk", ALL, "");
    awaitStatus(401, "");

    assertThat(intake.post("/v1/clicks", "{\"articleId\": \"a1\"}").statusCode())
        .isEqualTo(204);
    assertThat(intake.get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void nothingOfWhoIsNotLetInIsKept() {
    create("superdesk", ALL, "");
    awaitStatus(401, "");
    intake.forget();

    assertThat(put("a1", "").statusCode()).isEqualTo(401);
    assertThat(put("a1", "Bearer nf_0123456789_" + "0".repeat(64)).statusCode()).isEqualTo(401);

    assertThat(intake.articles.history()).isEmpty();
  }

  @Test
  void fileHasNoSecretAndOnlyItsOwnerReadsIt() throws Exception {
    List<String> secrets = List.of(
        create("superdesk", ALL, "").substring(14),
        keys.create("wire", ALL, "", true, NOW).substring(15));

    String text = Files.readString(keys.path());
    assertThat(text).doesNotContain(secrets);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.path())))
        .isEqualTo("rw-------");
    assertThat(keys.list())
        .extracting(AccessKey::toString)
        .noneMatch(shown -> secrets.stream().anyMatch(shown::contains));
  }

  @Test
  void manyMakersAtOnceLoseNoKeyAndReadersNeverSeeHalfAFile() {
    List<CompletableFuture<Void>> makers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String name = "site-" + i;
      makers.add(CompletableFuture.runAsync(() -> create(name, ALL, "")));
    }
    CompletableFuture<Void> all = CompletableFuture.allOf(makers.toArray(CompletableFuture[]::new));
    while (!all.isDone()) {
      assertThat(keys.list()).hasSizeLessThanOrEqualTo(8);
    }

    all.join();
    assertThat(keys.list()).hasSize(8);
  }

  @Test
  void brokenFileChangesNothingForARunningIntake() throws Exception {
    String token = create("superdesk", ALL, "");
    awaitStatus(401, "");

    Files.writeString(keys.path(), "{\"keys\": [{\"id\": ");

    assertThatThrownBy(keys::list)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(keys.path().toString());
    long until = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    await().until(() -> {
      assertThat(put("a1", "Bearer " + token).statusCode()).isEqualTo(201);
      assertThat(put("a1", "").statusCode()).isEqualTo(401);
      return System.nanoTime() > until;
    });
  }

  @Test
  void fileThatIsBrokenFromTheStartClosesTheDoor() throws Exception {
    Files.writeString(keys.path(), "no keys");

    awaitStatus(401, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer x",
        "Basic YTpi",
        "bearer nf_",
        "Bearer nf_zz_zz",
        "Newsfeed-HMAC-SHA256",
        "Newsfeed-HMAC-SHA256 id=0123456789, time=1, nonce=0123456789abcdef, signature=zz"
      })
  void whatIsNoKeyIsRefused(String shown) {
    create("superdesk", ALL, "");
    awaitStatus(401, shown);
  }

  @Test
  void signedRequestIsTakenOnceAndOnlyAsItWasSigned() {
    Signer signer = new Signer(keys.create("wire", ALL, "", true, NOW));
    awaitStatus(401, "");
    long now = NOW.getEpochSecond();
    String good = signer.signed("PUT", "/v1/articles/a1", ARTICLE, now, "nonce-0123456789");

    assertThat(put("a2", good).statusCode()).isEqualTo(401); // another target
    assertThat(show("POST", "/v1/articles/a1/withdraw", ARTICLE, good).statusCode())
        .isEqualTo(401);
    assertThat(show("PUT", "/v1/articles/a1", ARTICLE + " ", good).statusCode())
        .isEqualTo(401); // another body
    assertThat(put("a1", good).statusCode()).isEqualTo(201);
    assertThat(put("a1", good).statusCode()).isEqualTo(401); // replayed
    assertThat(json(put("a1", good)).path("detail").asText()).contains("nonce");
    assertThat(put("a1", signer.signed("PUT", "/v1/articles/a1", ARTICLE, now, "another-nonce-01"))
            .statusCode())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({"-301, 401", "-300, 201", "300, 201", "301, 401", "-100000, 401"})
  void signatureIsGoodForFiveMinutesEitherWay(long seconds, int status) {
    Signer signer = new Signer(keys.create("wire", ALL, "", true, NOW));
    awaitStatus(401, "");

    HttpResponse<String> response = put(
        "a1",
        signer.signed(
            "PUT", "/v1/articles/a1", ARTICLE, NOW.getEpochSecond() + seconds, "nonce-0123456789"));

    assertThat(response.statusCode()).isEqualTo(status);
  }

  @Test
  void twoSecretsOfANameSignSideBySide() {
    Signer old = new Signer(keys.create("wire", ALL, "", true, NOW));
    Signer next = new Signer(keys.create("wire", ALL, "", true, NOW));
    awaitStatus(401, "");
    long now = NOW.getEpochSecond();

    for (Signer signer : List.of(old, next)) {
      String signed = signer.signed("PUT", "/v1/articles/a1", ARTICLE, now, "nonce-0123456789");
      assertThat(put("a1", signed).statusCode()).isEqualTo(201);
    }
  }

  @Test
  void signingKeyIsNeverCarriedAndAnotherKeyNeverSigns() {
    String signing = keys.create("wire", ALL, "", true, NOW);
    String bearer = create("superdesk", ALL, "");
    awaitStatus(401, "");

    assertThat(put("a1", "Bearer " + signing).statusCode()).isEqualTo(401);
    String signed = new Signer(bearer.replaceFirst("nf_", "nfs_"))
        .signed("PUT", "/v1/articles/a1", ARTICLE, NOW.getEpochSecond(), "nonce-0123456789");
    assertThat(put("a1", signed).statusCode()).isEqualTo(401);
  }

  @Test
  void whatTheClientClassSignsIsWhatIsDocumented() {
    String token = keys.create("wire", ALL, "", true, NOW);
    String ours = Credentials.Signature.of(
            Credentials.Token.parse(token).orElseThrow(),
            "PUT",
            "/v1/articles/a1",
            ARTICLE.getBytes(UTF_8),
            1_795_426_200,
            "nonce-0123456789")
        .toString();

    assertThat(ours)
        .isEqualTo(new Signer(token)
            .signed("PUT", "/v1/articles/a1", ARTICLE, 1_795_426_200, "nonce-0123456789"));
  }

  /** Signs as a CMS would that knows the documentation only. */
  private record Signer(String token) {

    String signed(String method, String target, String body, long time, String nonce) {
      try {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        String id = token.split("_", -1)[1];
        String key = hex(sha.digest(token.split("_", -1)[2].getBytes(UTF_8)));
        String message = method + "\n" + target + "\n" + time + "\n" + nonce + "\n"
            + hex(sha.digest(body.getBytes(UTF_8)));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
        return "Newsfeed-HMAC-SHA256 id=" + id + ", time=" + time + ", nonce=" + nonce
            + ", signature=" + hex(mac.doFinal(message.getBytes(UTF_8)));
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    private static String hex(byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
  }

  private String create(String name, Set<Right> rights, String ids) {
    return keys.create(name, rights, ids, false, NOW);
  }

  private void awaitStatus(int status, String authorization) {
    await()
        .atMost(Duration.ofSeconds(3))
        .until(() -> put("probe", authorization).statusCode() == status);
    intake.forget();
  }

  private HttpResponse<String> put(String id, String authorization) {
    return show("PUT", "/v1/articles/" + id, ARTICLE, authorization);
  }

  private HttpResponse<String> send(String method, String path, String sent, String token) {
    return show(method, path, sent, "Bearer " + token);
  }

  private HttpResponse<String> show(String method, String path, String sent, String authorization) {
    HttpRequest.Builder request =
        intake.request(path).header("Content-Type", "application/json").method(method, body(sent));
    return intake.send(
        authorization.isEmpty() ? request : request.header("Authorization", authorization));
  }

  private static String header(ProducerRecord<String, byte[]> sent, String name) {
    Header header = sent.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }
}
