package dev.newsfeed.producer.formats;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.schemas.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * News out of a file of JSON: ninjs, one object after the other or in a list, or a JSON Feed.
 *
 * <pre>
 * {"uri": "urn:x:1", …}                                           one ninjs
 * {"uri": "urn:x:1", …}⏎{"uri": "urn:x:2", …}                     one a line, or however apart
 * [{"uri": "urn:x:1", …}, {"uri": "urn:x:2", …}]                  a list
 * {"version": "https://jsonfeed.org/version/1.1", "items": […]}   a feed
 * </pre>
 */
final class JsonNews implements Iterator<NewsImport.Item> {

  private static final String ITEMS = "items";

  /** A value and where it begins. */
  private record Found(JsonNode json, int line) {}

  private final NewsImport settings;
  private final JsonParser parser;
  private final Deque<NewsImport.Item> ready = new ArrayDeque<>();
  private int number = 1;
  private boolean broken;
  private boolean feedSeen;

  JsonNews(InputStream in, NewsImport settings) throws IOException {
    this.settings = settings;
    this.parser = Json.parser(in);
    readMore();
    boolean empty = ready.isEmpty() && !feedSeen;
    if (empty || (ready.peek() instanceof NewsImport.Unusable bad && isUnknown(bad))) {
      throw new IOException("not a file of news: JSON, but neither ninjs nor JSON Feed");
    }
  }

  private static final String UNKNOWN = "unsupported-type";

  private static boolean isUnknown(NewsImport.Unusable bad) {
    return bad.problem().reason().equals(UNKNOWN);
  }

  @Override
  public boolean hasNext() {
    if (ready.isEmpty()) {
      try {
        readMore();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return !ready.isEmpty();
  }

  @Override
  public NewsImport.Item next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  /** Reads the next value of the file, if there is one. A feed may say its name behind its items. */
  private void readMore() throws IOException {
    while (ready.isEmpty() && !broken) {
      try {
        JsonToken token = parser.nextToken();
        if (token == null) {
          return;
        }
        if (token == JsonToken.START_OBJECT) {
          object();
        } else if (token == JsonToken.START_ARRAY) {
          elements(found -> item(found.json(), found.line()));
        } else {
          item(parser.readValueAsTree(), line());
        }
      } catch (JsonProcessingException e) {
        broken = true;
        int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        ready.add(new NewsImport.Unusable(
            number, line, new Problem("malformed-json", "item", Json.wrong(e))));
      }
    }
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private void elements(Consumer<Found> each) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      int line = line();
      each.accept(new Found(parser.readValueAsTree(), line));
    }
  }

  private void object() throws IOException {
    int line = line();
    ObjectNode object = Json.object();
    Deque<Found> items = new ArrayDeque<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      boolean list = parser.nextToken() == JsonToken.START_ARRAY;
      if (list && name.equals(ITEMS)) {
        elements(items::add);
      } else {
        object.set(name, parser.<JsonNode>readValueAsTree());
      }
    }
    if (JsonFeedFile.recognises(object)) {
      feedSeen = true;
      JsonFeedFile feed = new JsonFeedFile(object, settings);
      for (Found item : items) {
        ready.add(feed.item(item.json(), number++, item.line()));
      }
    } else {
      item(object, line);
    }
  }

  private void item(@Nullable JsonNode json, int line) {
    ready.add(json == null || !NinjsJson.recognises(json) ? unknown(line) : ninjs(json, line));
    number++;
  }

  private NewsImport.Item unknown(int line) {
    return new NewsImport.Unusable(
        number, line, new Problem(UNKNOWN, "uri", "the value is no ninjs: it has no uri"));
  }

  private NewsImport.Item ninjs(JsonNode json, int line) {
    try {
      return new NewsImport.Story(number, line, NinjsJson.read(json, null, settings.newest()));
    } catch (InvalidEventException e) {
      return new NewsImport.Unusable(number, line, e.problems().get(0));
    }
  }
}
