package dev.newsfeed.gateway.page;

import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.http.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code /assets/…}: style and script of the pages. Their addresses carry a hash of their bytes, so
 * browsers keep them for ever and a new version is a new address.
 */
public final class Assets implements Resource {

  private static final Map<String, String> TYPES = Map.of(
      "style.css", "text/css; charset=utf-8",
      "live.js", "text/javascript; charset=utf-8",
      "icon.svg", "image/svg+xml");

  private final Map<String, Content> byPath = new LinkedHashMap<>();
  private final Map<String, String> pathByName = new LinkedHashMap<>();

  public Assets() {
    TYPES.forEach((name, type) -> {
      Content content = new Content(type, read(name));
      String path = "/assets/" + content.hash() + "/" + name;
      byPath.put(path, content);
      pathByName.put(name.substring(0, name.indexOf('.')), path);
    });
  }

  /** The paths as templates name them: {@code style}, {@code live}, {@code icon}. */
  Map<String, String> paths() {
    return pathByName;
  }

  @Override
  public Answer answer(Ask ask) {
    Content content = byPath.get(ask.path());
    if (content == null) {
      throw Refused.notFound("there is no such file");
    }
    return Answer.ok(content, Answer.FOR_EVER);
  }

  static byte[] read(String name) {
    try (InputStream in = Assets.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing in the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
