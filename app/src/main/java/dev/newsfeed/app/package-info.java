/** The {@code newsfeed} command: each role alone, or all of them in one JVM on an embedded broker. */
@NullMarked
package dev.newsfeed.app;

import org.jspecify.annotations.NullMarked;
