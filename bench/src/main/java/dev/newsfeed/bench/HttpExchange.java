package dev.newsfeed.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/**
 * A request that is sent again and again, each time with the next number in its bytes.
 *
 * <pre>
 * PUT /v1/articles/bench-######## HTTP/1.1 …   →   PUT /v1/articles/bench-00000042 HTTP/1.1 …
 * </pre>
 *
 * @param numbersAt where in the bytes the number stands
 * @param answer the status that a request is answered with when all is well
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HttpExchange(byte[] request, List<Integer> numbersAt, int answer) {

  private static final String NUMBER = "########";

  private static final String ANY_HEAD = "Host: 127.0.0.1\r\n"
      + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
      + " Chrome/141.0.0.0 Safari/537.36\r\n"
      + "Accept: */*\r\n";

  /** What browsers send with a beacon; a CMS sends less, and then it is as good. */
  private static final String HEAD = ANY_HEAD
      + "Accept-Language: de-DE,de;q=0.9,en;q=0.8\r\n"
      + "Accept-Encoding: gzip, deflate, br, zstd\r\n";

  private static final String PAGE =
      "Origin: https://news.example\r\nReferer: https://news.example/\r\n";

  private static final int ARTICLE_BYTES = 2_048;

  /** The same each time; {@code headers}: more of them, each with its line end. */
  static HttpExchange get(String path, String headers, int answer) {
    String request = "GET " + path + " HTTP/1.1\r\n" + ANY_HEAD + headers + "\r\n";
    return new HttpExchange(request.getBytes(ISO_8859_1), List.of(), answer);
  }

  /** An article of 2 KB as a CMS sends it. */
  static HttpExchange article() {
    String begin = "{\"version\": 1, \"headline\": \"What article ######## says\","
        + " \"lead\": \"What happened, to whom, and why it matters now.\","
        + " \"section\": \"world\","
        + " \"versionCreated\": \"2026-11-28T12:00:00Z\","
        + " \"url\": \"https://news.example/world/########\", \"bodyHtml\": \"<p>";
    String end = "</p>\"}";
    String text = "Some two kilobytes of text. ".repeat(100);
    String body = begin + text.substring(0, ARTICLE_BYTES - begin.length() - end.length()) + end;
    return of("PUT /v1/articles/bench-########", "Content-Type: application/json\r\n", body, 201);
  }

  /** A click as {@code newsfeed-click.js} sends it. */
  static HttpExchange click() {
    return clicks(click(0));
  }

  /** So many clicks at once. */
  static HttpExchange batch(int clicks) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < clicks; i++) {
      all.add(click(i));
    }
    return clicks("[" + String.join(",", all) + "]");
  }

  private static String click(int i) {
    return "{\"articleId\":\"bench-" + (1_000 + i) + "\",\"eventId\":\"17643312########.0" + i
        + "\"}";
  }

  private static HttpExchange clicks(String body) {
    return of("POST /v1/clicks", PAGE + "Content-Type: text/plain;charset=UTF-8\r\n", body, 204);
  }

  private static HttpExchange of(String line, String headers, String body, int answer) {
    String request = line + " HTTP/1.1\r\n" + HEAD + headers + "Content-Length: "
        + body.getBytes(UTF_8).length + "\r\n\r\n" + body;
    List<Integer> numbersAt = new ArrayList<>();
    for (int at = request.indexOf(NUMBER); at >= 0; at = request.indexOf(NUMBER, at + 1)) {
      numbersAt.add(at);
    }
    return new HttpExchange(request.getBytes(ISO_8859_1), numbersAt, answer);
  }

  /** Writes the number into a copy of the request. */
  void number(byte[] copy, long number) {
    for (int at : numbersAt) {
      long rest = number;
      for (int digit = NUMBER.length() - 1; digit >= 0; digit--) {
        copy[at + digit] = (byte) ('0' + rest % 10);
        rest /= 10;
      }
    }
  }
}
