/** What news looks like outside: our own JSON, ninjs, RSS, Atom, JSON Feed, CSV, and how each becomes an article. */
@NullMarked
package dev.newsfeed.producer.formats;

import org.jspecify.annotations.NullMarked;
