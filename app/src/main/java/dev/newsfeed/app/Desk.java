package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Where a newsroom hands in what it publishes. */
interface Desk {

  /** Publishes an article, given as its JSON that says its id. */
  IntakeClient.Answer publish(ObjectNode article);

  /** Sets an editor's list. */
  IntakeClient.Answer curate(String name, ObjectNode list);
}
