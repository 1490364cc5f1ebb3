package dev.newsfeed.gateway.feed;

import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.http.Resource;

/**
 * {@code /robots.txt}: where the news sitemap is, and what leads robots nowhere: searches without
 * number and a stream without end.
 */
public record Robots(Addresses addresses) implements Resource {

  @Override
  public Answer answer(Ask ask) {
    if (!ask.path().equals("/robots.txt")) {
      throw Refused.notFound("there is /robots.txt");
    }
    String text = """
        User-agent: *
        Disallow: /search
        Disallow: /events

        Sitemap: %s
        """.formatted(addresses.absolute(NewsSitemap.PATH));
    return Answer.ok(Content.text("text/plain", text), Answer.REVALIDATE);
  }
}
