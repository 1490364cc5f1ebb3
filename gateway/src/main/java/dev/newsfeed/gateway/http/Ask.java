package dev.newsfeed.gateway.http;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * A request as resources see it.
 *
 * @param path decoded, begins with a slash
 * @param rawQuery as it stands behind the question mark; empty where there is none
 * @param accept what the client would like, best first; empty: anything
 * @param body of a POST, else empty
 */
public record Ask(
    String method, String path, String rawQuery, Fields query, List<String> accept, String body) {

  static Ask of(Request request, String body) {
    String path = Request.getPathInContext(request);
    Fields query = query(request);
    HttpField accept = request.getHeaders().getField(HttpHeader.ACCEPT);
    List<String> types = accept == null
        ? List.of()
        : request.getHeaders().getQualityCSV(HttpHeader.ACCEPT).stream()
            .map(type -> type.split(";", 2)[0].strip())
            .toList();
    String rawQuery = Objects.requireNonNullElse(request.getHttpURI().getQuery(), "");
    return new Ask(request.getMethod(), path, rawQuery, query, types, body);
  }

  private static Fields query(Request request) {
    try {
      return Request.extractQueryParameters(request);
    } catch (RuntimeException e) { // of several kinds, all of which mean this
      throw new Refused(400, "Invalid query", "the query is not percent-encoded UTF-8");
    }
  }

  /** What a client asks that has only an address. */
  public static Ask get(String path) {
    return new Ask("GET", path, "", new Fields(), List.of(), "");
  }

  /** The same question about another path. */
  Ask at(String other) {
    return new Ask(method, other, rawQuery, query, accept, body);
  }

  /** The path behind a prefix. */
  public String pathAfter(String prefix) {
    return path.startsWith(prefix) ? path.substring(prefix.length()) : "";
  }

  /** A query parameter; empty when it is not given or blank. */
  public Optional<String> parameter(String name) {
    String value = query.getValue(name);
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.strip());
  }

  /**
   * A query parameter that lists values with commas, or is given several times; null when it is not
   * given at all.
   */
  public @Nullable Set<String> list(String name) {
    List<String> values = query.getValues(name);
    return values == null
        ? null
        : values.stream()
            .flatMap(value -> Arrays.stream(value.split(",")))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .collect(Collectors.toSet());
  }

  /** The offered type that the client likes best; the first offered one where it does not care. */
  public String preferred(List<String> offered) {
    for (String wanted : accept) {
      for (String type : offered) {
        if (matches(wanted, type)) {
          return type;
        }
      }
    }
    return offered.get(0);
  }

  /** Whether the client is a browser that shows pages to a person. */
  public boolean wantsPage() {
    return preferred(List.of("application/json", "text/html")).equals("text/html");
  }

  /** The same where there is another type for programs as well. */
  public boolean wantsPage(String otherwise) {
    return preferred(List.of("application/json", otherwise, "text/html")).equals("text/html");
  }

  private static boolean matches(String wanted, String type) {
    return wanted.equals("*/*")
        || wanted.equalsIgnoreCase(type)
        || (wanted.endsWith("/*") && type.startsWith(wanted.substring(0, wanted.length() - 1)));
  }
}
