/** Looks at the whole from outside: as an editor who publishes, a reader who waits, and Kafka's own books. */
@NullMarked
package dev.newsfeed.app.watch;

import org.jspecify.annotations.NullMarked;
