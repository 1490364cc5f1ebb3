/** Tests of {@code page}. */
@NullMarked
package dev.newsfeed.gateway.page;

import org.jspecify.annotations.NullMarked;
