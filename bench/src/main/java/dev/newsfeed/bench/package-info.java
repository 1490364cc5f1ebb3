/** Measures what the project claims, always beside a reference in the same run on the same machine. */
@NullMarked
package dev.newsfeed.bench;

import org.jspecify.annotations.NullMarked;
