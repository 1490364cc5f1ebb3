/** Tests of {@code archive}. */
@NullMarked
package dev.newsfeed.gateway.archive;

import org.jspecify.annotations.NullMarked;
