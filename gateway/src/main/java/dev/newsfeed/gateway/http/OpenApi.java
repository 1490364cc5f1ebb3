package dev.newsfeed.gateway.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.schemas.RecordJson;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** {@code /openapi.json}: what the site answers, for programs (OpenAPI 3.1). */
public final class OpenApi implements Resource {

  private final Content content;

  public OpenApi(Addresses addresses) {
    try (InputStream in = OpenApi.class.getResourceAsStream("openapi.json")) {
      if (in == null) {
        throw new FileNotFoundException("openapi.json is missing in the jar");
      }
      ObjectNode document = (ObjectNode) new ObjectMapper().readTree(in);
      document.putArray("servers").addObject().put("url", addresses.home());
      content = new Content("application/json", RecordJson.bytes(document));
    } catch (IOException e) {
      throw new UncheckedIOException("the description of the site cannot be read", e);
    }
  }

  @Override
  public Answer answer(Ask ask) {
    if (!ask.path().equals("/openapi.json")) {
      throw Refused.notFound("there is /openapi.json");
    }
    return Answer.ok(content, Answer.REVALIDATE);
  }
}
