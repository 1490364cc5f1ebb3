/** Why an article is shown as it is: what the topics say about it, and what follows from that. */
@NullMarked
package dev.newsfeed.app.explain;

import org.jspecify.annotations.NullMarked;
