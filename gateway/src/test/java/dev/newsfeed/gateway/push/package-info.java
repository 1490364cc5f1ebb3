/** Tests of {@code push}. */
@NullMarked
package dev.newsfeed.gateway.push;

import org.jspecify.annotations.NullMarked;
