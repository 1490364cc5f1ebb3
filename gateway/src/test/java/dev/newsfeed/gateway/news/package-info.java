/** Tests of {@code news}. */
@NullMarked
package dev.newsfeed.gateway.news;

import org.jspecify.annotations.NullMarked;
