package dev.newsfeed.gateway.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What the server refuses before the site sees it, such as addresses that are none, as problems. */
public final class ServerErrors extends ErrorHandler {

  private final int headBytes;

  /** {@code headBytes}: what the head of a request may have. */
  public ServerErrors(int headBytes) {
    this.headBytes = headBytes;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    String detail = switch (status) {
      case HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 ->
        "the head of the request is longer than " + headBytes + " bytes";
      case HttpStatus.URI_TOO_LONG_414 ->
        "the address is longer than the " + headBytes + " bytes that a request's head may have";
      default -> "the server cannot take this request";
    };
    Refused refused = new Refused(status, HttpStatus.getMessage(status), detail);
    Answer problem = Problems.answer(refused);
    byte[] body = problem.content().bytes(false);
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(HttpHeader.CONTENT_TYPE, problem.content().type());
    headers.put(HttpHeader.CONTENT_LENGTH, body.length);
    headers.put(HttpHeader.CACHE_CONTROL, problem.cacheControl());
    headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }
}
