package dev.newsfeed.app.chaos;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * How things stand, for those who watch.
 *
 * @param seed of the blows
 * @param balance of the books
 * @param roles in the order in which news flows
 * @param told what happened, newest first
 */
public record Standing(
    String newsroom, long seed, Balance balance, List<Role> roles, List<String> told) {

  public Standing {
    roles = List.copyOf(roles);
    told = List.copyOf(told);
  }

  /**
   * A role.
   *
   * @param state up, starting, or down
   * @param blows how often it was killed
   */
  public record Role(String name, String state, int blows) {}

  /** For programs: {@code /demo.json}. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("asOf", balance.at().toString()).put("seed", seed);
    json.putObject("articles")
        .put("accepted", balance.accepted())
        .put("published", balance.published())
        .put("inFeeds", balance.inFeeds());
    json.putObject("clicks")
        .put("sent", balance.sent())
        .put("sentAgain", balance.sentAgain())
        .put("written", balance.written())
        .put("onTopic", balance.onTopic())
        .put("counted", balance.counted());
    json.put("underWay", balance.underWay());
    json.put("lost", balance.lost()).put("twice", balance.twice());
    ArrayNode states = json.putArray("roles");
    roles.forEach(role -> states
        .addObject()
        .put("name", role.name())
        .put("state", role.state())
        .put("blows", role.blows()));
    ArrayNode lines = json.putArray("told");
    told.forEach(lines::add);
    return json;
  }
}
